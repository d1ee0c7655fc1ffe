import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, type Db, migrate } from '../../database/index.ts';
import { emptyTestDatabase, testDatabase } from '../../database/testing/index.ts';
import { accept } from '../../errors/index.ts';
import { type ChartChange, changeOrganization, environmentClassList, type PrincipalId } from '../index.ts';
import { accepted, arnOf, now } from '../testing/organization-world.ts';
import { placementRecord } from './placement-record.ts';

const migrations = join(import.meta.dirname, '..', '..', 'database', 'migrations');
const administrator = 'administrator' as PrincipalId;

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const change = (given: ChartChange) =>
  changeOrganization(
    { db: database.db, clock: { now: () => now }, authorise: async () => accept(undefined) },
    administrator,
    given,
  );
const environment = (environmentClass: string) =>
  placementRecord(database.db, {
    arn: arnOf(`environment/${environmentClass}`),
    kind: 'environment',
    createdBy: administrator,
    tags: [{ key: 'deuteron:environment-class', value: environmentClass }],
    at: now,
  });

test('a misspelled class is refused with the right one; a word of one’s own is declared before, and stays while it is used', async () => {
  const { db } = database;
  expect(await environment('prodution')).toMatchObject({
    refusal: {
      code: 'environment-class-wrong',
      message: "'prodution' is no class of an environment. There are production, sandbox, test.",
      remedy: expect.stringContaining('Did you mean production?'),
    },
  });
  const place = { change: 'place-resource', kind: 'environment', arn: arnOf('environment/production') } as const;
  accepted(await environment('production'));
  expect(await change({ ...place, environmentClass: 'tset' })).toMatchObject({
    refusal: { code: 'environment-class-wrong', remedy: expect.stringContaining('Did you mean test?') },
  });
  accepted(await change({ change: 'declare-environment-class', name: 'staging' }));
  accepted(await change({ change: 'declare-environment-class', name: 'staging' }));
  accepted(await environment('staging'));
  const withdraw = { change: 'withdraw-environment-class', name: 'staging' } as const;
  expect(await change(withdraw)).toMatchObject({
    refusal: { code: 'environment-class-in-use', message: expect.stringContaining('1 environment') },
  });
  accepted(await change({ ...place, arn: arnOf('environment/staging'), environmentClass: 'test' }));
  const users = [
    sql`insert into model_assignment (scope, model, assigned_by, assigned_at)
      values ('organization/environment-class:staging', 'golden-path', 'ana', ${now})`,
    sql`insert into guard_rail_setting
      values ('organization/environment-class:staging', 'no-data-loss', 1, 'block', false, '{}', 'ana', ${now})`,
  ];
  for (const user of users) await user.execute(db);
  expect(await change(withdraw)).toMatchObject({
    refusal: {
      code: 'environment-class-in-use',
      message:
        "The class 'staging' is still named by the guard rail no-data-loss in organization/environment-class:staging and the model golden-path in organization/environment-class:staging.",
      remedy: expect.not.stringContaining('org place'),
    },
  });
  const deletion = sql`delete from environment_class where name = 'staging'`;
  await expect(deletion.execute(db), 'what came to be named meanwhile').rejects.toThrow(
    'is named where something holds',
  );
  await sql`delete from model_assignment`.execute(db);
  await sql`insert into guard_rail_setting
    values ('organization/environment-class:staging', 'no-data-loss', 2, 'off', false, '{}', 'ana', ${now})`.execute(
    db,
  );
  accepted(await change(withdraw));
  await expect(users[0]?.execute(db), 'what was withdrawn meanwhile').rejects.toThrow('is no class of environments');
  expect(await environmentClassList(db)).toEqual(['production', 'sandbox', 'test']);
  expect(await change({ ...withdraw, name: 'test' })).toMatchObject({ refusal: { code: 'environment-class-in-use' } });
  expect(await change(withdraw)).toMatchObject({ refusal: { code: 'environment-class-missing' } });
  expect(await change({ change: 'declare-environment-class', name: 'No Word' })).toMatchObject({
    refusal: { code: 'environment-class-wrong' },
  });
});

/** The classes after an upgrade of an installation that had only migrations before this one. */
async function classesAfterUpgrade(first: string, prepare: (db: Db) => Promise<unknown>) {
  const former = mkdtempSync(join(tmpdir(), 'former-migrations-'));
  for (const name of readdirSync(migrations)) {
    if (name < first) copyFileSync(join(migrations, name), join(former, name));
  }
  const upgraded = await emptyTestDatabase();
  try {
    const { db } = upgraded;
    accepted(await migrate(db, { folder: former, schema: 'public' }));
    await prepare(db);
    accepted(await migrate(db));
    return await environmentClassList(db);
  } finally {
    rmSync(former, { recursive: true });
    await upgraded.close();
  }
}

test('an upgrade declares every word that environments have, or that something holds for', async () => {
  const classes = await classesAfterUpgrade('0101', async (db) => {
    await sql`insert into resource_placement (arn, kind, environment_class, created_at)
      values (${arnOf('environment/a')}, 'environment', 'canary', ${now})`.execute(db);
    await sql`insert into model_assignment (scope, model, assigned_by, assigned_at)
      values ('organization/environment-class:staging', 'golden-path', 'ana', ${now})`.execute(db);
    await sql`insert into rule_text (digest, text)
      values ('d', 'when { resource.environmentClass == "live" || resource.environmentClass != "preview" }')`.execute(
      db,
    );
  });
  expect(classes).toEqual(['canary', 'live', 'preview', 'production', 'sandbox', 'staging', 'test']);
});

test('an upgrade declares again what was withdrawn while something held for it', async () => {
  const classes = await classesAfterUpgrade('0103', (db) =>
    sql`insert into guard_rail_setting values
      ('organization/environment-class:canary', 'no-data-loss', 1, 'block', false, '{}', 'ana', ${now}),
      ('organization/environment-class:former', 'no-data-loss', 1, 'block', false, '{}', 'ana', ${now}),
      ('organization/environment-class:former', 'no-data-loss', 2, 'off', false, '{}', 'ana', ${now})`.execute(db),
  );
  expect(classes).toEqual(['canary', 'production', 'sandbox', 'test']);
});
