import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import type { InstanceStaleness } from './instance-staleness.ts';
import { type ListInstancesRequest, listServiceInstances } from './list-services.ts';
import { type InstanceSortBy, instanceInsert, instanceSortColumns, instanceUpdate } from './service-instance-store.ts';

const now = new Date('2026-11-25T08:00:00Z');
let database: Database;

async function addInstance(serviceName: string, name: string, minor: number | undefined, at: Date): Promise<void> {
  const { db } = database;
  const target = { major: 1, minor: minor ?? 0, spec: '' };
  const arn = `${serviceName}/${name}`;
  const part = { serviceName, name, arn, environmentName: 'dev', templateName: 'web', target, at };
  await instanceInsert(db, part);
  if (minor === undefined) return;
  await instanceUpdate(db, serviceName, name, {
    deployed_major: 1,
    deployed_minor: minor,
    deployed_spec: '',
    deployment_status: 'SUCCEEDED',
  });
}

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  for (const kind of ['environment', 'service']) {
    await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
      values (${kind}, 'web', ${kind}, ${kind}, false, '', ${now}, ${now})`.execute(db);
    for (const minor of [0, 1]) {
      const id = `${kind} 1.${minor}`;
      await sql`insert into template_version (kind, template_name, major_version, minor_version, arn, registration_id, status,
        source, created_at, last_modified_at)
        values (${kind}, 'web', 1, ${minor}, ${id}, ${id}, 'PUBLISHED', '{}', ${now}, ${now})`.execute(db);
    }
  }
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, customer_managed,
    status, last_attempted_at, create_hash, modified, created_at)
    values ('dev', 'dev', 'web', 1, 0, '', false, 'SUCCEEDED', ${now}, '', false, ${now})`.execute(db);
  for (const [index, name] of ['alpha', 'beta', 'gamma'].entries()) {
    await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at,
      last_modified_at) values (${name}, ${name}, 'web', 1, '', 'ACTIVE', '', ${now}, ${now})`.execute(db);
    const at = new Date(now.getTime() + index * 1000);
    await addInstance(name, 'current', 1, at);
    await addInstance(name, 'old', 0, at);
    await addInstance(name, 'never', undefined, at);
  }
});
afterAll(() => database.close());

/** All pages of a list, each as `service/instance` names. */
async function pages(request: Partial<ListInstancesRequest>): Promise<string[][]> {
  const all: string[][] = [];
  for (let nextToken: string | undefined; ; ) {
    const usual = { filters: {}, sortBy: 'serviceName', descending: false } as const;
    const page = await listServiceInstances(database.db, { ...usual, ...request, nextToken });
    if (!page.ok) throw new Error(page.refusal.message);
    all.push(page.value.items.map(({ serviceName, name }) => `${serviceName}/${name}`));
    nextToken = page.value.nextToken;
    if (nextToken === undefined) return all;
  }
}

test('pages of what is behind are full, whatever lies between', async () => {
  expect(await pages({ staleness: ['BEHIND_MINOR'], maxResults: 2 })).toEqual([
    ['alpha/old', 'beta/old'],
    ['gamma/old'],
  ]);
});

test('what was never deployed is neither up to date nor behind', async () => {
  const staleness: InstanceStaleness[] = ['UP_TO_DATE', 'BEHIND_MINOR', 'BEHIND_MAJOR'];
  expect((await pages({ staleness })).flat().filter((name) => name.endsWith('never'))).toEqual([]);
});

test('a token of one filter is none of another', async () => {
  const request = { filters: {}, sortBy: 'name', descending: false, maxResults: 1 } as const;
  const first = await listServiceInstances(database.db, { ...request, staleness: ['BEHIND_MINOR'] });
  const nextToken = first.ok ? first.value.nextToken : undefined;
  const second = await listServiceInstances(database.db, { ...request, staleness: ['UP_TO_DATE'], nextToken });
  expect(second).toMatchObject({ ok: false, refusal: { kind: 'invalid' } });
});

test('of no service there are no instances', async () => {
  expect(await pages({ filters: { serviceName: [] } })).toEqual([[]]);
});

describe('every order has every instance once, page by page', () => {
  const orders = (Object.keys(instanceSortColumns) as InstanceSortBy[]).flatMap((sortBy) => [
    { sortBy, descending: false },
    { sortBy, descending: true },
  ]);
  test.each(orders)('$sortBy, descending: $descending', async (order) => {
    const [whole = []] = await pages(order);
    expect(whole).toHaveLength(9);
    expect((await pages({ ...order, maxResults: 2 })).flat()).toEqual(whole);
  });
});
