import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packBundle, readFolder } from '../demo/pack-bundle.ts';

// The main story with the real AWS CLI as the client: uploads, registration, deployments, waiters, deletion.
const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const examples = join(root, 'examples');
const accountId = '111122223333';
const role = `arn:aws:iam::${accountId}:role/deuteron`;

let folder: string;
let server: ChildProcess;
let url: string;
let cloudUrl: string;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deuteron-peers-'));
  const flags = [
    '--port',
    '0',
    '--cloud-port',
    '0',
    '--clock-scale',
    '0',
    '--data-folder',
    join('/var/tmp', `deuteron-peers-${process.pid}`),
  ];
  server = spawn(process.execPath, [join(root, 'src', 'main.ts'), 'server', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let err = '';
  server.stderr?.on('data', (text) => {
    err += text;
  });
  const ready = await new Promise<{ url: string; cloudUrl: string }>((resolve, reject) => {
    let out = '';
    server.stdout?.on('data', (text) => {
      out += text;
      const line = out.split('\n').find((each) => each.includes('"msg":"ready"'));
      if (line) resolve(JSON.parse(line));
    });
    server.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${out}${err}`)));
  });
  ({ url, cloudUrl } = ready);
  const [, id] = /AWS_ACCESS_KEY_ID=(\S+)/.exec(err) ?? [];
  const [, secret] = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(err) ?? [];
  environment = {
    PATH: process.env.PATH,
    HOME: folder,
    AWS_ACCESS_KEY_ID: id,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_MAX_ATTEMPTS: '1',
    AWS_PAGER: '',
  };
});
afterAll(async () => {
  const gone = new Promise((done) => server.once('exit', done));
  server.kill('SIGTERM');
  await gone;
  rmSync(folder, { recursive: true, force: true });
  rmSync(join('/var/tmp', `deuteron-peers-${process.pid}`), { recursive: true, force: true });
});

/** What the tests read of the CLI's answers. */
interface Answer {
  readonly templates?: readonly object[];
  readonly outputs?: readonly { readonly key: string }[];
  readonly service?: { readonly spec: string };
  readonly serviceInstance?: { readonly spec: string };
  readonly provisionedResources?: readonly { readonly name: string }[];
  readonly deployments?: readonly object[];
  readonly Stacks?: readonly object[];
  readonly StackSummaries?: readonly { readonly StackStatus: string }[];
}

async function aws(...args: readonly string[]): Promise<Answer> {
  const cli = process.env.PEERS_AWS;
  if (!cli) throw new Error('PEERS_AWS names no AWS CLI: run this with npm run test:peers');
  const endpoint = args[0] === 'cloudformation' ? cloudUrl : url;
  const { stdout } = await run(cli, [...args, '--endpoint-url', endpoint, '--output', 'json'], {
    env: environment,
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout.trim().startsWith('{') ? JSON.parse(stdout) : {};
}

async function upload(bundle: string): Promise<string> {
  const key = `${bundle.replaceAll('/', '-')}.tar.gz`;
  const path = join(folder, key);
  writeFileSync(path, await packBundle(readFolder(join(examples, ...bundle.split('/')))));
  await aws('s3', 'cp', path, `s3://deuteron/${key}`);
  return `s3={bucket=deuteron,key=${key}}`;
}

test('templates are uploaded and registered, and the waiters see it', async () => {
  await aws('proton', 'create-environment-template', '--name', 'network');
  await aws(
    'proton',
    'create-environment-template-version',
    '--template-name',
    'network',
    '--source',
    await upload('network/v1'),
  );
  const network = ['--template-name', 'network', '--major-version', '1', '--minor-version', '0'];
  await aws('proton', 'wait', 'environment-template-version-registered', ...network);
  await aws('proton', 'update-environment-template-version', ...network, '--status', 'PUBLISHED');

  await aws('proton', 'create-service-template', '--name', 'worker', '--pipeline-provisioning', 'CUSTOMER_MANAGED');
  const compatible = ['--compatible-environment-templates', 'templateName=network,majorVersion=1'];
  await aws(
    'proton',
    'create-service-template-version',
    '--template-name',
    'worker',
    '--source',
    await upload('worker/v1'),
    ...compatible,
  );
  const worker = ['--template-name', 'worker', '--major-version', '1', '--minor-version', '0'];
  await aws('proton', 'wait', 'service-template-version-registered', ...worker);
  await aws('proton', 'update-service-template-version', ...worker, '--status', 'PUBLISHED');
  const { templates } = await aws('proton', 'list-service-templates');
  expect(templates).toMatchObject([
    { name: 'worker', recommendedVersion: '1.0', pipelineProvisioning: 'CUSTOMER_MANAGED' },
  ]);
});

test('an environment and a service are deployed, and their outputs read', async () => {
  const spec = (name: string) => `file://${join(examples, 'specs', `${name}.yaml`)}`;
  await aws(
    'proton',
    'create-environment',
    '--name',
    'sandbox',
    '--template-name',
    'network',
    '--template-major-version',
    '1',
    '--spec',
    spec('network'),
    '--proton-service-role-arn',
    role,
  );
  await aws('proton', 'wait', 'environment-deployed', '--name', 'sandbox');
  const { outputs } = await aws('proton', 'list-environment-outputs', '--environment-name', 'sandbox');
  expect(outputs?.map(({ key }) => key)).toEqual(['ClusterName', 'LogGroupName', 'SubnetIds', 'VpcId']);

  await aws(
    'proton',
    'create-service',
    '--name',
    'orders',
    '--template-name',
    'worker',
    '--template-major-version',
    '1',
    '--spec',
    spec('orders'),
  );
  await aws('proton', 'wait', 'service-created', '--name', 'orders');
  const { service } = await aws('proton', 'get-service', '--name', 'orders');
  expect(service).toMatchObject({ status: 'ACTIVE' });
  const { provisionedResources } = await aws(
    'proton',
    'list-service-instance-provisioned-resources',
    '--service-name',
    'orders',
    '--service-instance-name',
    'live',
  );
  const name = provisionedResources?.[0]?.name ?? '';
  const { Stacks } = await aws('cloudformation', 'describe-stacks', '--stack-name', name);
  expect(Stacks).toMatchObject([{ StackStatus: 'CREATE_COMPLETE' }]);
});

test('an instance is updated with the service spec as the CLI returned it, and deployments are listed', async () => {
  const { service } = await aws('proton', 'get-service', '--name', 'orders');
  const path = join(folder, 'service.yaml');
  writeFileSync(path, service?.spec.replace('retries: 3', 'retries: 7') ?? '');
  await aws(
    'proton',
    'update-service-instance',
    '--service-name',
    'orders',
    '--name',
    'live',
    '--deployment-type',
    'CURRENT_VERSION',
    '--spec',
    `file://${path}`,
  );
  await aws('proton', 'wait', 'service-instance-deployed', '--service-name', 'orders', '--name', 'live');
  const { serviceInstance } = await aws('proton', 'get-service-instance', '--service-name', 'orders', '--name', 'live');
  expect(serviceInstance?.spec).toContain('retries: 7');
  const { deployments } = await aws('proton', 'list-deployments', '--service-name', 'orders');
  expect(deployments).toHaveLength(2);
});

test('a refusal reaches the user of the CLI with its reason', async () => {
  await expect(aws('proton', 'delete-environment', '--name', 'sandbox')).rejects.toMatchObject({
    stderr: expect.stringContaining('ConflictException'),
  });
  await expect(aws('proton', 'get-environment', '--name', 'nowhere')).rejects.toMatchObject({
    stderr: expect.stringContaining('environment/nowhere'),
  });
});

test('everything is deleted, and the waiter sees that it is gone', async () => {
  await aws('proton', 'delete-service', '--name', 'orders');
  await aws('proton', 'wait', 'service-deleted', '--name', 'orders');
  await aws('proton', 'delete-environment', '--name', 'sandbox');
  const statuses = async () =>
    (await aws('cloudformation', 'list-stacks')).StackSummaries?.map((stack) => stack.StackStatus);
  await expect.poll(statuses, { timeout: 30_000 }).toEqual(['DELETE_COMPLETE', 'DELETE_COMPLETE']);
});
