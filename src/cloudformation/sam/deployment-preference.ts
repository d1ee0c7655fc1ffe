import { isTemplateList, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { trustPolicy } from './execution-role.ts';
import { getAtt, ref, sub } from './expressions.ts';
import { type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

const applicationId = 'ServerlessDeploymentApplication';
const roleId = 'CodeDeployServiceRole';

/**
 * Reads `DeploymentPreference`: traffic moves to a new version step by step, by a deployment group of its own in the
 * application that all functions of the template share. Returns the update policy of the alias.
 */
export function deployGradually(resource: ServerlessResource): TemplateObject | undefined {
  const preference = resource.takeObject('DeploymentPreference');
  if (!preference || preference.Enabled === false) return undefined;
  const { logicalId, document } = resource;
  const groupId = `${logicalId}DeploymentGroup`;
  const role = preference.Role ?? getAtt(roleId, 'Arn');
  if (!document.resources.has(applicationId)) {
    resource.add(applicationId, { Type: 'AWS::CodeDeploy::Application', Properties: { ComputePlatform: 'Lambda' } });
  }
  if (preference.Role === undefined && !document.resources.has(roleId)) addServiceRole(resource);
  resource.add(groupId, {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    Condition: preference.PassthroughCondition === true ? resource.condition : undefined,
    Properties: {
      ApplicationName: ref(applicationId),
      AlarmConfiguration: alarms(preference.Alarms),
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
      },
      DeploymentConfigName: configName(preference.Type),
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      ServiceRoleArn: role,
      TriggerConfigurations: preference.TriggerConfigurations,
    },
  });
  const hooks = isTemplateObject(preference.Hooks) ? preference.Hooks : {};
  return {
    CodeDeployLambdaAliasUpdate: withoutAbsent({
      ApplicationName: ref(applicationId),
      DeploymentGroupName: ref(groupId),
      BeforeAllowTrafficHook: hooks.PreTraffic,
      AfterAllowTrafficHook: hooks.PostTraffic,
    }),
  };
}

function addServiceRole(resource: ServerlessResource): void {
  const policy = `arn:${resource.document.partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda`;
  resource.add(roleId, {
    Type: 'AWS::IAM::Role',
    Properties: { AssumeRolePolicyDocument: trustPolicy('codedeploy.amazonaws.com'), ManagedPolicyArns: [policy] },
  });
}

function alarms(written: TemplateValue | undefined): Draft | undefined {
  if (!isTemplateList(written)) return undefined;
  return { Enabled: true, Alarms: written.map((Name) => ({ Name })) };
}

/** Names that AWS offers get their prefix; others are the author's own configurations. */
function configName(type: TemplateValue | undefined): TemplateValue | undefined {
  const offered = /^(?:AllAtOnce|Canary10Percent(?:5|10|15|30)Minutes|Linear10PercentEvery(?:1|2|3|10)Minutes?)$/;
  if (typeof type !== 'string' || !offered.test(type)) return type;
  return sub(`CodeDeployDefault.Lambda\${ConfigName}`, { ConfigName: type });
}
