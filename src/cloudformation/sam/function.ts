import { isTemplateObject, type TemplateObject } from '../template-value.ts';
import { deployGradually } from './deployment-preference.ts';
import { aliasLogicalId, configureInvocation, type InvocationTarget } from './event-invoke-config.ts';
import { executionRole, type InlinePolicy } from './execution-role.ts';
import { contentDigits, getAtt, isIntrinsic, notAnS3Uri, ref, s3Location, tagList } from './expressions.ts';
import { eventPolicies, expandFunctionEvents } from './function-events.ts';
import { type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** Properties that mean the same on AWS::Lambda::Function. */
const sameProperties = [
  ...[
    'FunctionName',
    'Handler',
    'Runtime',
    'Description',
    'MemorySize',
    'Timeout',
    'VpcConfig',
    'Environment',
    'Layers',
  ],
  ...['ReservedConcurrentExecutions', 'KmsKeyArn', 'PackageType', 'ImageConfig', 'Architectures', 'EphemeralStorage'],
  ...[
    'FileSystemConfigs',
    'CodeSigningConfigArn',
    'SnapStart',
    'RuntimeManagementConfig',
    'LoggingConfig',
    'RecursiveLoop',
  ],
];

/** AWS::Serverless::Function: function, role, version and alias, URL, and everything its events need. */
export function expandFunction(resource: ServerlessResource): void {
  const { logicalId } = resource;
  const same = resource.takeAll(sameProperties);
  const tags = resource.takeObject('Tags');
  const events = resource.takeObject('Events') ?? {};
  const tracing = resource.take('Tracing');
  const deadLetters = resource.takeObject('DeadLetterQueue');
  const code = functionCode(resource);
  const alias = aliasName(resource);
  const invocation = configureInvocation(resource, alias);
  const policies = [...deadLetterPolicy(resource, deadLetters), ...invocation.policies];
  const role = executionRole(
    resource,
    {
      servicePrincipal: 'lambda.amazonaws.com',
      managedBefore: [
        'AWSLambdaBasicExecutionRole',
        ...(tracing === undefined || tracing === 'Disabled' ? [] : ['AWSXrayWriteOnlyAccess']),
        ...(same.VpcConfig === undefined ? [] : ['AWSLambdaVPCAccessExecutionRole']),
      ],
      managedAfter: eventPolicies(events),
      inlineBefore: policies,
      createdBy: 'lambda:createdBy',
    },
    tags,
  );
  const properties = withoutAbsent({
    Code: code,
    ...same,
    Role: role,
    DeadLetterConfig: deadLetters && { TargetArn: deadLetters.TargetArn },
    TracingConfig: tracing === undefined ? undefined : { Mode: tracing },
    Tags: tagList(tags, { 'lambda:createdBy': 'SAM' }),
  });
  resource.add(logicalId, { Type: 'AWS::Lambda::Function', ...resource.attributes, Properties: properties });
  const target = alias === undefined ? functionTarget(logicalId) : publish(resource, alias, properties);
  invocation.add();
  addFunctionUrl(resource, target);
  expandFunctionEvents(resource, events, target);
  resource.finish();
}

function functionTarget(logicalId: string): InvocationTarget {
  return { name: ref(logicalId), arn: getAtt(logicalId, 'Arn'), subName: `${logicalId}.Arn` };
}

function functionCode(resource: ServerlessResource): Draft | undefined {
  const [inline, uri, image] = ['InlineCode', 'CodeUri', 'ImageUri'].map((name) => resource.take(name));
  if (inline !== undefined) return { ZipFile: inline };
  if (image !== undefined) return { ImageUri: image };
  if (uri === undefined) {
    resource.refuse("Missing required property 'CodeUri' or 'InlineCode'.");
    return undefined;
  }
  const location = s3Location(uri);
  if (!location) resource.refuse(notAnS3Uri('CodeUri'));
  return location && { S3Bucket: location.bucket, S3Key: location.key, S3ObjectVersion: location.version };
}

function deadLetterPolicy(resource: ServerlessResource, queue: TemplateObject | undefined): readonly InlinePolicy[] {
  if (!queue) return [];
  const action = queue.Type === 'SQS' ? 'sqs:SendMessage' : queue.Type === 'SNS' ? 'sns:Publish' : undefined;
  if (action === undefined || queue.TargetArn === undefined) {
    resource.refuse("'DeadLetterQueue' requires Type and TargetArn properties to be specified; Type is SQS or SNS.");
    return [];
  }
  const statement = { Action: action, Resource: queue.TargetArn, Effect: 'Allow' };
  return [{ PolicyName: 'DeadLetterQueuePolicy', PolicyDocument: { Version: '2012-10-17', Statement: [statement] } }];
}

function aliasName(resource: ServerlessResource): string | undefined {
  const written = resource.take('AutoPublishAlias');
  if (written === undefined) return undefined;
  const name = resource.document.resolveParameters(written);
  if (typeof name === 'string' && /^[A-Za-z0-9_-]+$/.test(name)) return name;
  resource.refuse("'AutoPublishAlias' must be a string or a Ref to a template parameter");
  return undefined;
}

/**
 * A version whose logical id changes with the code, and the alias that always names the newest one.
 * Old versions are kept: an alias in flight may still point to them.
 */
function publish(resource: ServerlessResource, alias: string, properties: TemplateObject): InvocationTarget {
  const { logicalId, document } = resource;
  const versionId = `${logicalId}Version${versionDigits(resource, properties)}`;
  const aliasId = aliasLogicalId(logicalId, alias);
  resource.add(versionId, {
    Type: 'AWS::Lambda::Version',
    ...resource.shared,
    DeletionPolicy: resource.take('VersionDeletionPolicy') ?? resource.shared.DeletionPolicy ?? 'Retain',
    Properties: { FunctionName: ref(logicalId), Description: resource.take('VersionDescription') },
  });
  resource.add(aliasId, {
    Type: 'AWS::Lambda::Alias',
    ...resource.shared,
    UpdatePolicy: deployGradually(resource),
    Properties: {
      Name: alias,
      FunctionName: ref(logicalId),
      FunctionVersion: getAtt(versionId, 'Version'),
      ProvisionedConcurrencyConfig: resource.take('ProvisionedConcurrencyConfig'),
    },
  });
  document.renamed.set(`${logicalId}.Version`, versionId).set(`${logicalId}.Alias`, aliasId);
  return { name: ref(aliasId), arn: ref(aliasId), subName: aliasId };
}

function versionDigits(resource: ServerlessResource, properties: TemplateObject): string {
  const given = resource.takeText('AutoPublishCodeSha256');
  const wholeFunction = resource.take('AutoPublishAliasAllProperties') === true;
  if (given !== undefined) return given.slice(0, 10);
  if (wholeFunction) return contentDigits(properties);
  const { Code, Environment, MemorySize, SnapStart } = properties;
  const code = resource.document.resolveParameters(Code ?? {});
  return contentDigits(
    withoutAbsent({
      ...(isTemplateObject(code) ? code : {}),
      ...(isTemplateObject(Environment) ? Environment : {}),
      MemorySize,
      SnapStart: isTemplateObject(SnapStart) && (SnapStart.ApplyOn ?? 'None') !== 'None' ? SnapStart : undefined,
    }),
  );
}

/** A public URL, with the two permissions that make it public when nothing else guards it. */
function addFunctionUrl(resource: ServerlessResource, target: InvocationTarget): void {
  const config = resource.takeObject('FunctionUrlConfig');
  if (!config) return;
  const { logicalId } = resource;
  const { AuthType, Cors, InvokeMode } = config;
  if (AuthType === undefined || isIntrinsic(AuthType)) {
    resource.refuse('AuthType is required to configure function property `FunctionUrlConfig`.');
    return;
  }
  resource.add(`${logicalId}Url`, {
    Type: 'AWS::Lambda::Url',
    ...resource.shared,
    Properties: { TargetFunctionArn: target.name, AuthType, Cors, InvokeMode },
  });
  if (AuthType !== 'NONE') return;
  const permission = { FunctionName: target.name, Principal: '*' };
  resource.add(`${logicalId}UrlPublicPermissions`, {
    Type: 'AWS::Lambda::Permission',
    ...resource.shared,
    Properties: { Action: 'lambda:InvokeFunctionUrl', ...permission, FunctionUrlAuthType: 'NONE' },
  });
  resource.add(`${logicalId}URLInvokeAllowPublicAccess`, {
    Type: 'AWS::Lambda::Permission',
    ...resource.shared,
    Properties: { Action: 'lambda:InvokeFunction', ...permission, InvokedViaFunctionUrl: true },
  });
}
