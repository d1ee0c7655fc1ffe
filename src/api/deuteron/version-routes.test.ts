import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiAccess, type ApiRequest, fetchSigned } from '../../cli/api-client.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { createTemplate } from '../../templates/index.ts';
import { accepted, archive, environmentFiles } from '../../templates/testing/template-world.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
let access: ApiAccess;
beforeAll(async () => {
  api = await startTestApi();
  access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
});
afterAll(() => api.close());

async function ask(method: ApiRequest['method'], path: string, more: Partial<ApiRequest> = {}) {
  const response = await fetchSigned(access, { method, path, ...more });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return { status: response.status, answer: isJson ? JSON.parse(text) : text };
}

let names = 0;
async function newTemplate(): Promise<string> {
  names += 1;
  const name = `base-${names}`;
  accepted(await createTemplate(api.registry, 'environment', { name, customerManaged: false }, 'ana' as PrincipalId));
  return `/templates/environment/${name}`;
}
function bundle(resources: string) {
  return archive({ ...environmentFiles(), 'infrastructure/cloudformation.yaml': `Resources:\n${resources}` });
}
const queue = '  Jobs:\n    Type: AWS::SQS::Queue\n';
const topic = '  Topic:\n    Type: AWS::SNS::Topic\n';

/** A template with 1.0 published, and a draft 1.1 that should have been 2.0. */
async function tooSmallBump(): Promise<string> {
  const path = await newTemplate();
  await ask('POST', `${path}/versions`, { body: await bundle(queue) });
  await ask('POST', `${path}/versions/1.0/publish`);
  await ask('POST', `${path}/versions`, { body: await bundle(topic), query: { majorVersion: '1' } });
  return path;
}

test('a version lives from its registration to its withdrawal', async () => {
  const path = await newTemplate();
  const registered = await ask('POST', `${path}/versions`, {
    body: await bundle(queue),
    query: { description: 'the first' },
  });
  expect(registered).toMatchObject({
    status: 202,
    answer: { version: { version: '1.0', availability: 'open', isRecommended: false, description: 'the first' } },
  });
  expect(await ask('GET', `${path}/versions/1.0`)).toMatchObject({
    status: 200,
    answer: { version: { status: 'DRAFT', can: ['publish', 'deploy', 'withdraw'], report: { kind: 'first' } } },
  });
  expect(await ask('POST', `${path}/versions/1.0/publish`)).toMatchObject({
    status: 200,
    answer: { version: { status: 'PUBLISHED', isRecommended: true } },
  });
  const reason = 'Its queues have no alarm.';
  expect(await ask('POST', `${path}/versions/1.0/deprecate`, { body: { reason } })).toMatchObject({
    status: 200,
    answer: {
      version: {
        status: 'PUBLISHED',
        availability: 'deprecated',
        availabilityReason: reason,
        isRecommended: false,
        statusMessage: `Deprecated: nothing new is deployed at this version. ${reason}`,
      },
    },
  });
  expect(await ask('POST', `${path}/versions/1.0/withdraw`, { body: {} })).toMatchObject({
    answer: { version: { availability: 'withdrawn' } },
  });
  expect(await ask('POST', `${path}/versions/1.0/reinstate`)).toMatchObject({
    answer: { version: { availability: 'open', isRecommended: true } },
  });
  const { answer } = await ask('GET', '/audit', { query: { verb: 'deuteron:WithdrawTemplateVersion' } });
  expect(answer.entries).toMatchObject([{ principal: 'administrator', outcome: 'accepted' }]);
});

test('a breaking change is not published as a minor, and the finding says why; with a warning it may be', async () => {
  const path = await tooSmallBump();
  expect(await ask('POST', `${path}/versions/1.1/publish`)).toMatchObject({
    status: 409,
    answer: { error: { code: 'version-bump-too-small', message: expect.stringContaining('D-REPL') } },
  });
  expect(await ask('PUT', `${path}/version-enforcement`, { body: { versionEnforcement: 'warn' } })).toMatchObject({
    status: 200,
    answer: { template: { versionEnforcement: 'warn', recommendedVersion: '1.0' } },
  });
  expect(await ask('POST', `${path}/versions/1.1/publish`)).toMatchObject({
    status: 200,
    answer: { version: { status: 'PUBLISHED', statusMessage: expect.stringContaining('D-REPL') } },
  });
  expect(await ask('POST', `${path}/versions/1.0/recommend`)).toMatchObject({
    answer: { version: { isRecommended: true } },
  });
  const name = path.split('/').at(-1) ?? '';
  expect(await ask('GET', '/templates', { query: { name } })).toMatchObject({
    answer: { templates: [{ kind: 'environment', name, recommendedVersion: '1.0' }] },
  });
});

test('a report is read as JSON and as Markdown', async () => {
  const path = await tooSmallBump();
  expect(await ask('GET', `${path}/versions/1.1/report`)).toMatchObject({
    status: 200,
    answer: {
      version: '1.1',
      report: {
        kind: 'compared',
        against: '1.0',
        bump: 'minor',
        versionClass: 'data-affecting',
        requiredBump: 'major',
        tooSmall: expect.stringContaining('D-REPL'),
        comparison: { parts: [{ part: 'environment', findings: [{ code: 'D-REPL' }, { code: 'R-ADD' }] }] },
      },
    },
  });
  const markdown = await ask('GET', `${path}/versions/1.1/report`, { query: { format: 'markdown' } });
  expect(markdown.answer).toMatch(/^### Version 1\.1 after 1\.0\n\n> Version 1\.1 is data-affecting/);
});

test('versions are listed by major, highest first, by page', async () => {
  const path = await tooSmallBump();
  expect(await ask('GET', `${path}/versions`)).toMatchObject({ answer: { versions: [{ version: '1.1' }] } });
  const first = await ask('GET', `${path}/versions`, { query: { major: '1', limit: '1' } });
  expect(first.answer.versions).toMatchObject([{ version: '1.1', status: 'DRAFT' }]);
  const { nextToken } = first.answer;
  const second = await ask('GET', `${path}/versions`, { query: { major: '1', limit: '1', nextToken } });
  expect(second.answer).toMatchObject({ versions: [{ version: '1.0', isRecommended: true }] });
});

test('a bundle is checked without being registered', async () => {
  const path = await tooSmallBump();
  const query = { majorVersion: '1' };
  expect(await ask('POST', `${path}/check`, { body: await bundle(topic), query })).toMatchObject({
    status: 200,
    answer: { version: '1.2', findings: [], report: { against: '1.0', requiredBump: 'major' } },
  });
  expect(await ask('GET', `${path}/versions/1.2`)).toMatchObject({ status: 404 });
});

test('a bundle can come as a plain tar archive, and from where it was uploaded', async () => {
  const path = await newTemplate();
  const body = gunzipSync(await bundle(queue));
  const headers = { 'content-type': 'application/x-tar' };
  const { answer } = await ask('POST', `${path}/versions`, { body, headers });
  expect(answer.version.source.bucket).toBe('deuteron');
  const again = await ask('POST', `${path}/versions`, { body: { source: answer.version.source, majorVersion: 1 } });
  expect(again.answer.version.version).toBe('1.1');
  expect((await ask('GET', `${path}/versions/1.1`)).answer.version).toMatchObject({
    status: 'DRAFT',
    report: { versionClass: 'compatible', requiredBump: 'patch' },
  });
});

const refused = [
  { name: 'a template that is not there', path: '/templates/service/none/versions', code: 'template-missing' },
  { name: 'a kind that is none', path: '/templates/component/x/versions', code: 'request-malformed' },
  {
    name: 'a version that is not there',
    path: '/templates/service/none/versions/1.0',
    code: 'template-version-missing',
  },
  { name: 'a version that is no number', path: '/templates/service/none/versions/latest', code: 'request-malformed' },
  {
    name: 'a report on nothing',
    path: '/templates/service/none/versions/1.0/report',
    code: 'template-version-missing',
  },
];
test.each(refused)('$name: $code', async ({ path, code }) => {
  expect(await ask('GET', path)).toMatchObject({ answer: { error: { code } } });
});

test('an archive for a template that is not there is refused, and not kept', async () => {
  const body = await bundle(queue);
  expect(await ask('POST', '/templates/service/none/versions', { body })).toMatchObject({
    status: 404,
    answer: { error: { code: 'template-missing' } },
  });
  expect(await ask('POST', '/templates/service/none/check', { body })).toMatchObject({ status: 404 });
});

test.each(['versions', 'check', 'versions/1.0/preview'])(
  'what wants a body says so where there is none: %s',
  async (last) => {
    const path = await tooSmallBump();
    expect(await ask('POST', `${path}/${last}`)).toMatchObject({
      status: 400,
      answer: { error: { code: 'request-malformed', message: expect.stringContaining('it has no body') } },
    });
  },
);

test('an archive is taken nowhere else', async () => {
  expect(await ask('POST', '/webhooks', { body: await bundle(queue) })).toMatchObject({
    answer: { error: { code: 'request-malformed' } },
  });
});
