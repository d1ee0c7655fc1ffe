import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../src/database/testing/index.ts';
import { type TestCloud, testCloud } from '../src/simulated-cloud/testing/index.ts';

// AWS CDK's own toolkit deploys to the simulated cloud what an app has synthesised: no line of it knows where it is.
// The toolkit is a development dependency alone (Apache-2.0, no packages below it); apps are not synthesised here.
const run = promisify(execFile);
const toolkit = join(import.meta.dirname, '..', 'node_modules', 'aws-cdk', 'bin', 'cdk');

let database: Awaited<ReturnType<typeof testDatabase>>;
let cloud: TestCloud;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  cloud = await testCloud({ databaseUrl: database.url, clockScale: 0 });
  folder = mkdtempSync(join(tmpdir(), 'deuteron-peers-cdk-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await cloud.close();
  await database.close();
});

/** A cloud assembly with one stack, as an app without assets synthesises it. */
function synthesise(visibilityTimeout: number): string {
  const app = join(folder, 'cdk.out');
  mkdirSync(app, { recursive: true });
  const properties = { templateFile: 'shop.template.json', stackName: 'shop' };
  const shop = { type: 'aws:cloudformation:stack', environment: 'aws://111122223333/us-east-1', properties };
  writeFileSync(join(app, 'manifest.json'), JSON.stringify({ version: '36.0.0', artifacts: { shop } }));
  const Queue = { Type: 'AWS::SQS::Queue', Properties: { VisibilityTimeout: visibilityTimeout } };
  const template = { Resources: { Queue }, Outputs: { Url: { Value: { Ref: 'Queue' } } } };
  writeFileSync(join(app, 'shop.template.json'), JSON.stringify(template));
  return app;
}

/** What the toolkit prints. */
async function cdk(visibilityTimeout: number, ...args: readonly string[]): Promise<string> {
  const all = [toolkit, '--app', synthesise(visibilityTimeout), '--no-notices', '--no-color', ...args];
  const { stdout, stderr } = await run(process.execPath, all, {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      CI: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      AWS_ENDPOINT_URL: cloud.url,
      AWS_ACCESS_KEY_ID: 'SIM111122223333',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_REGION: 'us-east-1',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  });
  return stdout + stderr;
}

test('a stack is deployed, compared, updated, found unchanged and destroyed', async () => {
  const deploy = ['deploy', 'shop', '--require-approval', 'never'];
  const deployed = await cdk(5, ...deploy);
  expect(deployed).toMatch(/CREATE_COMPLETE +\| AWS::CloudFormation::Stack \| shop/);
  expect(deployed).toContain('shop.Url = https://sqs.us-east-1.amazonaws.com/111122223333/shop-Queue-');

  const difference = await cdk(6, 'diff', 'shop');
  expect(difference).toContain('[~] AWS::SQS::Queue Queue');
  expect(difference).toContain('Number of stacks with differences: 1');

  expect(await cdk(6, ...deploy)).toMatch(/UPDATE_COMPLETE +\| AWS::CloudFormation::Stack \| shop/);
  expect(await cdk(6, ...deploy)).toContain('shop (no changes)');
  expect(await cdk(6, 'destroy', 'shop', '--force')).toContain('shop: destroyed');
});
