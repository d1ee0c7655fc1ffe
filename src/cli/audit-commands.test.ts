import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { auditInsert } from '../audit/index.ts';
import { environmentOf, runDeuteron } from './testing/run-deuteron.ts';

let api: TestApi;
let environment: Record<string, string>;
const arn = (resource: string) => `arn:aws:proton:us-east-1:111122223333:${resource}`;
const deuteron = (...words: readonly string[]) => runDeuteron(environment, ...words);

beforeAll(async () => {
  api = await startTestApi();
  environment = environmentOf({ endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret });
  for (const target of ['environment/prod', 'environment/prod-eu', 'service/shop']) {
    await auditInsert(
      api.db,
      { principal: 'gone', verb: 'proton:CreateEnvironment', target: arn(target), requestId: target },
      { outcome: 'accepted' },
    );
  }
});
afterAll(() => api.close());

/** The targets of the entries that are listed. */
async function listed(...flags: readonly string[]): Promise<string[]> {
  const { text } = await deuteron('audit', 'list', '--json', ...flags);
  return (JSON.parse(text).entries as { target: string }[]).map(({ target }) => target.split(':').at(-1) ?? '');
}

describe('entries are found', () => {
  test('by the short name of a thing, by its ARN, and by how it begins', async () => {
    expect(await listed('--target', 'environment/prod')).toEqual(['environment/prod']);
    expect(await listed('--target', arn('environment/prod'))).toEqual(['environment/prod']);
    expect(await listed('--target', 'environment/prod*')).toEqual(['environment/prod-eu', 'environment/prod']);
    expect(await listed('--target', 'environment/*')).toEqual(['environment/prod-eu', 'environment/prod']);
    expect(await listed('--target', 'service/shop/*')).toEqual([]);
  });

  test('by when they were written: a day is the whole of it', async () => {
    const today = new Date().toISOString().slice(0, 10);
    const tomorrow = new Date(Date.parse(today) + 86_400_000).toISOString().slice(0, 10);
    const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();
    const gone = ['--principal', 'gone'];
    expect(await listed('--since', '2026-01-01', '--until', tomorrow, ...gone)).toHaveLength(3);
    expect(await listed('--since', inHours(-48), '--until', inHours(1), ...gone)).toHaveLength(3);
    expect(await listed('--since', inHours(1), ...gone)).toEqual([]);
    expect(await listed('--until', inHours(-48), ...gone)).toEqual([]);
    expect((await deuteron('audit', 'list', '--until', '2026-01-01')).text).toBe('There is no such entry.');
  });

  test('of who is gone, and of what nobody did yet', async () => {
    expect(await listed('--principal', 'gone')).toHaveLength(3);
    expect(await listed('--principal', 'administrator', '--verb', 'proton:DeleteService')).toEqual([]);
    expect(await listed('--verb', 'deuteron:DeclareEmergency')).toEqual([]);
  });
});

test.each([
  [
    ['audit', 'list', '--principal', 'administrato'],
    "There is no principal 'administrato'. Did you mean administrator?",
  ],
  [
    ['audit', 'list', '--verb', 'proton:CreateEnvironmen'],
    "Nothing is known under the verb 'proton:CreateEnvironmen'. Did you mean proton:CreateEnvironment?",
  ],
  [['audit', 'list', '--verb', 'x'], "Nothing is known under the verb 'x'. deuteron audit list shows verbs"],
  [['audit', 'replay', '--verb', 'environment:updat'], 'Did you mean environment:update?'],
  [['audit', 'replay', '--principal', 'nobody-at-all'], "There is no principal 'nobody-at-all'."],
  [['org', 'resources', '--team', 'administrator'], "There is no team 'administrator'. Did you mean administrators?"],
  [['org', 'resources', '--unit', 'organisation'], "There is no unit 'organisation'. Did you mean organization?"],
  [['org', 'orphans', '--left-by', 'nobody-at-all'], "There is no principal 'nobody-at-all'."],
  [
    ['delegation', 'make', 'ghost', '--until', '2026-12-31'],
    "There is no principal 'ghost'. Correct the name; deuteron principal list shows all.",
  ],
  [['handover', 'list', '--team', 'nobody-at-all'], "There is no team 'nobody-at-all'."],
  [['guard-rail', 'history', 'no-open-portz'], "There is no guard rail 'no-open-portz'. Did you mean no-open-ports?"],
])('a name that nothing has is refused, and no empty list: %j', async (words, says) => {
  const { text, exitCode } = await deuteron(...words);
  expect(text).toContain(says);
  expect(exitCode).toBe(1);
});

test.each([
  [['org', 'resources'], 'There is no such resource.'],
  [['guard-rail', 'history', 'no-open-ports'], 'Nobody has set it.'],
  [['guard-rail', 'exception', 'list'], 'There is no such exception.'],
  [['policy', 'list'], 'There is no policy of your own.'],
  [['restriction', 'list'], 'No restriction holds anywhere.'],
  [['webhook', 'list'], 'There is no webhook that you may change.'],
  [['token', 'list'], 'There is no token.'],
  [['delegation', 'list'], 'There is no delegation.'],
  [['federation', 'list'], 'There is no rule.'],
  [['federation', 'rules'], 'There is no rule.'],
  [['session', 'list'], "You are not signed in anywhere; --all shows everybody's sign-ins."],
  [['session', 'list', '--all'], 'Nobody is signed in.'],
  [['session', 'list', '--of', 'administrator'], "administrator is not signed in; --all shows everybody's sign-ins."],
])('an empty list is a sentence: %j', async (words, says) => {
  expect(await deuteron(...words)).toEqual({ text: says, exitCode: 0 });
});

describe('another server at the address', () => {
  let other: Server;
  let answer = { status: 200, body: '{}' };
  beforeAll(async () => {
    other = createServer((_, response) => {
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
  });
  afterAll(() => {
    other.close();
  });

  test.each([
    { status: 200, body: '{}' },
    { status: 200, body: '' },
    { status: 404, body: '{"message":"Not found"}' },
    { status: 400, body: '{"error":{}}' },
    { status: 500, body: 'null' },
    { status: 403, body: '<html>' },
  ])('$status $body', async (each) => {
    answer = each;
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const { text, exitCode } = await deuteron('whoami', '--endpoint-url', url);
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+ does not answer as Deuteron does: .+\. Start the server, or give/);
    expect(exitCode).toBe(1);
  });
});
