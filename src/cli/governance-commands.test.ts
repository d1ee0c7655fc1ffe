import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { startTestApi, type TestApi } from '../api/testing/index.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

let api: TestApi;
const folder = mkdtempSync(join(tmpdir(), 'deuteron-policy-'));
beforeAll(async () => {
  api = await startTestApi();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});
beforeEach(() => {
  vi.stubEnv('DEUTERON_URL', api.url);
  vi.stubEnv('AWS_ACCESS_KEY_ID', api.key.id);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', api.key.secret);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const deuteron = (...words: readonly string[]) => runDeuteron({}, ...words);

test('a model is assigned, listed and taken away', async () => {
  expect((await deuteron('model', 'list')).text).toContain('None is assigned');
  const assigned = 'organization: centralized  by administrator';
  expect(await deuteron('model', 'assign', 'organization', 'centralized')).toEqual({ text: assigned, exitCode: 0 });
  expect((await deuteron('model', 'list')).text).toContain(assigned);
  expect((await deuteron('model', 'unassign', 'organization')).exitCode).toBe(0);
  const twice = await deuteron('model', 'unassign', 'organization');
  expect(twice).toMatchObject({ exitCode: 1, text: expect.stringContaining('No model is assigned') });
});

test('a policy is written, attached, simulated and detached', async () => {
  const file = join(folder, 'rest.cedar');
  const rest =
    '@id("rest") @message("Rest.")\nforbid (principal, action == Action::"model:assign", resource in ?resource);';
  writeFileSync(file, rest);
  expect((await deuteron('policy', 'write', 'rest', file)).text).toBe('rest@1');
  writeFileSync(file, `\ufeff${rest.replaceAll('\n', '\r\n')}`);
  expect((await deuteron('policy', 'write', 'rest', file)).text).toBe('rest@1');
  writeFileSync(file, rest.replace('Rest.', 'Rest now.'));
  expect((await deuteron('policy', 'write', 'rest', file)).text).toBe('rest@2');
  expect((await deuteron('policy', 'list')).text).toMatch(/^rest@2 {2}restriction, by administrator, .*\nrest@1 /);
  const simulated = await deuteron('model', 'simulate', 'organization', 'rest', '--restriction', '--all');
  expect(simulated.text).toContain('administrator model:assign unit/organization: allow -> allow (same)');
  expect(simulated.text).toMatch(/Of \d+ decisions \d+ would be the same; 0 stricter, 0 freer, 0 other\.$/);
  const attached = 'organization: rest@1  by administrator';
  expect((await deuteron('restriction', 'attach', 'organization', 'rest@1')).text).toBe(attached);
  expect((await deuteron('restriction', 'list')).text).toBe(attached);
  expect((await deuteron('restriction', 'detach', 'organization', 'rest')).exitCode).toBe(0);
  expect((await deuteron('restriction', 'list')).text).toBe('No restriction holds anywhere.');
});

test.each([
  ['a scope that is none', ['model', 'assign', 'nowhere', 'centralized'], 'is no scope, or its unit does not exist'],
  ['a model that is none', ['model', 'assign', 'organization', 'silver-path'], 'There is no policy silver-path'],
  ['a text with errors', ['policy', 'write', 'bad', join(import.meta.dirname, 'governance-commands.ts')], 'bad'],
  ['what is not attached', ['restriction', 'detach', 'organization', 'mine'], 'is not attached to organization'],
] as const)('%s is refused', async (_, [command, ...words], said) => {
  expect(await deuteron(command, ...words)).toMatchObject({ exitCode: 1, text: expect.stringContaining(said) });
});
