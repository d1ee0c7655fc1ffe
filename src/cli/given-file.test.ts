import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readGivenFile } from './given-file.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

const folder = mkdtempSync(join(tmpdir(), 'deuteron-given-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('a text is read, whatever stands before it', () => {
  const text = 'größer\r\n';
  test.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 the other way round', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ])('%s', async (_, bytes) => {
    expect(await readGivenFile(file('text', bytes))).toEqual({ ok: true, value: text });
  });
});

test.each([
  ['file-unreadable', () => join(folder, 'nowhere'), 'ENOENT'],
  ['file-unreadable', () => folder, 'EISDIR'],
  ['file-empty', () => file('empty', ' \n'), 'empty is empty.'],
  ['file-too-large', () => file('large', 'x'.repeat(101)), 'large has more than 100 bytes'],
  ['file-not-text', () => file('latin', Buffer.from([0x67, 0xf6, 0x67])), 'latin is no text in UTF-8.'],
  ['file-not-text', () => file('wide', Buffer.from('wide', 'utf16le')), 'wide is no text in UTF-8.'],
] as const)('%s: the file is named', async (code, path, says) => {
  const refusal = { code, message: expect.stringContaining(says) };
  expect(await readGivenFile(path(), { bytesMax: 100 })).toMatchObject({ ok: false, refusal });
});

test('as much as may be is read', async () => {
  expect(await readGivenFile(file('full', 'x'.repeat(100)), { bytesMax: 100 })).toMatchObject({ ok: true });
});

/** Every command that takes a file says in one line that it is not there; none of them asks a server before. */
const folderOf = 'examples/worker/v1';
const kind = ['--kind', 'service'];
test.each(
  [
    ['policy', 'write', 'mine', 'nowhere.yaml'],
    ['apply', '-f', 'nowhere.yaml'],
    ['environment', 'plan', 'sandbox', '--spec', 'nowhere.yaml'],
    ['instance', 'plan', 'orders', 'live', '--spec', 'nowhere.yaml'],
    ['template', 'diff', folderOf, folderOf, ...kind, '--spec', 'nowhere.yaml'],
    ['template', 'upgrade-inputs', folderOf, ...kind, '--from', '1', '--to', '1', '--spec', 'nowhere.yaml'],
    ['guard-rail', 'check', folderOf, ...kind, '--spec', 'nowhere.yaml'],
    ['plan', 'read', 'nowhere.yaml'],
    ['audit', 'verify', '--file', 'nowhere.yaml'],
    ['cloud', 'template', 'https://example.com/a', 'nowhere.yaml'],
  ].map((words) => ({ words, name: words.slice(0, 2).join(' ') })),
)('$name', async ({ words }) => {
  const { text, exitCode } = await runDeuteron({}, ...words);
  expect(text).toMatch(/^nowhere\.yaml cannot be read: ENOENT.*\. Give a file that exists/);
  expect(text.split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});

test('apply says which files there are, and knows those of others', async () => {
  const nothing = await runDeuteron({}, 'apply', '-f', file('empty.yaml', ''));
  expect(nothing).toMatchObject({
    exitCode: 2,
    text: expect.stringMatching(/empty\.yaml is empty\. There are three kinds/),
  });
  const spec = await runDeuteron({}, 'apply', '-f', 'examples/specs/network.yaml');
  expect(spec).toMatchObject({ exitCode: 1, text: expect.stringContaining('it has the member proton, as specs have') });
});

test('a file that is no export of the audit is told from one that was changed', async () => {
  const verify = (path: string) => runDeuteron({}, 'audit', 'verify', '--file', path);
  expect(await verify(file('none.ndjson', ''))).toMatchObject({
    exitCode: 2,
    text: expect.stringContaining('is empty'),
  });
  expect(await verify('README.md')).toMatchObject({ exitCode: 2, text: expect.stringContaining('is no export') });
  const changed = JSON.stringify({ position: 1, at: '2026-11-01T00:00:00Z', hash: 'ab' });
  const broken = { exitCode: 1, text: 'Line 1 is not what was written.' };
  expect(await verify(file('changed.ndjson', changed))).toEqual(broken);
});
