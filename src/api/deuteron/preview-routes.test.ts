import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { packBundleArchive } from '../../bundles/index.ts';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import {
  seedEnvironment,
  seedInstance,
  seedTag,
  seedVersion,
  testBundle,
} from '../../fleet/preview/testing/fleet-world.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let access: ApiAccess;
const queue = (seconds: number) =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeout: ${seconds}}\n`;
const bundleWith = (seconds: number) => testBundle('service', { templates: { instance: queue(seconds) } });
const fleetSize = 150;

beforeAll(async () => {
  api = await startTestApi();
  access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  const { db } = api;
  const network = { kind: 'environment', templateName: 'network', major: 1, minor: 0 } as const;
  await seedVersion(db, network, testBundle('environment', { templates: { environment: 'Resources: {}\n' } }));
  await seedEnvironment(db, { name: 'dev', templateName: 'network', version: [1, 0] });
  const version = { kind: 'service', templateName: 'queue', major: 1 } as const;
  await seedVersion(db, { ...version, minor: 0 }, bundleWith(30), ['network:1']);
  await seedVersion(db, { ...version, minor: 1 }, bundleWith(60), ['network:1']);
  const common = { environment: 'dev', templateName: 'queue', version: [1, 0], template: queue(30) } as const;
  await seedInstance(db, { ...common, service: 'a', name: 'one' });
  await seedInstance(db, { ...common, service: 'b', name: 'one', template: queue(60) });
  await seedTag(db, 'service/a', 'deuteron:owner', '=cmd|shop');
  for (let n = 0; n < fleetSize; n += 1)
    await seedInstance(db, { ...common, service: `many-${n}`, name: 'one', template: queue(n) });
});
afterAll(() => api.close());

const path = '/templates/service/queue/versions/1.1/preview';
const ask = (request: Partial<ApiRequest> = {}, signal?: AbortSignal) =>
  fetchSigned(access, { method: 'GET', path, ...request }, signal);
const ofBoth = { service: ['a', 'b'] };

test('lines, as they come', async () => {
  const response = await ask({ query: { ...ofBoth, groupBy: 'deuteron:owner' } });
  expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
  const lines = (await response.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter(({ line }) => line !== 'progress'); // as often as time passes
  expect(lines).toMatchObject([
    { line: 'begin', kind: 'service', template: 'queue', version: '1.1', of: 2 },
    { line: 'thing', name: 'a/one', outcome: 'in-place', environment: 'dev', deployed: '1.0' },
    { line: 'thing', name: 'b/one', outcome: 'no-change', resources: [], unchanged: 1 },
    { line: 'end', total: 2, counts: { 'in-place': 1, 'no-change': 1 } },
  ]);
  expect(lines[3].groups[0]).toEqual({
    outcome: 'in-place',
    by: { 'deuteron:owner': '=cmd|shop' },
    count: 1,
    examples: ['a/one'],
  });
});

test('one document, and rows for a spreadsheet', async () => {
  const document = await (await ask({ query: { ...ofBoth, format: 'json' } })).json();
  expect(document).toMatchObject({
    kind: 'service',
    template: 'queue',
    version: '1.1',
    things: [{ name: 'a/one' }, { name: 'b/one' }],
    summary: { total: 2 },
  });
  const rows = await (await ask({ query: { ...ofBoth, format: 'csv' } })).text();
  expect(rows.split('\r\n')).toEqual([
    'outcome,name,part,environment,service,instance,deployed,owner,unit,class,code,reason,flags,changes,arn',
    expect.stringMatching(
      /^in-place,a\/one,instance,dev,a,one,1\.0,,organization,,R-UPD-NOINT,.*,Queue update-in-place,arn:aws:proton:/,
    ),
    expect.stringMatching(/^no-change,b\/one,instance,dev,b,one,1\.0,,organization,,,,,,arn:aws:proton:/),
    '',
  ]);
});

test('nothing on the template is a document too', async () => {
  const document = await (await ask({ query: { service: 'nobody', format: 'json' } })).json();
  expect(document).toMatchObject({ things: [], summary: { total: 0 } });
});

test('a bundle that is not registered', async () => {
  const body = await packBundleArchive(bundleWith(30));
  const response = await ask({ method: 'POST', body, query: { ...ofBoth, format: 'json' } });
  expect(await response.json()).toMatchObject({
    things: [
      { name: 'a/one', outcome: 'no-change' },
      { name: 'b/one', outcome: 'in-place' },
    ],
  });
  const none = await ask({ method: 'POST', body: Buffer.from('no archive') });
  expect(none.status).toBe(400);
  expect(await none.json()).toMatchObject({ error: { code: 'archive-unreadable' } });
});

test.each([
  {
    name: 'a version that is not there',
    request: { path: path.replace('1.1', '9.9') },
    code: 'template-version-missing',
  },
  { name: 'an unknown format', request: { query: { format: 'xml' } }, code: 'request-malformed' },
  { name: 'a deployed version that is none', request: { query: { deployed: 'v1' } }, code: 'request-malformed' },
  { name: 'a tag without a value', request: { query: { tag: 'owner' } }, code: 'request-malformed' },
])('$name is refused with $code', async ({ request, code }) => {
  expect(await (await ask(request)).json()).toMatchObject({ error: { code } });
});

test('a client that goes away ends it, and leaves room for others', async () => {
  const leaving = new AbortController();
  const responses = await Promise.all(Array.from({ length: 4 }, () => ask({}, leaving.signal)));
  const readers = responses.map((response) => response.body!.getReader());
  for (const reader of readers) await reader.read();
  expect((await ask()).status).toBe(429);
  leaving.abort();
  await vi.waitFor(async () => {
    const response = await ask({ query: ofBoth });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"line":"end"');
  });
});
