import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Db } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { storedSpecs } from './stored-specs.ts';

const now = new Date('2026-11-25T08:00:00Z');
let database: Database;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
  for (const [kind, name] of [
    ['environment', 'network'],
    ['service', 'worker'],
  ]) {
    await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
      values (${kind}, ${name}, ${name}, ${name}, false, '', ${now}, ${now})`.execute(db);
    for (const minor of [0, 1])
      await sql`insert into template_version (kind, template_name, major_version, minor_version, arn, registration_id, status,
        source, created_at, last_modified_at) values (${kind}, ${name}, 1, ${minor}, ${`${name}-${minor}`}, ${`${name}-${minor}`},
        'PUBLISHED', '{}', ${now}, ${now})`.execute(db);
  }
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, deployed_spec, customer_managed, status, last_attempted_at, create_hash, created_at)
    values ('home', 'arn:home', 'network', 1, 1, 'wanted', 1, 0, 'deployed', false, 'FAILED', ${now}, '', ${now})`.execute(
    db,
  );
  await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
    values ('orders', 'arn:orders', 'worker', 1, 'whole', 'ACTIVE', '', ${now}, ${now})`.execute(db);
  await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major, target_minor,
    target_spec, deployment_status, last_deployment_attempted_at, created_at)
    values ('orders', 'live', 'arn:live', 'home', 'worker', 1, 1, 'first', 'FAILED', ${now}, ${now})`.execute(db);
  await sql`insert into service_pipeline (service_name, arn, template_name, target_major, target_minor, target_spec,
    deployed_major, deployed_minor, deployed_spec, deployment_status, last_deployment_attempted_at, created_at)
    values ('orders', 'arn:pipe', 'worker', 1, 1, 'b', 1, 0, 'a', 'SUCCEEDED', ${now}, ${now})`.execute(db);
});
afterAll(() => database.close());

test('an environment counts with what is deployed, whatever was attempted since', async () => {
  expect(await storedSpecs(db, { kind: 'environment', name: 'network' })).toEqual([
    {
      arn: 'arn:home',
      from: { major: 1, minor: 0 },
      spec: 'deployed',
      part: { kind: 'environment' },
      sight: { env: { name: 'home', outputs: {} } },
    },
  ]);
});

test('an instance that never ran counts with what it shall be; pipelines count too', async () => {
  expect(await storedSpecs(db, { kind: 'service', name: 'worker' })).toMatchObject([
    {
      arn: 'arn:live',
      from: { major: 1, minor: 1 },
      spec: 'first',
      part: { kind: 'instance', instance: 'live' },
      sight: { instance: { name: 'live', environment: 'home', service: 'orders' }, env: { name: 'home' } },
    },
    { arn: 'arn:pipe', from: { major: 1, minor: 0 }, spec: 'a', part: { kind: 'pipeline' } },
  ]);
});

test('another template has none', async () => {
  expect(await storedSpecs(db, { kind: 'service', name: 'other' })).toEqual([]);
});
