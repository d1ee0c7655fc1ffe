import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Database, transact } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import { type AuditFilters, auditChain, audited, listAudit, requestUnderWay, writtenAlong } from './index.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
  await sql`create table done (what text)`.execute(database.db);
});
afterAll(() => database.close());

const by = (requestId: string) => ({ principalId: 'p', principal: 'ana', verb: 'test:Do', target: 'arn:x', requestId });

async function entries(filters: AuditFilters = {}) {
  const listed = await listAudit(database.db, filters, {});
  return listed.ok ? listed.value.items : [];
}
const of = async (requestId: string) => (await entries()).filter((entry) => entry.requestId === requestId);

function doIt(what: string, end: Result<string> = accept('done')) {
  return transact(database.db, async (tx) => {
    await sql`insert into done values (${what})`.execute(tx);
    return end;
  });
}

test('what is accepted is written down in the transaction of what was done, once', async () => {
  const { db } = database;
  const seen: number[] = [];
  const work = async () => {
    await doIt('first');
    seen.push((await of('r1')).length);
    return doIt('second');
  };
  expect(await audited(db, by('r1'), work)).toEqual({ ok: true, value: 'done' });
  expect(seen).toEqual([1]);
  expect(await of('r1')).toMatchObject([{ principal: 'ana', verb: 'test:Do', target: 'arn:x', outcome: 'accepted' }]);
  const { rows } = await sql<{ same: boolean }>`
    select (select xmin from done where what = 'first') = (select xmin from audit_entry where request_id = 'r1') as same`.execute(
    db,
  );
  expect(rows).toEqual([{ same: true }]);
});

test('what is refused leaves nothing but its entry', async () => {
  const no = refuse({ kind: 'invalid', code: 'not-so', message: 'No.', remedy: '' });
  await audited(database.db, by('r2'), () => doIt('refused', no));
  expect(await of('r2')).toMatchObject([{ outcome: 'refused', code: 'not-so' }]);
});

describe('what is written along', () => {
  const along = (what: string) =>
    writtenAlong(async (tx, requestId) => {
      await sql`insert into done values (${`${what} of ${requestId}`})`.execute(tx);
    });
  const found = async (what: string) => {
    const { rows } = await sql<{ xmin: string; entry: string | null }>`
      select done.xmin::text, (select max(xmin::text) from audit_entry where request_id = split_part(what, ' of ', 2)) as entry
      from done where what like ${`${what} of %`}`.execute(database.db);
    return rows;
  };

  test.each([
    ['accepted', accept('done') as Result<string>],
    ['refused', refuse({ kind: 'invalid', code: 'not-so', message: 'No.', remedy: '' })],
  ])('is in the transaction of the entry, of what is %s, once', async (outcome, end) => {
    await audited(database.db, by(`along-${outcome}`), () =>
      transact(database.db, async () => {
        expect(along(outcome)).toBe(true);
        return end;
      }),
    );
    const rows = await found(outcome);
    expect(rows).toEqual([{ xmin: rows[0]?.entry, entry: expect.any(String) }]);
  });

  test('is not lost when it comes after the entry, nor when what was done fails', async () => {
    await audited(database.db, by('along-late'), async () => {
      await doIt('before');
      along('late');
      return accept(undefined);
    });
    expect(await found('late')).toHaveLength(1);
    const failing = audited(database.db, by('along-failed'), async () => {
      along('failed');
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    expect(await found('failed')).toHaveLength(1);
  });

  test('is left to the caller where nothing has an entry, or it is written already', async () => {
    expect([along('nothing'), requestUnderWay()]).toEqual([false, undefined]);
    let goOn = () => {};
    const begun = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    let outlives: Promise<unknown> | undefined;
    await audited(database.db, by('along-begun'), async () => {
      expect(requestUnderWay()).toBe('along-begun');
      outlives = begun.then(() => [along('too late'), requestUnderWay()]);
      return accept(undefined);
    });
    goOn();
    expect(await outlives).toEqual([false, undefined]);
  });
});

test('what fails is written down as such, and fails still', async () => {
  const work = () =>
    transact<string, never>(database.db, async () => {
      throw new Error('broken');
    });
  await expect(audited(database.db, by('r3'), work)).rejects.toThrow('broken');
  expect(await of('r3')).toMatchObject([{ outcome: 'failed' }]);
});

test('a commit that fails takes its entry along', async () => {
  const { db } = database;
  await sql`create table only_once (what text unique deferrable initially deferred)`.execute(db);
  const work = () =>
    transact<string, never>(db, async (tx) => {
      await sql`insert into only_once values ('a'), ('a')`.execute(tx);
      return accept('never');
    });
  await expect(audited(db, by('r4'), work)).rejects.toThrow('only_once');
  expect(await of('r4')).toMatchObject([{ outcome: 'failed' }]);
});

test('work without a transaction is written down after it', async () => {
  await audited(database.db, by('r5'), async () => accept('known already'));
  expect(await of('r5')).toMatchObject([{ outcome: 'accepted' }]);
});

test('no entry can be changed, deleted or emptied away', async () => {
  const { db } = database;
  const before = await entries();
  for (const attack of [
    sql`update audit_entry set principal = 'bob'`,
    sql`delete from audit_entry`,
    sql`truncate audit_entry`,
  ]) {
    await expect(attack.execute(db)).rejects.toThrow('never changed or deleted');
  }
  expect(await entries()).toEqual(before);
});

test('many at once are chained without gaps', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, n) => audited(database.db, by(`many ${n}`), () => doIt(`${n}`))));
  const all = await entries();
  expect(all.map(({ position }) => position)).toEqual(all.map((_, index) => all.length - index));
  expect(await auditChain(database.db)).toEqual({ entries: all.length });
});

test('entries are found by who, what, which thing and outcome', async () => {
  await audited(database.db, { ...by('r6'), principal: 'bob', target: 'arn:y/1' }, async () => accept(''));
  expect(await entries({ principal: 'bob' })).toHaveLength(1);
  expect(await entries({ target: 'arn:y/*', verb: 'test:Do', outcome: 'accepted' })).toHaveLength(1);
  expect(await entries({ target: 'arn:y' })).toEqual([]);
});

test('who gets around the database’s refusal is found out', async () => {
  const { db } = database;
  await db.transaction().execute(async (tx) => {
    await sql`alter table audit_entry disable trigger audit_stays`.execute(tx);
    await sql`update audit_entry set principal = 'nobody' where position = 3`.execute(tx);
  });
  expect((await auditChain(db)).brokenAt).toBe(3);
});

test('a refused target may be anything', async () => {
  const refusal = { kind: 'invalid', code: 'NameWrong', message: 'No such name.', remedy: 'Choose another.' } as const;
  const attempt = { ...by('r-any'), target: `a\0b\ud800${'x'.repeat(100_000)}` };
  expect(await audited(database.db, attempt, async () => refuse(refusal))).toMatchObject({ ok: false, refusal });
  const [entry] = await of('r-any');
  expect(entry).toMatchObject({
    outcome: 'refused',
    code: 'NameWrong',
    target: expect.stringMatching(/^a\ufffdb\ufffdx+$/),
  });
  expect(entry?.target?.length).toBeLessThan(5_000);
});

test('of many entries those of one principal, by name or id, are found by their index', async () => {
  await sql`insert into audit_entry (principal_id, principal, verb, request_id, outcome)
    select 'p' || n % 500, 'name' || n % 500, 'test:Many', 'many', 'accepted' from generate_series(1, 5000) n`.execute(
    database.db,
  );
  await sql`analyze audit_entry`.execute(database.db);
  expect(await entries({ principalId: 'p7' })).toMatchObject(Array(10).fill({ principal: 'name7' }));
  for (const [column, value, index] of [
    ['principal_id', 'p7', 'audit_entry_principal_id'],
    ['principal', 'name7', 'audit_entry_principal'],
  ] as const) {
    const { rows } = await sql<{ 'QUERY PLAN': string }>`
      explain select * from audit_entry where ${sql.ref(column)} = ${sql.lit(value)}
      order by position desc limit 51`.execute(database.db);
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toMatch(new RegExp(`\\b${index}\\b`));
  }
});
