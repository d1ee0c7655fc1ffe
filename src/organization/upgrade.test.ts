import { copyFileSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, migrate } from '../database/index.ts';
import { emptyTestDatabase } from '../database/testing/index.ts';
import { type PrincipalId, principalFacts, resourceFacts } from './index.ts';
import { accepted, arnOf } from './testing/organization-world.ts';

const migrations = join(import.meta.dirname, '..', 'database', 'migrations');
const former = mkdtempSync(join(tmpdir(), 'former-migrations-'));
let database: Database;
beforeAll(async () => {
  for (const name of readdirSync(migrations)) {
    if (name < '0074') copyFileSync(join(migrations, name), join(former, name));
  }
  database = await emptyTestDatabase();
});
afterAll(async () => {
  rmSync(former, { recursive: true });
  await database.close();
});

test('an upgrade takes no right away, and every resource that is there gets its place', async () => {
  const { db } = database;
  accepted(await migrate(db, { folder: former, schema: 'public' }));
  const [at, version] = [new Date('2026-11-01T00:00:00Z'), sql`1, 0, '', 1, 0, ''`];
  await db.transaction().execute(async (tx) => {
    await sql`set local session_replication_role = replica`.execute(tx); // no template version need be there
    await sql`insert into principal values ('p1', 'ana', 'person', ${at}), ('p2', 'ci', 'machine', ${at})`.execute(tx);
    await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
      values ('service', 'web', 'c', ${arnOf('service-template/web')}, false, '', ${at}, ${at})`.execute(tx);
    await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
      deployed_minor, deployed_spec, customer_managed, status, last_attempted_at, create_hash, created_at)
      values ('prod', ${arnOf('environment/prod')}, 'net', ${version}, false, 'SUCCEEDED', ${at}, '', ${at})`.execute(
      tx,
    );
    await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major,
      target_minor, target_spec, deployed_major, deployed_minor, deployed_spec, deployment_status,
      last_deployment_attempted_at, created_at) values ('shop', 'a', ${arnOf('service/shop/service-instance/a')}, 'prod',
      'web', ${version}, 'SUCCEEDED', ${at}, ${at})`.execute(tx);
  });
  accepted(await migrate(db));

  for (const id of ['p1', 'p2'] as PrincipalId[]) {
    expect(await principalFacts(db, id, at)).toMatchObject({ id, isAdministrator: true });
  }
  await sql`update resource_placement set environment_class = 'production' where kind = 'environment'`.execute(db);
  const instance = await resourceFacts(db, arnOf('service/shop/service-instance/a'), 'service-instance');
  expect(instance).toMatchObject({ unitPath: ['organization'], environmentClass: 'production' });
  const { rows } = await sql<{ kind: string }>`select kind from resource_placement order by kind`.execute(db);
  expect(rows.map(({ kind }) => kind)).toEqual(['environment', 'service-instance', 'service-template']);
});
