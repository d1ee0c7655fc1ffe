import {
  describeValue,
  isTemplateList,
  isTemplateObject,
  type TemplateObject,
  type TemplateValue,
} from '../template-value.ts';
import { ruleState, ruleTarget } from './event-rule.ts';
import { executionRole, trustPolicy } from './execution-role.ts';
import { getAtt, isIntrinsic, notAnS3Uri, ref, s3Location, tagList } from './expressions.ts';
import type { Draft, ServerlessResource } from './serverless-document.ts';

/** AWS::Serverless::StateMachine: the machine, its role, and rules that start it. */
export function expandStateMachine(resource: ServerlessResource): void {
  const { logicalId } = resource;
  const tags = resource.takeObject('Tags');
  const tracing = resource.takeObject('Tracing');
  const events = resource.takeObject('Events') ?? {};
  const definition = machineDefinition(resource);
  const role = executionRole(
    resource,
    {
      servicePrincipal: 'states.amazonaws.com',
      managedBefore: tracing?.Enabled === true ? ['AWSXrayWriteOnlyAccess'] : [],
      managedAfter: [],
      inlineBefore: [],
      createdBy: 'stateMachine:createdBy',
    },
    tags,
  );
  resource.add(logicalId, {
    Type: 'AWS::StepFunctions::StateMachine',
    ...resource.attributes,
    Properties: {
      ...definition,
      RoleArn: role,
      StateMachineName: resource.take('Name'),
      StateMachineType: resource.take('Type'),
      TracingConfiguration: tracing,
      LoggingConfiguration: resource.take('Logging'),
      Tags: tagList(tags, { 'stateMachine:createdBy': 'SAM' }),
    },
  });
  for (const [name, event] of Object.entries(events)) expandEvent(resource, name, event);
  resource.finish();
}

function machineDefinition(resource: ServerlessResource): Draft {
  const body = resource.takeObject('Definition');
  const uri = resource.take('DefinitionUri');
  const given = resource.takeObject('DefinitionSubstitutions') ?? {};
  if (body !== undefined) {
    const substitutions: { [name: string]: TemplateValue } = { ...given };
    const extracted = withoutFunctions(body, substitutions);
    const text = JSON.stringify(extracted, null, 4);
    return {
      DefinitionString: { 'Fn::Join': ['\n', text.split('\n')] },
      DefinitionSubstitutions: Object.keys(substitutions).length > 0 ? substitutions : undefined,
    };
  }
  const location = uri === undefined ? undefined : s3Location(uri);
  if (!location) {
    resource.refuse(
      uri === undefined
        ? "Either 'Definition' or 'DefinitionUri' property must be specified."
        : notAnS3Uri('DefinitionUri'),
    );
  }
  return {
    DefinitionS3Location: location && { Bucket: location.bucket, Key: location.key, Version: location.version },
    DefinitionSubstitutions: Object.keys(given).length > 0 ? given : undefined,
  };
}

/** A definition becomes text, so the functions in it are put beside it as substitutions. */
function withoutFunctions(value: TemplateValue, substitutions: { [name: string]: TemplateValue }): TemplateValue {
  if (isTemplateList(value)) return value.map((item) => withoutFunctions(item, substitutions));
  if (!isTemplateObject(value)) return value;
  if (isIntrinsic(value)) {
    const name = `definition_substitution_${Object.keys(substitutions).filter((key) => key.startsWith('definition_substitution_')).length + 1}`;
    substitutions[name] = value;
    return `\${${name}}`;
  }
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(members.map(([key, member]) => [key, withoutFunctions(member, substitutions)]));
}

function expandEvent(resource: ServerlessResource, name: string, event: TemplateValue): void {
  const type = isTemplateObject(event) ? event.Type : undefined;
  const properties: TemplateObject =
    isTemplateObject(event) && isTemplateObject(event.Properties) ? event.Properties : {};
  const id = resource.logicalId + name;
  switch (type) {
    case 'Schedule':
      addRule(resource, id, properties, {
        Name: properties.Name,
        Description: properties.Description,
        ScheduleExpression: properties.Schedule,
      });
      break;
    case 'EventBridgeRule':
    case 'CloudWatchEvent':
      addRule(resource, id, properties, {
        Name: properties.RuleName,
        EventBusName: properties.EventBusName,
        EventPattern: properties.Pattern,
      });
      break;
    default:
      resource.document.refuseUnsupported(resource.logicalId, `event type ${describeValue(type)} (event ${name})`);
  }
}

/** A rule that starts the machine, with a role that may. */
function addRule(resource: ServerlessResource, id: string, properties: TemplateObject, members: Draft): void {
  const roleId = `${id}Role`;
  const target = { Arn: ref(resource.logicalId), RoleArn: getAtt(roleId, 'Arn') };
  resource.add(id, {
    Type: 'AWS::Events::Rule',
    ...resource.shared,
    Properties: {
      ...members,
      State: ruleState(properties),
      Targets: [ruleTarget(resource, properties, `${id}StepFunctionsTarget`, target)],
    },
  });
  const statement = { Action: 'states:StartExecution', Effect: 'Allow', Resource: ref(resource.logicalId) };
  resource.add(roleId, {
    Type: 'AWS::IAM::Role',
    ...resource.shared,
    Properties: {
      AssumeRolePolicyDocument: trustPolicy('events.amazonaws.com'),
      Policies: [{ PolicyName: `${roleId}StartExecutionPolicy`, PolicyDocument: { Statement: [statement] } }],
    },
  });
}
