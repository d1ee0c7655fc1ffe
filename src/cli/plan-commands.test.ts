import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { planCommands } from './plan-commands.ts';

const folder = mkdtempSync(join(tmpdir(), 'plan-commands-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => {
  process.exitCode = 0;
  vi.restoreAllMocks();
});

async function read(content: string | Buffer, ...flags: readonly string[]) {
  const said: string[] = [];
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
  writeFileSync(join(folder, 'plan.json'), content);
  await planCommands().parseAsync(['node', 'plan', 'read', join(folder, 'plan.json'), ...flags]);
  return { said: said.join('\n'), code: process.exitCode ?? 0 };
}

function plan(type: string, actions: readonly string[]): string {
  const change = { actions, before: { name: 'a' }, after: { name: 'b' }, replace_paths: [['name']] };
  return JSON.stringify({
    format_version: '1.2',
    resource_changes: [{ address: `${type}.main`, mode: 'managed', type, change }],
  });
}

test.each([
  ['aws_sns_topic', ['update'], 0],
  ['aws_sns_topic', ['delete', 'create'], 3],
  ['aws_sqs_queue', ['delete', 'create'], 4],
] as const)('a plan with %s %j ends with %i', async (type, actions, code) => {
  const told = await read(plan(type, actions));
  expect(told.code).toBe(code);
  expect(told.said).toContain(`${type}.main because name changes from a to b`);
});

test('the same for machines and for pull requests', async () => {
  const json = await read(plan('aws_sqs_queue', ['delete', 'create']), '--json');
  expect(JSON.parse(json.said)).toMatchObject({
    versionClass: 'data-affecting',
    requiredBump: 'major',
    verdict: 'data-at-risk',
    resources: [{ logicalId: 'aws_sqs_queue.main', impact: 'replace' }],
    findings: [{ code: 'D-REPL', path: 'name', before: 'a', after: 'b', evidence: { source: 'plan' } }],
  });
  const markdown = await read(plan('aws_sqs_queue', ['delete', 'create']), '--markdown');
  expect(markdown.said).toContain('| aws_sqs_queue.main | replace |');
});

test('a file as PowerShell writes it', async () => {
  const text = `\ufeff${plan('aws_sns_topic', ['update'])}`;
  expect((await read(Buffer.from(text, 'utf16le'))).code).toBe(0);
});

test('what cannot be read is said, with an exit code of its own', async () => {
  expect(await read('PK\u0003\u0004')).toMatchObject({
    code: 2,
    said: expect.stringContaining('terraform show -json'),
  });
  await planCommands().parseAsync(['node', 'plan', 'read', join(folder, 'nowhere.json')]);
  expect(process.exitCode).toBe(2);
});
