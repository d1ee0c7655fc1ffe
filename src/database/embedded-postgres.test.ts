import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openDatabase } from './database.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

const folders: string[] = [];
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deuteron-embedded-'));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

test('data written before a stop is there after the next start', async () => {
  const folder = newFolder();
  const first = await openDatabase({ folder });
  if (!first.ok) throw new Error(first.refusal.message);
  const { sql } = await import('kysely');
  await sql`create table kept (x int)`.execute(first.value.db);
  await first.value.close();

  const second = await openDatabase({ folder });
  if (!second.ok) throw new Error(second.refusal.message);
  const rows = await sql<{ n: string }>`select count(*) as n from kept`.execute(second.value.db);
  expect(rows.rows[0]?.n).toBe('0');
  await second.value.close();
});

test('a second server on the same folder is refused while the first runs', async () => {
  const folder = newFolder();
  const first = await startEmbeddedPostgres({ folder });
  const second = await startEmbeddedPostgres({ folder });
  expect(first.ok).toBe(true);
  expect(second).toMatchObject({ ok: false, refusal: { code: 'data-folder-in-use' } });
  if (first.ok) await first.value.stop();
}, 30_000);

test('the server ends when its process is killed, and the folder can be used at once', async () => {
  const folder = newFolder();
  const program = `
    import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)};
    const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
    console.log(server.ok ? 'up' : server.refusal.message);
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said = await new Promise<string>((heard) => child.stdout.once('data', (text) => heard(String(text).trim())));
  expect(said).toBe('up');
  child.kill('SIGKILL');
  const next = await startEmbeddedPostgres({ folder });
  expect(next.ok).toBe(true);
  if (next.ok) await next.value.stop();
});

test('a stale lock whose number now belongs to another program does not stop the start', async () => {
  const folder = newFolder();
  const first = await startEmbeddedPostgres({ folder });
  if (!first.ok) throw new Error(first.refusal.message);
  await first.value.stop();
  writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${process.pid}\n`);
  const next = await startEmbeddedPostgres({ folder });
  expect(next.ok).toBe(true);
  if (next.ok) await next.value.stop();
});

test('a folder made by another major version is refused', async () => {
  const folder = newFolder();
  mkdirSync(join(folder, 'postgres'));
  writeFileSync(join(folder, 'postgres', 'PG_VERSION'), '14\n');
  const refused = await startEmbeddedPostgres({ folder });
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'data-folder-version' } });
});

test('a folder that the server may not reach is refused by name', async (context) => {
  if (process.getuid?.() !== 0) context.skip('only root runs the server as another user');
  const closed = newFolder();
  chmodSync(closed, 0o700);
  const refused = await startEmbeddedPostgres({ folder: join(closed, 'data') });
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'data-folder-unusable' } });
  expect(refused.ok || refused.refusal.message).toContain(closed);
});

test('a folder that cannot be made is refused', async () => {
  const file = join(newFolder(), 'a-file');
  writeFileSync(file, '');
  const refused = await startEmbeddedPostgres({ folder: join(file, 'data') });
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'data-folder-unusable' } });
});

test('an unreachable DATABASE_URL is refused without its password', async () => {
  const refused = await openDatabase({ databaseUrl: 'postgresql://user:hidden@127.0.0.1:1/none' });
  expect(refused).toMatchObject({ ok: false, refusal: { code: 'database-unreachable', kind: 'unavailable' } });
  expect(JSON.stringify(refused)).not.toContain('hidden');
});
