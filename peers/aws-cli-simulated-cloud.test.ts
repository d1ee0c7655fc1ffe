import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

// The simulated cloud, with the AWS CLI and boto3 as its clients: what they wait for and parse has to be there.
const run = promisify(execFile);
const root = join(import.meta.dirname, '..');

let folder: string;
let cloud: ChildProcess;
let url: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deuteron-cloud-peers-'));
  const data = join('/var/tmp', `deuteron-cloud-peers-${process.pid}`);
  const flags = ['--port', '0', '--clock-scale', '0', '--data-folder', data];
  cloud = spawn(process.execPath, [join(root, 'src', 'main.ts'), 'cloud', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  url = await new Promise<string>((resolve, reject) => {
    let out = '';
    const read = (text: Buffer) => {
      out += text;
      const ready = /"url":"([^"]+)"/.exec(out);
      if (ready?.[1]) resolve(ready[1]);
    };
    cloud.stdout?.on('data', read);
    cloud.stderr?.on('data', read);
    cloud.once('exit', (code) => reject(new Error(`the cloud ended with ${code}: ${out}`)));
  });
});
afterAll(async () => {
  const gone = new Promise((done) => cloud.once('exit', done));
  cloud.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
  rmSync(join('/var/tmp', `deuteron-cloud-peers-${process.pid}`), { recursive: true, force: true });
});

function environment(): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ACCESS_KEY_ID: 'PEERSIM111122223333',
    AWS_SECRET_ACCESS_KEY: 'any',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
}

/** What the tests read of the CLI's answers. */
interface Answer {
  readonly Stacks?: readonly { readonly StackStatus: string; readonly Outputs?: readonly object[] }[];
  readonly ChangeSetId?: string;
  readonly Changes?: readonly { readonly ResourceChange: { readonly ChangeSetId?: string } }[];
  readonly StackDriftDetectionId?: string;
  readonly StackDriftStatus?: string;
  readonly DetectionStatus?: string;
  readonly StackResourceDrifts?: readonly object[];
  readonly StackResources?: readonly object[];
}

async function cloudFormation(...args: readonly string[]): Promise<Answer> {
  const cli = process.env.PEERS_AWS;
  if (!cli) throw new Error('PEERS_AWS names no AWS CLI: run this with npm run test:peers');
  const { stdout } = await run(cli, ['cloudformation', ...args, '--endpoint-url', url, '--output', 'json'], {
    env: environment(),
  });
  return stdout.trim().startsWith('{') ? JSON.parse(stdout) : {};
}

async function control(method: string, path: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/_simulated${path}`, { method, headers, body: JSON.stringify(body) });
  return response.json();
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const template = (delaySeconds: number) => `
Parameters: {Delay: {Type: Number, Default: ${delaySeconds}}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: shop-queue, DelaySeconds: !Ref Delay}}
Outputs:
  Name: {Value: !GetAtt Queue.QueueName}
`;
const shop = ['--stack-name', 'shop'];
const place = { accountId: '111122223333', region: 'us-east-1' };

test('deploy creates and updates, and says when there is nothing to do', async () => {
  // The CLI names its change sets by the second; a name is refused a second time, as the real service does it.
  const nextSecond = () => delay(1_000 - (Date.now() % 1_000));
  const deploy = (delaySeconds: number) =>
    cloudFormation(
      'deploy',
      ...shop,
      '--template-file',
      file('shop.yaml', template(delaySeconds)),
      '--no-fail-on-empty-changeset',
    );
  await deploy(1);
  await cloudFormation('wait', 'stack-create-complete', ...shop);
  const { Stacks } = await cloudFormation('describe-stacks', ...shop);
  expect(Stacks).toMatchObject([
    { StackStatus: 'CREATE_COMPLETE', Outputs: [{ OutputKey: 'Name', OutputValue: 'shop-queue' }] },
  ]);
  await nextSecond();
  await deploy(1);
  await nextSecond();
  await cloudFormation(
    'deploy',
    ...shop,
    '--template-file',
    file('shop.yaml', template(1)),
    '--parameter-overrides',
    'Delay=5',
  );
  expect((await cloudFormation('describe-stacks', ...shop)).Stacks?.[0]?.StackStatus).toBe('UPDATE_COMPLETE');
});

test('a change set is created, waited for, described and executed', async () => {
  const named = [...shop, '--change-set-name', 'more'];
  const body = `file://${file('more.yaml', template(1).replace('shop-queue', 'shop-queue-2'))}`;
  const parameters = ['--parameters', 'ParameterKey=Delay,UsePreviousValue=true'];
  await cloudFormation('create-change-set', ...named, '--template-body', body, ...parameters);
  await cloudFormation('wait', 'change-set-create-complete', ...named);
  const { Changes } = await cloudFormation('describe-change-set', ...named);
  expect(Changes).toMatchObject([
    { ResourceChange: { Action: 'Modify', LogicalResourceId: 'Queue', Replacement: 'True', Scope: ['Properties'] } },
  ]);
  await cloudFormation('execute-change-set', ...named);
  await cloudFormation('wait', 'stack-update-complete', ...shop);
});

test('drift that somebody has made is detected and described', async () => {
  await control('PUT', '/drift', { ...place, stackName: 'shop', logicalId: 'Queue', properties: { DelaySeconds: 9 } });
  const { StackDriftDetectionId = '' } = await cloudFormation('detect-stack-drift', ...shop);
  const detection = ['--stack-drift-detection-id', StackDriftDetectionId];
  expect(await cloudFormation('describe-stack-drift-detection-status', ...detection)).toMatchObject({
    DetectionStatus: 'DETECTION_COMPLETE',
    StackDriftStatus: 'DRIFTED',
    DriftedStackResourceCount: 1,
  });
  const { StackResourceDrifts } = await cloudFormation('describe-stack-resource-drifts', ...shop);
  expect(StackResourceDrifts).toMatchObject([
    {
      LogicalResourceId: 'Queue',
      StackResourceDriftStatus: 'MODIFIED',
      PropertyDifferences: [{ PropertyPath: '/DelaySeconds' }],
    },
  ]);
});

test('what exists is imported', async () => {
  await control('POST', '/names', { ...place, type: 'AWS::S3::Bucket', name: 'somebodys-bucket' });
  const body = `file://${file('bucket.yaml', 'Resources: {Bucket: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: somebodys-bucket}}}')}`;
  const named = ['--stack-name', 'taker', '--change-set-name', 'import'];
  const resources = file(
    'import.json',
    JSON.stringify([
      {
        ResourceType: 'AWS::S3::Bucket',
        LogicalResourceId: 'Bucket',
        ResourceIdentifier: { BucketName: 'somebodys-bucket' },
      },
    ]),
  );
  const what = ['--change-set-type', 'IMPORT', '--resources-to-import', `file://${resources}`, '--template-body', body];
  await cloudFormation('create-change-set', ...named, ...what);
  await cloudFormation('wait', 'change-set-create-complete', ...named);
  await cloudFormation('execute-change-set', ...named);
  await cloudFormation('wait', 'stack-import-complete', '--stack-name', 'taker');
});

test('nested stacks come and go with their parent, seen by boto3 and its waiters', async () => {
  const inner = 'https://templates.s3.amazonaws.com/inner.yaml';
  await control('PUT', '/objects', {
    url: inner,
    body: 'Resources: {Topic: {Type: AWS::SNS::Topic}}\nOutputs: {Arn: {Value: !Ref Topic}}',
  });
  const outer = `Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${inner}"}}}\nOutputs: {Arn: {Value: !GetAtt Inner.Outputs.Arn}}`;
  const script = `
import boto3, json, sys
url, body = sys.argv[1:]
client = boto3.client("cloudformation", endpoint_url=url)
client.create_stack(StackName="outer", TemplateBody=body)
client.get_waiter("stack_create_complete").wait(StackName="outer", WaiterConfig={"Delay": 1, "MaxAttempts": 30})
stack = client.describe_stacks(StackName="outer")["Stacks"][0]
inner = client.describe_stack_resource(StackName="outer", LogicalResourceId="Inner")["StackResourceDetail"]["PhysicalResourceId"]
child = client.describe_stacks(StackName=inner)["Stacks"][0]
events = [e for page in client.get_paginator("describe_stack_events").paginate(StackName=inner) for e in page["StackEvents"]]
client.delete_stack(StackName="outer")
client.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
gone = client.describe_stacks(StackName=inner)["Stacks"][0]["StackStatus"]
try:
    client.describe_stacks(StackName="outer")
    refusal = None
except client.exceptions.ClientError as error:
    refusal = error.response["Error"]["Code"]
print(json.dumps({"same": stack["Outputs"][0]["OutputValue"] == child["Outputs"][0]["OutputValue"],
  "child": child["ParentId"] == stack["StackId"], "events": len(events), "gone": gone, "refusal": refusal}))
`;
  const python = process.env.PEERS_PYTHON ?? '';
  const { stdout } = await run(python, ['-c', script, url, outer], { env: environment() });
  expect(JSON.parse(stdout)).toEqual({
    same: true,
    child: true,
    events: 5,
    gone: 'DELETE_COMPLETE',
    refusal: 'ValidationError',
  });
});

test('change sets of a nested stack are created, described and deleted from their root', async () => {
  const inner = 'https://templates.s3.amazonaws.com/reviewed.yaml';
  const queue = (more: string) => `Resources: {Queue: {Type: AWS::SQS::Queue${more}}}`;
  const body = `Resources: {Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: "${inner}"}}}`;
  const named = ['--stack-name', 'reviewed'];
  const template = ['--template-body', `file://${file('reviewed.yaml', body)}`];
  await control('PUT', '/objects', { url: inner, body: queue('') });
  await cloudFormation('create-stack', ...named, ...template);
  await cloudFormation('wait', 'stack-create-complete', ...named);
  await control('PUT', '/objects', { url: inner, body: queue(', Properties: {FifoQueue: true}') });
  const root = [...named, '--change-set-name', 'root'];
  await cloudFormation('create-change-set', ...root, ...template, '--include-nested-stacks');
  await cloudFormation('wait', 'change-set-create-complete', ...root);
  const { Changes: changes, ChangeSetId: id } = await cloudFormation('describe-change-set', ...root);
  const nested = ['--change-set-name', changes?.[0]?.ResourceChange.ChangeSetId ?? ''];
  expect(await cloudFormation('describe-change-set', ...nested)).toMatchObject({
    IncludeNestedStacks: true,
    ParentChangeSetId: id,
    RootChangeSetId: id,
    ExecutionStatus: 'UNAVAILABLE',
    Changes: [{ ResourceChange: { LogicalResourceId: 'Queue', Replacement: 'True' } }],
  });
  await expect(cloudFormation('delete-change-set', ...nested)).rejects.toThrow(/InvalidChangeSetStatus/);
  await cloudFormation('delete-change-set', ...root);
  await expect(cloudFormation('describe-change-set', ...nested)).rejects.toThrow(/ChangeSetNotFound/);
});

test('a refusal reaches the user of the CLI in the words of the service', async () => {
  const policy = '{"Statement": [{"Effect": "Deny", "Action": "Update:*", "Principal": "*", "Resource": "*"}]}';
  await cloudFormation('set-stack-policy', ...shop, '--stack-policy-body', policy);
  const parameters = ['--parameters', 'ParameterKey=Delay,ParameterValue=7'];
  await cloudFormation('update-stack', ...shop, '--use-previous-template', ...parameters);
  await expect(cloudFormation('wait', 'stack-update-complete', ...shop)).rejects.toThrow(/UPDATE_ROLLBACK_COMPLETE/);
  await expect(cloudFormation('describe-stacks', '--stack-name', 'nobody')).rejects.toThrow(
    /\(ValidationError\) when calling the DescribeStacks operation: Stack with id nobody does not exist/,
  );
});
