import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import {
  accessKeyList,
  createPrincipal,
  ensureFirstAdministrator,
  findSigner,
  issueAccessKey,
  loadSealingKey,
  type OrganizationTools,
  type PrincipalId,
  revokeAccessKey,
  sealingKey,
} from './index.ts';

let database: Database;
let tools: OrganizationTools;
let now = new Date('2026-11-25T08:00:00Z');
beforeAll(async () => {
  database = await testDatabase();
  tools = { db: database.db, clock: { now: () => now }, sealingKey: sealingKey(randomBytes(32)) };
});
afterAll(() => database.close());

async function principal(name: string): Promise<PrincipalId> {
  const created = await createPrincipal(tools, { name, kind: 'machine' });
  if (!created.ok) throw new Error(created.refusal.message);
  return created.value.id;
}

test('the first administrator is made once, whoever asks at the same time', async () => {
  const keys = await Promise.all([1, 2, 3].map(() => ensureFirstAdministrator(tools)));
  expect(keys.filter((key) => key !== undefined)).toHaveLength(1);
  expect(await ensureFirstAdministrator(tools)).toBeUndefined();
});

test('a key has the form that AWS clients expect', async () => {
  const key = await issueAccessKey(tools, await principal('form'));
  expect(key.id).toMatch(/^[A-Z0-9]{20}$/);
  expect(key.secret).toHaveLength(40);
});

test('a signer is found by the id of a key, with the secret as it was issued', async () => {
  const key = await issueAccessKey(tools, await principal('ci'));
  const signer = await findSigner(tools, key.id);
  expect(signer).toMatchObject({ ok: true, value: { principal: { name: 'ci', kind: 'machine' }, secret: key.secret } });
});

test('neither secret nor session token lies in the database in clear', async () => {
  const key = await issueAccessKey(tools, await principal('sealed'), { expiresAt: new Date('2026-12-01T00:00:00Z') });
  const { rows } = await sql<{ text: string }>`
    select encode(sealed_secret || sealed_session_token, 'escape') as text from access_key where id = ${key.id}`.execute(
    tools.db,
  );
  expect(rows[0]?.text).toBeDefined();
  expect(rows[0]?.text).not.toContain(key.secret);
  expect(rows[0]?.text).not.toContain(key.sessionToken);
});

test('the last use is recorded, at most once a minute', async () => {
  const id = await principal('used');
  const key = await issueAccessKey(tools, id);
  const start = now;
  for (const secondsLater of [0, 30, 90]) {
    now = new Date(start.getTime() + secondsLater * 1000);
    const signer = await findSigner(tools, key.id);
    if (signer.ok) await signer.value.recordUse();
    const [listed] = await accessKeyList(tools.db, { principalId: id });
    expect(listed?.lastUsedAt?.getTime()).toBe(start.getTime() + (secondsLater === 90 ? 90_000 : 0));
  }
  now = start;
});

describe('a key signs nothing', () => {
  const unknown = { ok: false, refusal: { kind: 'forbidden', code: 'AccessKeyUnknown' } };

  test('after it was revoked', async () => {
    const key = await issueAccessKey(tools, await principal('revoked'));
    expect(await revokeAccessKey(tools, key.id)).toMatchObject({ ok: true });
    expect(await findSigner(tools, key.id)).toMatchObject(unknown);
  });

  test('after it has expired', async () => {
    const key = await issueAccessKey(tools, await principal('expired'), { expiresAt: now });
    expect(await findSigner(tools, key.id)).toMatchObject(unknown);
  });

  test('that does not exist', async () => {
    expect(await findSigner(tools, 'DTRNAAAAAAAAAAAAAAAA')).toMatchObject(unknown);
  });

  test('under another sealing key', async () => {
    const key = await issueAccessKey(tools, await principal('other-seal'));
    const other = { ...tools, sealingKey: sealingKey(randomBytes(32)) };
    expect(await findSigner(other, key.id)).toMatchObject({ ok: false, refusal: { code: 'SealBroken' } });
  });
});

test('what is sealed for one key does not open as that of another', () => {
  const key = sealingKey(randomBytes(32));
  const sealed = key.seal('secret', 'key A');
  expect(key.open(sealed, 'key A')).toEqual({ ok: true, value: 'secret' });
  expect(key.open(sealed, 'key B')).toMatchObject({ ok: false, refusal: { code: 'SealBroken' } });
  expect(key.open(sealed.subarray(0, 10), 'key A')).toMatchObject({ ok: false, refusal: { code: 'SealBroken' } });
});

test.each(['', ' ', 'a b', '../../etc', 'x'.repeat(101)])("'%s' is no name for a principal", async (name) => {
  expect(await createPrincipal(tools, { name, kind: 'person' })).toMatchObject({
    ok: false,
    refusal: { code: 'PrincipalNameInvalid' },
  });
});

test('a name is given once', async () => {
  await principal('twice');
  expect(await createPrincipal(tools, { name: 'twice', kind: 'person' })).toMatchObject({
    ok: false,
    refusal: { kind: 'conflict', code: 'PrincipalNameTaken' },
  });
});

describe('the sealing key', () => {
  test('is made in the data folder, for its owner only, and stays the same', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deuteron-seal-'));
    const [first, second] = await Promise.all([loadSealingKey({ folder }), loadSealingKey({ folder })]);
    const sealed = first.ok ? first.value.seal('x', 'p') : Buffer.alloc(0);
    expect(second.ok && second.value.open(sealed, 'p')).toEqual({ ok: true, value: 'x' });
    expect((await stat(join(folder, 'sealing-key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'sealing-key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
    await rm(folder, { recursive: true });
  });

  test.each(['', 'short', 'zz'.repeat(32)])("'%s' is refused", async (given) => {
    expect(await loadSealingKey({ given, folder: tmpdir() })).toMatchObject({
      ok: false,
      refusal: { code: 'SealingKeyMalformed' },
    });
  });

  test('may be given in base64', async () => {
    expect(await loadSealingKey({ given: randomBytes(32).toString('base64'), folder: '' })).toMatchObject({ ok: true });
  });
});
