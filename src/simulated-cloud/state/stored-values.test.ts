import { CreateStackCommand, DescribeStacksCommand, UpdateStackCommand } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { allEvents, cloudOfTests, settledStack } from '../testing/index.ts';
import { type StoredValue, storedKey, storedValue, withVersion } from './stored-values.ts';

const place = { accountId: '111111111111', region: 'eu-west-1' };
const values = new Map<string, StoredValue>();
for (const [kind, name, ...texts] of [
  ['String', '/app/image', 'one', 'two'],
  ['SecureString', '/app/password', 'hidden'],
  ['Secret', 'db', '{"user":"ann","port":5432}', '{"user":"bob"}'],
  ['Secret', 'plain', 'text'],
] as const) {
  const key = storedKey(place, kind, name);
  for (const value of texts) values.set(key, withVersion(values.get(key), { ...place, kind, name, value }));
}
const firstVersion = values.get(storedKey(place, 'Secret', 'db'))?.versions[0]?.id;
const secretArn = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf';

const cases = [
  { service: 'ssm', key: '/app/image', value: 'two' },
  { service: 'ssm', key: '/app/image:1', value: 'one' },
  { service: 'ssm', key: '/app/image:3', reason: 'Parameters: [ssm:/app/image:3] cannot be found.' },
  { service: 'ssm', key: '/app/none', reason: 'Parameters: [ssm:/app/none] cannot be found.' },
  {
    service: 'ssm',
    key: '/aws/service/ecs/optimized-ami/amazon-linux-2/recommended/image_id',
    value: expect.stringMatching(/^ami-[0-9a-f]{17}$/),
  },
  { service: 'ssm', key: '/app/password', reason: 'Parameters: [ssm:/app/password] cannot be found.' },
  { service: 'ssm-secure', key: '/app/password:1', value: 'hidden' },
  { service: 'ssm-secure', key: '/app/image', reason: 'Parameters: [ssm-secure:/app/image] cannot be found.' },
  { service: 'secretsmanager', key: 'plain', value: 'text' },
  { service: 'secretsmanager', key: 'db:SecretString:user', value: 'bob' },
  { service: 'secretsmanager', key: 'db:SecretString:user:AWSPREVIOUS', value: 'ann' },
  { service: 'secretsmanager', key: `db:SecretString:port::${firstVersion}`, value: '5432' },
  { service: 'secretsmanager', key: `${secretArn}:SecretString:user`, value: 'bob' },
  {
    service: 'secretsmanager',
    key: 'db:SecretString:port',
    reason: 'Could not find a value associated with JSONKey in SecretString',
  },
  {
    service: 'secretsmanager',
    key: 'none:SecretString:user',
    reason: "Secrets Manager can't find the specified secret. (Service: SecretsManager, Status Code: 400)",
  },
  {
    service: 'secretsmanager',
    key: 'db:SecretString:user:MINE',
    reason:
      "Secrets Manager can't find the specified secret value for staging label: MINE. (Service: SecretsManager, Status Code: 400)",
  },
  {
    service: 'secretsmanager',
    key: 'db:SecretBinary',
    reason:
      'Invalid dynamic reference {{resolve:secretsmanager:db:SecretBinary}}: the only part of a secret is SecretString.',
  },
] as const;
test.each(cases)('$service $key', ({ service, key, ...expected }) => {
  const text = `{{resolve:${service}:${key}}}`;
  expect(storedValue(values, place, { text, service, key })).toEqual(expected);
});

const cloud = cloudOfTests();

const put = (name: string, value: string | null, kind = 'String') =>
  cloud.control('PUT', '/values', { ...place, name, value, kind });

test('a parameter of an SSM type is read from the store, and again at each update', async () => {
  const client = cloud.cloudFormation();
  const TemplateBody = `
Parameters: {Image: {Type: "AWS::SSM::Parameter::Value<String>"}, Zones: {Type: "AWS::SSM::Parameter::Value<List<String>>"}}
Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Select [1, !Ref Zones]}}}
Outputs: {Image: {Value: !Ref Image}}`;
  const Parameters = [
    { ParameterKey: 'Image', ParameterValue: '/typed/image' },
    { ParameterKey: 'Zones', ParameterValue: '/typed/zones' },
  ];
  const create = new CreateStackCommand({ StackName: 'typed', TemplateBody, Parameters });
  await expect(client.send(create)).rejects.toThrow('Unable to fetch parameters [/typed/image] from parameter store');
  await put('/typed/image', 'ami-1');
  await put('/typed/zones', 'a, b', 'StringList');
  await client.send(create);
  expect(await settledStack(client, 'typed')).toMatchObject({
    Outputs: [{ OutputValue: 'ami-1' }],
    Parameters: [{ ParameterValue: '/typed/image', ResolvedValue: 'ami-1' }, { ResolvedValue: 'a, b' }],
  });
  const update = new UpdateStackCommand({ StackName: 'typed', UsePreviousTemplate: true, Parameters });
  await expect(client.send(update)).rejects.toThrow('No updates are to be performed.');
  expect(await put('/typed/image', 'ami-2')).toMatchObject({ version: '2' });
  await client.send(update);
  expect((await settledStack(client, 'typed')).Outputs).toMatchObject([{ OutputValue: 'ami-2' }]);
});

test('parameters and secrets that stacks make can be read by others, and go with them', async () => {
  const client = cloud.cloudFormation();
  const maker = `
Resources:
  Parameter: {Type: AWS::SSM::Parameter, Properties: {Name: /made/size, Type: String, Value: "7"}}
  Secret:
    Type: AWS::SecretsManager::Secret
    Properties: {Name: made, GenerateSecretString: {SecretStringTemplate: '{"username": "ann"}', GenerateStringKey: password}}
  User:
    Type: AWS::IAM::User
    Properties: {UserName: !Sub "{{resolve:secretsmanager:\${Secret}:SecretString:username}}"}`;
  const Capabilities = ['CAPABILITY_NAMED_IAM' as const];
  await client.send(new CreateStackCommand({ StackName: 'maker', TemplateBody: maker, Capabilities }));
  expect((await settledStack(client, 'maker')).StackStatus).toBe('CREATE_COMPLETE');
  const user = (await allEvents(client, 'maker')).find(
    ({ LogicalResourceId, ResourceStatus }) => LogicalResourceId === 'User' && ResourceStatus === 'CREATE_COMPLETE',
  );
  expect(user?.PhysicalResourceId, 'the id shows what was resolved').toBe('ann');
  expect(user?.ResourceProperties, 'the properties do not').toContain('{{resolve:secretsmanager:');

  const reader =
    'Resources: {Queue: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: "{{resolve:ssm:/made/size:1}}"}}}';
  await client.send(new CreateStackCommand({ StackName: 'reader', TemplateBody: reader }));
  expect((await settledStack(client, 'reader')).StackStatus).toBe('CREATE_COMPLETE');
});

const refusals = [
  {
    name: 'a plain reference to nothing refuses the call',
    template: 'Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: "{{resolve:ssm:/not/there:1}}"}}}',
    message: 'Parameters: [ssm:/not/there:1] cannot be found.',
  },
  {
    name: 'a secure reference stands only where it is supported',
    template: 'Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: "{{resolve:ssm-secure:/x:1}}"}}}',
    message: 'SSM Secure reference is not supported in: [AWS::SNS::Topic/Properties/DisplayName]',
  },
  {
    name: 'there may be sixty references',
    template: `Resources: {T: {Type: AWS::SNS::Topic, Properties: {DisplayName: "${'{{resolve:ssm:/x:1}}'.repeat(61)}"}}}`,
    message: 'Number of dynamic references, 61, is greater than maximum allowed, 60',
  },
];
test.each(refusals)('$name', async ({ template: TemplateBody, message }) => {
  const client = cloud.cloudFormation();
  await expect(client.send(new CreateStackCommand({ StackName: 'refused', TemplateBody }))).rejects.toThrow(message);
  await expect(client.send(new DescribeStacksCommand({ StackName: 'refused' }))).rejects.toThrow('does not exist');
});

test('a secret that is missing fails the resource; one that is gone makes the way back fail', async () => {
  const client = cloud.cloudFormation();
  const database = (name: string, size: number) => `
Resources:
  Base:
    Type: AWS::RDS::DBInstance
    DeletionPolicy: Delete
    Properties: {DBInstanceClass: db.t3.micro, Engine: postgres, MasterUsername: root, AllocatedStorage: "${size}", MasterUserPassword: "{{resolve:ssm-secure:${name}:1}}"}
  Topic: {Type: AWS::SNS::Topic, DependsOn: Base, Properties: {DisplayName: "${size}"}}`;
  await client.send(new CreateStackCommand({ StackName: 'secured', TemplateBody: database('/pw', 20) }));
  expect((await settledStack(client, 'secured')).StackStatus).toBe('ROLLBACK_COMPLETE');
  const failed = (await allEvents(client, 'secured')).find(({ ResourceStatus }) => ResourceStatus === 'CREATE_FAILED');
  expect(failed?.ResourceStatusReason).toBe('Parameters: [ssm-secure:/pw:1] cannot be found.');

  await put('/pw', 'pass-word-1', 'SecureString');
  await put('/pw2', 'pass-word-2', 'SecureString');
  await client.send(new CreateStackCommand({ StackName: 'secured2', TemplateBody: database('/pw', 20) }));
  expect((await settledStack(client, 'secured2')).StackStatus).toBe('CREATE_COMPLETE');
  await put('/pw', null, 'SecureString');
  await cloud.control('POST', '/faults/resource', {
    logicalId: 'Topic',
    operation: 'update',
    message: 'no',
    timesMax: 1,
  });
  await client.send(new UpdateStackCommand({ StackName: 'secured2', TemplateBody: database('/pw2', 30) }));
  expect((await settledStack(client, 'secured2')).StackStatus).toBe('UPDATE_ROLLBACK_FAILED');
});
