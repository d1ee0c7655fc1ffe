import { describeValue, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { httpRouteMembers, restRouteMembers } from './api-authorizers.ts';
import type { InvocationTarget } from './event-invoke-config.ts';
import { ruleState, ruleTarget } from './event-rule.ts';
import { trustPolicy } from './execution-role.ts';
import { getAtt, isIntrinsic, ref, refTarget, sub, suffixedId, whenCondition } from './expressions.ts';
import { implicitHttpApi } from './http-api.ts';
import { implicitRestApi } from './rest-api.ts';
import { type Draft, type ServerlessResource, withoutAbsent } from './serverless-document.ts';

/** One event of a function. `id` is the function's logical id and the event's name. */
interface FunctionEvent {
  readonly resource: ServerlessResource;
  readonly id: string;
  readonly name: string;
  readonly properties: TemplateObject;
  readonly target: InvocationTarget;
}

type ExpandEvent = (event: FunctionEvent) => void;

const expansions: Readonly<Record<string, ExpandEvent>> = {
  Api: expandApiEvent,
  HttpApi: expandHttpApiEvent,
  Schedule: expandScheduleEvent,
  ScheduleV2: expandSchedulerEvent,
  EventBridgeRule: expandRuleEvent,
  CloudWatchEvent: expandRuleEvent,
  CloudWatchLogs: expandLogsEvent,
  SNS: expandTopicEvent,
  S3: expandBucketEvent,
  SQS: expandMapping,
  Kinesis: expandMapping,
  DynamoDB: expandMapping,
};

/** AWS managed policies that a polled source needs. */
const pollingPolicies: Readonly<Record<string, string>> = {
  DynamoDB: 'AWSLambdaDynamoDBExecutionRole',
  Kinesis: 'AWSLambdaKinesisExecutionRole',
  SQS: 'AWSLambdaSQSQueueExecutionRole',
};

/** Names of the AWS managed policies that reading these events needs, in the order of their names. */
export function eventPolicies(events: TemplateObject): readonly string[] {
  const types = Object.entries(events)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, event]) => (isTemplateObject(event) ? polledType(event) : ''));
  return types.flatMap((type) => (Object.hasOwn(pollingPolicies, type) ? (pollingPolicies[type] ?? []) : []));
}

/** A topic that writes to a queue is polled through it. */
function polledType(event: TemplateObject): string {
  const properties = isTemplateObject(event.Properties) ? event.Properties : {};
  return event.Type === 'SNS' && properties.SqsSubscription !== undefined ? 'SQS' : describeValue(event.Type);
}

/** Expands every event of a function. `target` is what they call. */
export function expandFunctionEvents(
  resource: ServerlessResource,
  events: TemplateObject,
  target: InvocationTarget,
): void {
  for (const [name, event] of Object.entries(events)) {
    const type = isTemplateObject(event) ? event.Type : undefined;
    if (!isTemplateObject(event) || typeof type !== 'string') {
      resource.refuse(`Event with id [${name}] is invalid. It must be a map with a Type.`);
      continue;
    }
    const expand = Object.hasOwn(expansions, type) ? expansions[type] : undefined;
    const properties = isTemplateObject(event.Properties) ? event.Properties : {};
    if (expand) expand({ resource, id: resource.logicalId + name, name, properties, target });
    else resource.document.refuseUnsupported(resource.logicalId, `event type ${type} (event ${name})`);
  }
}

function refuseEvent({ resource, name }: FunctionEvent, message: string): void {
  resource.refuse(`Event with id [${name}] is invalid. ${message}`);
}

/** A property that the event cannot be without. */
function required(event: FunctionEvent, property: string): TemplateValue {
  const value = event.properties[property];
  if (value === undefined) refuseEvent(event, `Missing required property '${property}'.`);
  return value ?? '';
}

function addPermission(event: FunctionEvent, principal: string, members: Draft, suffix = ''): string {
  const { resource, id, target } = event;
  const logicalId = suffixedId(`${id}Permission`, suffix);
  resource.add(logicalId, {
    Type: 'AWS::Lambda::Permission',
    ...resource.shared,
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: target.name, Principal: principal, ...members },
  });
  return logicalId;
}

/** Method and path of a route, and the end of the ARN that stands for it in a permission. */
function readRoute(event: FunctionEvent): { path: string; method: string; arnEnd: string } | undefined {
  const [path, method] = [required(event, 'Path'), required(event, 'Method')];
  if (typeof path !== 'string' || typeof method !== 'string' || path === '' || method === '') {
    refuseEvent(event, 'Path and Method must be strings.');
    return undefined;
  }
  // A path parameter stands for anything, and API Gateway knows no slash at the end.
  const permitted = path.replace(/(.)\/$/, '$1').replace(/\{[^{}]*\}/g, '*');
  const lower = method.toLowerCase();
  return { path, method: lower, arnEnd: `${lower === 'any' ? '*' : method.toUpperCase()}${permitted}` };
}

function expandApiEvent(event: FunctionEvent): void {
  const route = readRoute(event);
  if (!route) return;
  const { resource, properties, target } = event;
  refuseMembers(event, ['RequestModel', 'RequestParameters', 'ResponseTransferMode']);
  const { document } = resource;
  const given = properties.RestApiId;
  const apiId =
    given === undefined ? implicitRestApi : (refTarget(given) ?? (typeof given === 'string' ? given : undefined));
  const stage = apiId === undefined ? 'AllStages' : stageSuffix(event, apiId);
  const sourceArn = sub(
    `arn:${document.partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${route.arnEnd}`,
    { __ApiId__: given ?? ref(implicitRestApi), __Stage__: '*' },
  );
  addPermission(event, 'apigateway.amazonaws.com', { SourceArn: sourceArn }, stage);
  if (apiId === undefined) return;
  const { path, method } = route;
  const integration = withoutAbsent({ timeoutInMillis: properties.TimeoutInMillis });
  const auth = routeAuth(event, restRouteMembers);
  document.addRoute(apiId, { path, method, target: target.subName, condition: resource.condition, integration, auth });
}

/** The permission of a route is named after the stage of its API. */
function stageSuffix(event: FunctionEvent, apiId: string): string {
  if (apiId === implicitRestApi) return 'Prod';
  const api = event.resource.document.template.resources.get(apiId);
  if (!api) {
    refuseEvent(event, 'RestApiId property of Api event must reference a valid resource in the same template.');
    return '';
  }
  const name = api.properties.StageName;
  return typeof name === 'string' ? name : 'Stage';
}

function expandHttpApiEvent(event: FunctionEvent): void {
  const { resource, properties, target } = event;
  refuseMembers(event, ['RouteSettings']);
  const isDefault = properties.Path === undefined && properties.Method === undefined;
  const route = isDefault ? { path: '$default', method: 'any', arnEnd: '*' } : readRoute(event);
  if (!route) return;
  const given = properties.ApiId;
  const apiId = given === undefined ? implicitHttpApi : refTarget(given);
  const sourceArn = sub(
    `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${__ApiId__}/\${__Stage__}/${route.arnEnd}`,
    { __ApiId__: given ?? ref(implicitHttpApi), __Stage__: '*' },
  );
  addPermission(event, 'apigateway.amazonaws.com', { SourceArn: sourceArn });
  if (apiId === undefined) {
    refuseEvent(event, 'ApiId must be a valid reference to an AWS::Serverless::HttpApi resource in same template.');
    return;
  }
  const { path, method } = route;
  const integration = withoutAbsent({
    payloadFormatVersion: properties.PayloadFormatVersion ?? '2.0',
    timeoutInMillis: properties.TimeoutInMillis,
  });
  resource.document.addRoute(apiId, {
    path,
    method,
    target: target.subName,
    condition: resource.condition,
    integration,
    auth: routeAuth(event, httpRouteMembers),
  });
}

function routeAuth(
  { resource, name, properties }: FunctionEvent,
  known: readonly string[],
): TemplateObject | undefined {
  const auth = isTemplateObject(properties.Auth) ? properties.Auth : undefined;
  for (const member of Object.keys(auth ?? {}))
    if (!known.includes(member))
      resource.document.refuseUnsupported(resource.logicalId, `property Auth.${member} of event ${name}`);
  return auth;
}

function refuseMembers({ resource, name, properties }: FunctionEvent, members: readonly string[]): void {
  for (const member of members) {
    if (properties[member] === undefined) continue;
    resource.document.refuseUnsupported(resource.logicalId, `property ${member} of event ${name}`);
  }
}

function expandScheduleEvent(event: FunctionEvent): void {
  const { properties } = event;
  addRule(event, {
    Name: properties.Name,
    Description: properties.Description,
    ScheduleExpression: required(event, 'Schedule'),
  });
}

/** A schedule of EventBridge Scheduler, which needs a role instead of a permission. */
function expandSchedulerEvent(event: FunctionEvent): void {
  const { resource, id, properties, target } = event;
  refuseMembers(event, ['DeadLetterConfig', 'OmitName']);
  const { RoleArn, Input, RetryPolicy, FlexibleTimeWindow, Name, PermissionsBoundary } = properties;
  const roleId = `${id}Role`;
  resource.add(id, {
    Type: 'AWS::Scheduler::Schedule',
    ...resource.shared,
    Properties: {
      ScheduleExpression: required(event, 'ScheduleExpression'),
      FlexibleTimeWindow: FlexibleTimeWindow ?? { Mode: 'OFF' },
      Name: Name ?? id,
      ...pick(properties, ['Description', 'StartDate', 'EndDate', 'GroupName', 'KmsKeyArn', 'State']),
      ScheduleExpressionTimezone: properties.ScheduleExpressionTimezone,
      Target: { Arn: target.arn, RoleArn: RoleArn ?? getAtt(roleId, 'Arn'), Input, RetryPolicy },
    },
  });
  if (RoleArn !== undefined) return;
  const statement = { Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: target.arn };
  resource.add(roleId, {
    Type: 'AWS::IAM::Role',
    ...resource.shared,
    Properties: {
      AssumeRolePolicyDocument: trustPolicy('scheduler.amazonaws.com'),
      PermissionsBoundary,
      Policies: [{ PolicyName: `${id}LambdaPolicy`, PolicyDocument: { Statement: [statement] } }],
    },
  });
}

function expandRuleEvent(event: FunctionEvent): void {
  const { properties } = event;
  addRule(event, {
    Name: properties.RuleName,
    EventBusName: properties.EventBusName,
    EventPattern: required(event, 'Pattern'),
  });
}

/** A rule that calls the function, and the permission for it. */
function addRule(event: FunctionEvent, members: Draft): void {
  const { resource, id, properties, target } = event;
  resource.add(id, {
    Type: 'AWS::Events::Rule',
    ...resource.shared,
    Properties: {
      ...members,
      State: ruleState(properties),
      Targets: [ruleTarget(resource, properties, `${id}LambdaTarget`, { Arn: target.arn })],
    },
  });
  addPermission(event, 'events.amazonaws.com', { SourceArn: getAtt(id, 'Arn') });
}

function expandLogsEvent(event: FunctionEvent): void {
  const { resource, id, target } = event;
  const group = required(event, 'LogGroupName');
  const arn = `arn:${resource.document.partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`;
  const permission = addPermission(event, 'logs.amazonaws.com', { SourceArn: sub(arn, { __LogGroupName__: group }) });
  resource.add(id, {
    Type: 'AWS::Logs::SubscriptionFilter',
    ...resource.shared,
    DependsOn: [permission],
    Properties: { LogGroupName: group, FilterPattern: required(event, 'FilterPattern'), DestinationArn: target.arn },
  });
}

function expandTopicEvent(event: FunctionEvent): void {
  const { resource, id, properties, target } = event;
  const topic = required(event, 'Topic');
  const { FilterPolicy, FilterPolicyScope, RedrivePolicy, Region, SqsSubscription } = properties;
  const throughQueue = SqsSubscription !== undefined && SqsSubscription !== false;
  const endpoint = throughQueue ? queueBetween(event, topic, SqsSubscription) : target.arn;
  if (!throughQueue) addPermission(event, 'sns.amazonaws.com', { SourceArn: topic });
  resource.add(id, {
    Type: 'AWS::SNS::Subscription',
    ...resource.shared,
    Properties: {
      Endpoint: endpoint,
      Protocol: throughQueue ? 'sqs' : 'lambda',
      TopicArn: topic,
      ...withoutAbsent({ FilterPolicy, FilterPolicyScope, RedrivePolicy, Region }),
    },
  });
}

/** A queue that the topic writes to and the function polls; made unless the author names one. Returns its ARN. */
function queueBetween(event: FunctionEvent, topic: TemplateValue, subscription: TemplateValue): TemplateValue {
  const { resource, id, target } = event;
  const own = isTemplateObject(subscription) && !isIntrinsic(subscription) ? subscription : {};
  const queueId = `${id}Queue`;
  const queueArn = own.QueueArn ?? getAtt(queueId, 'Arn');
  if (own.QueueArn === undefined) {
    resource.add(queueId, { Type: 'AWS::SQS::Queue', ...resource.shared, Properties: {} });
  }
  resource.add(`${id}EventSourceMapping`, {
    Type: 'AWS::Lambda::EventSourceMapping',
    ...resource.shared,
    Properties: {
      BatchSize: own.BatchSize ?? 10,
      Enabled: own.Enabled ?? true,
      EventSourceArn: queueArn,
      FunctionName: target.name,
    },
  });
  const statement = {
    Action: 'sqs:SendMessage',
    Effect: 'Allow',
    Principal: '*',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topic } },
  };
  resource.add(typeof own.QueuePolicyLogicalId === 'string' ? own.QueuePolicyLogicalId : `${id}QueuePolicy`, {
    Type: 'AWS::SQS::QueuePolicy',
    ...resource.shared,
    Properties: {
      PolicyDocument: { Version: '2012-10-17', Statement: [statement] },
      Queues: [own.QueueUrl ?? ref(queueId)],
    },
  });
  return queueArn;
}

/** The bucket, a resource of the same template, is told to call the function. */
function expandBucketEvent(event: FunctionEvent): void {
  const { resource, properties, target } = event;
  const { document } = resource;
  const bucketId = refTarget(properties.Bucket);
  const bucket = bucketId === undefined ? undefined : document.template.resources.get(bucketId);
  if (bucketId === undefined || bucket?.type !== 'AWS::S3::Bucket') {
    refuseEvent(event, 'S3 events must reference an S3 bucket in the same template.');
    return;
  }
  const permissionId = addPermission(event, 's3.amazonaws.com', { SourceAccount: ref('AWS::AccountId') });
  const names = required(event, 'Events');
  const list = Array.isArray(names) ? (names as readonly TemplateValue[]) : [names];
  const calls = list.map((name) =>
    whenCondition(resource.condition, withoutAbsent({ Function: target.arn, Filter: properties.Filter, Event: name })),
  );
  document.notify(bucketId, { calls, permissionId, condition: resource.condition });
}

const mappingProperties = [
  ...['BatchSize', 'MaximumBatchingWindowInSeconds', 'Enabled', 'StartingPosition', 'StartingPositionTimestamp'],
  ...['BisectBatchOnFunctionError', 'MaximumRecordAgeInSeconds', 'MaximumRetryAttempts', 'ParallelizationFactor'],
  ...[
    'TumblingWindowInSeconds',
    'FunctionResponseTypes',
    'FilterCriteria',
    'ScalingConfig',
    'KmsKeyArn',
    'MetricsConfig',
  ],
];

/** A queue or stream that is polled for the function. */
function expandMapping(event: FunctionEvent): void {
  const { resource, id, properties, target } = event;
  const source = properties.Queue ?? properties.Stream;
  if (source === undefined) refuseEvent(event, 'No Queue (for SQS) or Stream (for Kinesis, DynamoDB) provided.');
  refuseMembers(event, ['DestinationConfig', 'ProvisionedPollerConfig']);
  resource.add(id, {
    Type: 'AWS::Lambda::EventSourceMapping',
    ...resource.shared,
    Properties: { EventSourceArn: source, FunctionName: target.name, ...pick(properties, mappingProperties) },
  });
}

function pick(properties: TemplateObject, names: readonly string[]): Draft {
  return Object.fromEntries(names.map((name) => [name, properties[name]]));
}
