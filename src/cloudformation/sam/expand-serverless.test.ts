import { expect, test } from 'vitest';
import { requiredCapabilities } from '../capabilities.ts';
import { checkStackTemplate } from '../check-stack-template.ts';
import { expandTransforms } from '../expand-transforms.ts';
import { resourcePosition, type StackTemplate } from '../stack-template.ts';
import { template } from '../testing/stack-template.ts';

const head = 'Transform: AWS::Serverless-2016-10-31';

function expanded(text: string): StackTemplate {
  const result = expandTransforms(template(text));
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

/** Logical ids with their types; digests at the end of an id are cut to their length. */
function resourcesOf(text: string): Record<string, string> {
  return Object.fromEntries([...expanded(text).resources.values()].map(({ logicalId, type }) => [logicalId, type]));
}

const orders = `${head}
Globals:
  Function: {Runtime: nodejs22.x, Timeout: 10, Environment: {Variables: {STAGE: test}}}
Parameters: {Bucket: {Type: String, Default: artifacts}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      Handler: orders.handler
      CodeUri: {Bucket: !Ref Bucket, Key: orders.zip}
      AutoPublishAlias: live
      Environment: {Variables: {TABLE: !Ref Table}}
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref Table}
        - AmazonSQSReadOnlyAccess
      Events:
        List: {Type: Api, Properties: {Path: /orders, Method: get}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day)}}
        Placed: {Type: SQS, Properties: {Queue: !GetAtt Queue.Arn, BatchSize: 5}}
  Table: {Type: AWS::Serverless::SimpleTable}
  Queue: {Type: AWS::SQS::Queue}
Outputs:
  Url: {Value: !Sub "https://\${ServerlessRestApi}.execute-api.\${AWS::Region}.amazonaws.com/Prod/orders"}
  Version: {Value: !Ref Orders.Version}
`;

test('a function with its events, as a whole', async () => {
  await expect(`${JSON.stringify(expanded(orders).body, null, 2)}\n`).toMatchFileSnapshot(
    '../golden/serverless-orders.json',
  );
});

test('an expanded template is a plain one: nothing is missing, every resource has the position of its source', () => {
  const plain = expanded(orders);
  expect(checkStackTemplate(plain)).toEqual([]);
  expect(resourcePosition(plain, 'OrdersRole').line).toBe(6);
  expect(resourcePosition(plain, 'ServerlessRestApi').line, 'the function that asked for it').toBe(6);
  expect(resourcePosition(plain, 'Table').line).toBe(20);
  expect(requiredCapabilities(plain).capabilities).toEqual(['CAPABILITY_IAM', 'CAPABILITY_AUTO_EXPAND']);
});

test('the id of a deployment changes with the definition, and only with it', () => {
  const deployment = (text: string) =>
    Object.keys(resourcesOf(text)).find((id) => id.startsWith('ServerlessRestApiDeployment'));
  expect(deployment(orders)).toMatch(/^ServerlessRestApiDeployment[0-9a-f]{10}$/);
  expect(deployment(orders.replace('Timeout: 10', 'Timeout: 20'))).toBe(deployment(orders));
  expect(deployment(orders.replace('Path: /orders', 'Path: /order'))).not.toBe(deployment(orders));
});

const fn = (events: string, more = '') => `${head}
Conditions: {Prod: !Equals [!Ref AWS::Region, x]}
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Topic: {Type: AWS::SNS::Topic}
  Fn:
    Type: AWS::Serverless::Function
    ${more}
    Properties:
      Runtime: python3.13
      Handler: h
      InlineCode: x
      Events: {E: ${events}}
`;
const events = [
  {
    event: '{Type: HttpApi}',
    made: {
      FnEPermission: 'AWS::Lambda::Permission',
      ServerlessHttpApi: 'AWS::ApiGatewayV2::Api',
      ServerlessHttpApiApiGatewayDefaultStage: 'AWS::ApiGatewayV2::Stage',
    },
  },
  {
    event: '{Type: Kinesis, Properties: {Stream: arn, StartingPosition: LATEST}}',
    made: { FnE: 'AWS::Lambda::EventSourceMapping' },
  },
  {
    event: '{Type: DynamoDB, Properties: {Stream: arn, StartingPosition: LATEST}}',
    made: { FnE: 'AWS::Lambda::EventSourceMapping' },
  },
  {
    event: '{Type: SNS, Properties: {Topic: !Ref Topic}}',
    made: { FnEPermission: 'AWS::Lambda::Permission', FnE: 'AWS::SNS::Subscription' },
  },
  {
    event: '{Type: SNS, Properties: {Topic: !Ref Topic, SqsSubscription: true}}',
    made: {
      FnEQueue: 'AWS::SQS::Queue',
      FnEEventSourceMapping: 'AWS::Lambda::EventSourceMapping',
      FnEQueuePolicy: 'AWS::SQS::QueuePolicy',
      FnE: 'AWS::SNS::Subscription',
    },
  },
  {
    event: '{Type: S3, Properties: {Bucket: !Ref Bucket, Events: "s3:ObjectCreated:*"}}',
    made: { FnEPermission: 'AWS::Lambda::Permission' },
  },
  {
    event: '{Type: EventBridgeRule, Properties: {Pattern: {source: [x]}}}',
    made: { FnE: 'AWS::Events::Rule', FnEPermission: 'AWS::Lambda::Permission' },
  },
  {
    event: '{Type: CloudWatchEvent, Properties: {Pattern: {source: [x]}}}',
    made: { FnE: 'AWS::Events::Rule', FnEPermission: 'AWS::Lambda::Permission' },
  },
  {
    event: '{Type: CloudWatchLogs, Properties: {LogGroupName: g, FilterPattern: ""}}',
    made: { FnEPermission: 'AWS::Lambda::Permission', FnE: 'AWS::Logs::SubscriptionFilter' },
  },
  {
    event: '{Type: ScheduleV2, Properties: {ScheduleExpression: rate(1 day)}}',
    made: { FnE: 'AWS::Scheduler::Schedule', FnERole: 'AWS::IAM::Role' },
  },
];
test.each(events)('event $event', ({ event, made }) => {
  const common = {
    Bucket: 'AWS::S3::Bucket',
    Topic: 'AWS::SNS::Topic',
    Fn: 'AWS::Lambda::Function',
    FnRole: 'AWS::IAM::Role',
  };
  expect(resourcesOf(fn(event))).toEqual({ ...common, ...made });
  expect(checkStackTemplate(expanded(fn(event)))).toEqual([]);
});

test('what a function with a condition makes has the condition too', () => {
  const plain = expanded(fn('{Type: Api, Properties: {Path: /x, Method: any}}', 'Condition: Prod'));
  const without = [...plain.resources.values()]
    .filter(({ condition }) => condition !== 'Prod')
    .map(({ logicalId }) => logicalId);
  expect(without).toEqual(['Bucket', 'Topic']);
});

test('a bucket calls the function, after it may', () => {
  const bucket = expanded(
    fn('{Type: S3, Properties: {Bucket: !Ref Bucket, Events: ["s3:ObjectCreated:*"]}}'),
  ).resources.get('Bucket');
  expect(bucket?.dependsOn).toEqual(['FnEPermission']);
  expect(bucket?.properties.NotificationConfiguration).toEqual({
    LambdaConfigurations: [{ Function: { 'Fn::GetAtt': ['Fn', 'Arn'] }, Event: 's3:ObjectCreated:*' }],
  });
});

test('a layer version is known by what is in it, and references follow', () => {
  const layer = (key: string) =>
    expanded(
      `${head}\nResources:\n  Tools: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: "s3://b/${key}"}}\nOutputs: {Arn: {Value: !Ref Tools}, Sub: {Value: !Sub "\${Tools}"}}`,
    );
  const [id = ''] = layer('k').resources.keys();
  expect(id).toMatch(/^Tools[0-9a-f]{10}$/);
  expect(layer('k').outputs.get('Arn')?.value).toEqual({ Ref: id });
  expect(layer('k').outputs.get('Sub')?.value).toEqual({ 'Fn::Sub': `\${${id}}` });
  expect([...layer('l').resources.keys()]).not.toEqual([id]);
});

test('an application is a nested stack', () => {
  const { resources } = expanded(
    `${head}\nResources: {App: {Type: AWS::Serverless::Application, DependsOn: Topic, Properties: {Location: "https://b.s3.amazonaws.com/t.yaml", Parameters: {A: 1}, Tags: {team: blue}}}, Topic: {Type: AWS::SNS::Topic}}`,
  );
  expect(resources.get('App')).toMatchObject({
    type: 'AWS::CloudFormation::Stack',
    dependsOn: ['Topic'],
    properties: {
      TemplateURL: 'https://b.s3.amazonaws.com/t.yaml',
      Parameters: { A: 1 },
      Tags: [
        { Key: 'lambda:createdBy', Value: 'SAM' },
        { Key: 'team', Value: 'blue' },
      ],
    },
  });
});

const refused = [
  {
    name: 'globals of an unknown kind',
    text: `${head}\nGlobals: {Functions: {Timeout: 3}}\nResources: {A: {Type: AWS::Serverless::SimpleTable}}`,
    code: 'stack-template-invalid',
    message: "'Globals' section is invalid. 'Functions' is not supported",
  },
  {
    name: 'code that is a folder',
    text: fn('{Type: HttpApi}').replace('InlineCode: x', 'CodeUri: ./src'),
    code: 'stack-template-invalid',
    message:
      "Transform AWS::Serverless-2016-10-31 failed with: Invalid Serverless Application Specification document. Number of errors found: 1. Resource with id [Fn] is invalid. 'CodeUri' is not a valid S3 Uri",
  },
  {
    name: 'an event that is not expanded',
    text: fn('{Type: MSK, Properties: {Stream: x}}'),
    code: 'stack-template-unsupported',
    message: 'event type MSK (event E) is not expanded here. Resource with id [Fn].',
  },
  {
    name: 'a property that is not expanded',
    text: fn('{Type: HttpApi}').replace('InlineCode: x', 'InlineCode: x\n      DurableConfig: {}'),
    code: 'stack-template-unsupported',
    message: 'property DurableConfig of AWS::Serverless::Function is not expanded here',
  },
  {
    name: 'a type that is not expanded',
    text: `${head}\nResources: {Fn: {Type: AWS::Serverless::GraphQLApi}}`,
    code: 'stack-template-unsupported',
    message: 'resource type AWS::Serverless::GraphQLApi is not expanded here',
  },
  {
    name: 'an application of the repository',
    text: `${head}\nResources: {App: {Type: AWS::Serverless::Application, Properties: {Location: {ApplicationId: x, SemanticVersion: 1.0.0}}}}`,
    code: 'stack-template-unsupported',
    message: 'an application of the Serverless Application Repository is not expanded here. Resource with id [App].',
  },
  {
    name: 'an application without a place',
    text: `${head}\nResources: {App: {Type: AWS::Serverless::Application, Properties: {Parameters: {A: 1}}}}`,
    code: 'stack-template-invalid',
    message: "Resource with id [App] is invalid. Missing required property 'Location'.",
  },
  {
    name: 'a policy template without its parameter',
    text: fn('{Type: HttpApi}').replace('InlineCode: x', 'InlineCode: x\n      Policies: [{SQSPollerPolicy: {}}]'),
    code: 'stack-template-invalid',
    message: "Following required parameters of template 'SQSPollerPolicy' don't have values: ['QueueName']",
  },
  {
    name: 'a bucket of another template',
    text: fn('{Type: S3, Properties: {Bucket: other, Events: x}}'),
    code: 'stack-template-invalid',
    message: 'S3 events must reference an S3 bucket in the same template',
  },
];
test.each(refused)('refused: $name', ({ text, code, message }) => {
  const result = expandTransforms(template(text));
  expect(result).toMatchObject({
    ok: false,
    refusal: { code, message: expect.stringContaining(message), position: { file: 'stack.yaml' } },
  });
});

test('other transforms', () => {
  const using = (name: string) =>
    expandTransforms(template(`Transform: ${name}\nResources: {A: {Type: AWS::SQS::Queue}}`));
  expect(using('AWS::LanguageExtensions').ok).toBe(true);
  expect(using('AWS::Include')).toMatchObject({
    ok: false,
    refusal: { message: expect.stringContaining('only the service itself') },
  });
  expect(using('Own')).toMatchObject({ ok: false, refusal: { message: 'No transform named Own found.' } });
});
