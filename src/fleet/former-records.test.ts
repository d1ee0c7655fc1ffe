import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, migrate } from '../database/index.ts';
import { emptyTestDatabase } from '../database/testing/index.ts';
import { formerRecords, type RecordKind } from './former-records.ts';

const migrations = join(import.meta.dirname, '..', 'database', 'migrations');
const former = mkdtempSync(join(tmpdir(), 'former-migrations-'));
let database: Database;
beforeAll(async () => {
  for (const name of readdirSync(migrations)) {
    if (name < '0093') copyFileSync(join(migrations, name), join(former, name));
  }
  database = await emptyTestDatabase();
});
afterAll(async () => {
  rmSync(former, { recursive: true });
  await database.close();
});

test('an upgrade tells what is about the thing that is there from what was about one of its name', async () => {
  const { db } = database;
  expect(await migrate(db, { folder: former, schema: 'public' })).toMatchObject({ ok: true });
  const arn = 'arn:aws:proton:us-east-1:111122223333:environment/prod';
  const [first, between, second, now] = ['01', '05', '10', '12'].map((day) => new Date(`2026-11-${day}T00:00:00.007Z`));
  await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx); // no template version need be there
    await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec,
      customer_managed, status, last_attempted_at, create_hash, created_at)
      values ('prod', ${arn}, 'net', 1, 0, '', false, 'SUCCEEDED', ${second}, '', ${second})`.execute(tx);
    await sql`insert into unit (name, parent, created_at) values ('shop', 'organization', ${first})`.execute(tx);
    await sql`insert into resource_placement (arn, kind, unit, created_at) values (${arn}, 'environment', 'shop', ${second})`.execute(
      tx,
    );
    for (const [id, thing, at] of [
      ['old', first, between],
      ['new', second, second],
    ] as const) {
      await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation,
        state, created_at, modified_at)
        values (${id}, 'environment', ${arn}, ${thing}, 'prod', 'create', 'succeeded', ${at}, ${at})`.execute(tx);
      await sql`insert into planned_change values (${id}, ${arn}, '{}', '{}', ${at})`.execute(tx);
      await sql`insert into guard_rail_exception (id, target_arn, rail, reason, requested_by_id, requested_by, requested_at,
        expires_at, state) values (${id}, ${arn}, 'r', 'because', 'p', 'ana', ${at}, ${now}, 'expired')`.execute(tx);
      await sql`insert into handover (id, resource_arn, ownership, to_team, state, offered_by, offered_at, expires_at)
        values (${id}, ${arn}, 'owner', 't', 'expired', 'ana', ${at}, ${now})`.execute(tx);
      await sql`insert into decision (id, at, principal_id, principal, verb, resource_arn, verdict, request, answer, policies)
        values (${id}, ${at}, 'p', 'ana', 'environment:read', ${arn}, 'allow', '{}', '{}', 'd')`.execute(tx);
      await sql`insert into event (id, source, type, resource, detail, at)
        values (${id}, 'deuteron', 'Told', ${arn}, '{}', ${at})`.execute(tx);
    }
    await sql`insert into model_assignment (scope, model, assigned_by, assigned_at) values
      ('shop', 'golden-path', 'ana', ${first}), ('gone/environment-class:test', 'centralized', 'ana', ${first})`.execute(
      tx,
    );
    await sql`insert into guard_rail_setting values ('gone', 'r', 1, 'block', false, '{}', 'ana', ${first})`.execute(
      tx,
    );
    await sql`insert into webhook (id, url, types, resources, sealed_secret, created_by, created_at)
      values ('w', 'https://example.com', '{}', '{}', '', 'ana', ${first})`.execute(tx);
  });
  expect(await migrate(db)).toMatchObject({ ok: true });

  for (const of of ['deployment', 'plan', 'exception', 'handover', 'decision', 'event'] satisfies RecordKind[]) {
    expect([of, [...(await formerRecords(db, of, ['old', 'new', 'unknown']))]]).toEqual([of, ['old']]);
  }
  const read = async (query: string) => (await sql.raw(query).execute(db)).rows;
  expect(await read('select distinct unit_path from event'), 'not sent yet: to whom it belongs').toEqual(
    expect.arrayContaining([{ unit_path: ['organization', 'shop'] }]),
  );
  expect(await read('select unit from webhook'), 'told everything, as before').toEqual([{ unit: 'organization' }]);
  expect(await read('select scope from model_assignment')).toEqual([{ scope: 'shop' }]);
  expect(await read(`select scope from guard_rail_setting where scope not like '%~%'`)).toEqual([]);
});
