import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiRequest, callApi } from '../../cli/api-client.ts';
import { startTestApi, type TestApi } from '../testing/index.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(() => api.close());

const exception = { resource: 'environment/a', rail: 'no-open-ports', reason: 'a test' };
const ofException = (body: object): ApiRequest => ({ method: 'POST', path: '/guard-rail-exceptions', body });

test.each<[string, ApiRequest, string]>([
  [
    'a choice',
    { method: 'GET', path: '/approvals', query: { state: 'open' } },
    'state in the query is "open", none of wanted, given, rejected, void, expired, lifted, denied, cancelled.',
  ],
  ['a bound', ofException({ ...exception, days: 400 }), 'days in the body is 400, and must be <= 365.'],
  [
    'what says nothing',
    ofException({ ...exception, reason: ' ' }),
    'reason in the body is " ", and has to say something.',
  ],
  ['what is left out', ofException({ ...exception, rail: undefined }), 'the body has no rail.'],
  ['what is not known', ofException({ ...exception, raill: 'x' }), 'the body has raill, which is not known there.'],
  [
    'another kind',
    ofException({ ...exception, days: 'x'.repeat(200) }),
    `days in the body is "${'x'.repeat(79)}..., and must be integer.`,
  ],
])('%s: the member, what it is, and what it may be', async (_, request, says) => {
  const access = { endpoint: api.url, accessKeyId: api.key.id, secretAccessKey: api.key.secret };
  expect(await callApi(access, request)).toMatchObject({
    ok: false,
    refusal: { code: 'request-malformed', message: `The request cannot be read: ${says}` },
  });
});
