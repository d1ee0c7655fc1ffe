import {
  CreateEnvironmentCommand,
  DeleteEnvironmentTemplateCommand,
  GetEnvironmentCommand,
  ProtonClient,
  UpdateEnvironmentCommand,
  waitUntilEnvironmentDeployed,
} from '@aws-sdk/client-proton';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { type ApiAccess, callApi } from '../src/cli/api-client.ts';
import { type JobIssuer, startJobIssuer } from '../src/identity/testing/job-issuer.ts';
import { environmentBundle } from './testing/bundles.ts';
import { serviceRole, startInstallation, type TestInstallation } from './testing/installation.ts';

const inputs = '{encrypted: {type: boolean, default: false}, size: {type: integer, default: 20}}';
const database = `Resources:
  Db:
    Type: AWS::RDS::DBInstance
    Properties:
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      ManageMasterUserPassword: true
      MasterUsername: owner
      StorageEncrypted: {{ environment.inputs.encrypted | lower }}
      AllocatedStorage: "{{ environment.inputs.size }}"
Outputs:
  Address: {Value: !GetAtt Db.Endpoint.Address}
`;
const spec = (given: string) => `proton: EnvironmentSpec\nspec: {${given}}\n`;

let world: TestInstallation;
let issuer: JobIssuer;
let administrator: ApiAccess;

beforeAll(async () => {
  world = await startInstallation();
  issuer = await startJobIssuer();
  const { platform } = world;
  ({ administrator } = world);
  const document = `
principals: { checkout-ci: { kind: machine }, checkout-lead: {}, checkout-mate: {} }
teams:
  checkout: { kind: application, members: { checkout-lead: { role: lead }, checkout-mate: } }
federation:
  checkout-main:
    issuer: ${issuer.url}
    audience: deuteron
    subject: repo:tiles/checkout:ref:refs/heads/main
    claims: { environment: production }
    principal: checkout-ci
    teams: [checkout]
    once: true
`;
  const applied = await callApi(administrator, { method: 'POST', path: '/organization/apply', body: { document } });
  expect(applied).toMatchObject({ ok: true });
  await platform.createTemplate('environment', 'ledger');
  await platform.registerVersion({ kind: 'environment', name: 'ledger', files: environmentBundle(database, inputs) });
  await platform.publish('environment', 'ledger', { major: '1', minor: '0' });
  await platform.proton.send(
    new CreateEnvironmentCommand({
      name: 'books',
      templateName: 'ledger',
      templateMajorVersion: '1',
      spec: spec('size: 20'),
      protonServiceRoleArn: serviceRole,
      tags: [{ key: 'deuteron:owner', value: 'checkout' }],
    }),
  );
  await waitUntilEnvironmentDeployed(platform.waiting, { name: 'books' });
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await world.close();
  await issuer.close();
});

/** As a job does it: by one request with nothing but the token that its CI system made for it. */
async function jobOf(branch: string): Promise<{ readonly status: number; readonly proton: ProtonClient }> {
  const at = Math.floor(Date.now() / 1000);
  const sub = `repo:tiles/checkout:ref:refs/heads/${branch}`;
  const times = { iat: at, nbf: at, exp: at + 300, jti: `${branch}-${Math.random()}` };
  const response = await fetch(`${world.deuteron.url}/api/v1/federation/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      subject_token: await issuer.token({ sub, aud: 'deuteron', environment: 'production', ...times }),
    }),
  });
  const { access_key: key } = (await response.json()) as {
    access_key?: Record<'id' | 'secret' | 'session_token', string>;
  };
  const credentials = {
    accessKeyId: key?.id ?? 'DTRXNONE222222222222',
    secretAccessKey: key?.secret ?? 'none',
    sessionToken: key?.session_token,
  };
  const proton = new ProtonClient({ endpoint: world.deuteron.url, region: 'us-east-1', maxAttempts: 1, credentials });
  return { status: response.status, proton };
}

const update = (given: string) =>
  new UpdateEnvironmentCommand({ name: 'books', deploymentType: 'CURRENT_VERSION', spec: spec(given) });
const environment = async (proton: ProtonClient) =>
  (await proton.send(new GetEnvironmentCommand({ name: 'books' }))).environment;

test('a job of the main branch deploys a compatible change, and nobody is asked', async () => {
  const { status, proton } = await jobOf('main');
  expect(status).toBe(200);
  await proton.send(update('size: 21'));
  await waitUntilEnvironmentDeployed({ client: proton, maxWaitTime: 60, minDelay: 1, maxDelay: 1 }, { name: 'books' });
  expect((await environment(proton))?.spec).toContain('size: 21');
  const { entries } = await audited();
  expect(entries).toContainEqual(
    expect.objectContaining({ principal: 'checkout-ci', verb: 'proton:UpdateEnvironment', outcome: 'accepted' }),
  );
  expect(entries).toContainEqual(
    expect.objectContaining({
      principal: 'checkout-ci',
      verb: 'deuteron:ExchangeJobToken',
      target: 'federation-rule/checkout-main',
    }),
  );
  proton.destroy();
});

test('a job of another branch is nobody', async () => {
  const { status, proton } = await jobOf('feature');
  expect(status).toBe(403);
  await expect(proton.send(update('size: 22'))).rejects.toThrow();
  proton.destroy();
});

test('a job does what its team may do, and nothing else', async () => {
  const { proton } = await jobOf('main');
  const forbidden = { name: 'AccessDeniedException' };
  const other = { name: 'more', templateName: 'ledger', templateMajorVersion: '1', spec: spec('size: 20') };
  await expect(
    proton.send(new CreateEnvironmentCommand({ ...other, protonServiceRoleArn: serviceRole })),
  ).rejects.toMatchObject(forbidden);
  await expect(proton.send(new DeleteEnvironmentTemplateCommand({ name: 'ledger' }))).rejects.toMatchObject(forbidden);
  proton.destroy();
});

test('a change that touches data waits for a human, and says for whom', async () => {
  const { proton } = await jobOf('main');
  await proton.send(update('size: 21, encrypted: true'));
  await vi.waitFor(
    async () => {
      const found = await environment(proton);
      expect(found?.deploymentStatus).toBe('IN_PROGRESS');
      expect(found?.deploymentStatusMessage).toMatch(/approv/i);
    },
    { timeout: 30_000, interval: 200 },
  );
  proton.destroy();
});

async function audited(): Promise<{ readonly entries: readonly object[] }> {
  const answer = await callApi<{ entries: object[] }>(administrator, {
    method: 'GET',
    path: '/audit',
    query: { principal: 'checkout-ci' },
  });
  if (!answer.ok) throw new Error(answer.refusal.message);
  return answer.value;
}
