import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { managedTags } from './managed-tags.ts';

const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
const arnOf = (resource: string) => `arn:aws:proton:us-east-1:111122223333:${resource}`;

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  const now = new Date();
  const insert = (kind: string, name: string) =>
    sql`
    insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
    values (${kind}, ${name}, ${name}, ${arnOf(`${kind}-template/${name}`)}, false, '', ${now}, ${now})`.execute(db);
  await insert('environment', 'network');
  await insert('service', 'web');
  for (const [kind, name] of [
    ['environment', 'network'],
    ['service', 'web'],
  ])
    await sql`insert into template_version (kind, template_name, major_version, minor_version, arn, registration_id, status,
      source, created_at, last_modified_at)
      values (${kind}, ${name}, 1, 0, ${arnOf(`${kind}-template/${name}:1.0`)}, ${name}, 'DRAFT', '{}', ${now}, ${now})`.execute(
      db,
    );
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, customer_managed, status,
    last_attempted_at, create_hash, created_at)
    values ('dev', ${arnOf('environment/dev')}, 'network', 1, 0, '', false, 'FAILED', ${now}, '', ${now})`.execute(db);
  await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
    values ('shop', ${arnOf('service/shop')}, 'web', 1, '', 'ACTIVE', '', ${now}, ${now})`.execute(db);
  await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major, target_minor,
    target_spec, deployment_status, last_deployment_attempted_at, created_at)
    values ('shop', 'qa', ${arnOf('service/shop/service-instance/qa')}, 'dev', 'web', 1, 0, '', 'FAILED', ${now}, ${now})`.execute(
    db,
  );
  await sql`insert into service_pipeline (service_name, arn, template_name, target_major, target_minor, target_spec,
    deployment_status, last_deployment_attempted_at, created_at)
    values ('shop', ${arnOf('service/shop/pipeline')}, 'web', 1, 0, '', 'FAILED', ${now}, ${now})`.execute(db);
  await sql`insert into deployment (id, target_kind, target_arn, target_created_at, environment_name, operation, state,
    created_at, modified_at)
    values ('d-1', 'environment', ${arnOf('environment/dev')}, ${now}, 'dev', 'create', 'failed', ${now}, ${now})`.execute(
    db,
  );
});
afterAll(() => database.close());

const account = { 'aws:proton:account': '111122223333' };
const ofShop = {
  ...account,
  'aws:proton:template': arnOf('service-template/web'),
  'aws:proton:service': arnOf('service/shop'),
};

test.each([
  { resource: 'environment-template/network', tags: {} },
  { resource: 'service-template/web:1.0', tags: {} },
  { resource: 'deployment/d-1', tags: {} },
  {
    resource: 'environment/dev',
    tags: {
      ...account,
      'aws:proton:template': arnOf('environment-template/network'),
      'aws:proton:environment': arnOf('environment/dev'),
    },
  },
  { resource: 'service/shop', tags: ofShop },
  { resource: 'service/shop/pipeline', tags: ofShop },
  {
    resource: 'service/shop/service-instance/qa',
    tags: {
      ...ofShop,
      'aws:proton:environment': arnOf('environment/dev'),
      'aws:proton:service-instance': arnOf('service/shop/service-instance/qa'),
    },
  },
  { resource: 'environment/nowhere', tags: undefined },
  { resource: 'deployment/d-2', tags: undefined },
  { resource: 'deployment/%', tags: undefined },
  { resource: 'service-template/web:1.1', tags: undefined },
])('$resource', async ({ resource, tags }) => {
  expect(await managedTags(database.db, installation, arnOf(resource))).toEqual(tags);
});

test('an ARN of another account names nothing here', async () => {
  const arn = 'arn:aws:proton:us-east-1:444455556666:deployment/d-1';
  expect(await managedTags(database.db, installation, arn)).toBeUndefined();
});
