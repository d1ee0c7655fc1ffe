import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { createPrincipal } from '../organization/index.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi();
  for (const [name, kind] of [
    ['ana', 'person'],
    ['shop/ci', 'machine'],
  ] as const)
    await createPrincipal(api.organization, { name, kind });
});
afterAll(() => api.close());
beforeEach(() => {
  vi.stubEnv('DEUTERON_URL', api.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterEach(() => {
  vi.unstubAllEnvs();
});
const deuteron = (...words: readonly string[]) => runDeuteron({}, ...words);

test('who leaves is told with what he leaves, listed with his end, and comes back', async () => {
  expect(await deuteron('principal', 'end', 'ana', '--at', '2099-01-31')).toEqual({
    exitCode: 0,
    text: [
      'ana ends: until 2099-01-31.',
      'deuteron org orphans --left-by ana --on 2099-01-31',
      'deuteron approval orphans --left-by ana --on 2099-01-31',
      'list what nobody answers for then, and what waits for nobody.',
    ].join('\n'),
  });
  const ended = await deuteron('principal', 'end', 'shop/ci');
  expect(ended.text).toContain('shop/ci has ended.\n');
  const listed = await deuteron('principal', 'list');
  expect(listed.text.split('\n')).toEqual([
    'administrator  person',
    'ana  person  leaves: until 2099-01-31',
    expect.stringMatching(/^shop\/ci {2}machine {2}ended: until \d{4}-/),
  ]);
  expect(await deuteron('principal', 'reinstate', 'shop/ci')).toEqual({
    exitCode: 0,
    text: 'shop/ci is there, without an end.',
  });
  expect(await deuteron('approval', 'orphans', '--left-by', 'ana')).toEqual({ exitCode: 0, text: 'There are none.' });
});

test('what is refused says why, and what to do', async () => {
  const last = await deuteron('principal', 'end', 'administrator');
  expect(last.exitCode).toBe(1);
  expect(last.text).toContain("'administrator' is the last administrator without an end.");
  expect((await deuteron('principal', 'end', 'nobody')).text).toContain("There is no principal 'nobody'.");
});
