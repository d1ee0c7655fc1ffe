import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Database, Db } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { resourcesSummary } from './resources-summary.ts';

let database: Database;
let db: Db;
beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate service_pipeline, service_instance, service, environment, template_version, template cascade`.execute(
    db,
  );
});

const now = new Date('2026-11-25T08:00:00Z');
type Kind = 'environment' | 'service';

function numberOf(text: string | null): [number | null, number | null] {
  if (text === null) return [null, null];
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return [major, minor];
}

/** @param versions e.g. `1.0P 1.1D`: published, draft */
async function template(kind: Kind, name: string, versions: string): Promise<void> {
  await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
    values (${kind}, ${name}, ${`${kind} ${name}`}, ${`${kind} ${name}`}, false, '', ${now}, ${now})`.execute(db);
  for (const each of versions.split(' ')) {
    const [major, minor] = numberOf(each.slice(0, -1));
    const id = `${kind} ${name} ${each}`;
    await sql`insert into template_version (kind, template_name, major_version, minor_version, arn, registration_id, status,
      source, created_at, last_modified_at)
      values (${kind}, ${name}, ${major}, ${minor}, ${id}, ${id}, ${each.endsWith('P') ? 'PUBLISHED' : 'DRAFT'}, '{}', ${now},
      ${now})`.execute(db);
  }
}

async function environment(
  name: string,
  templateName: string,
  deployed: string | null,
  status = 'SUCCEEDED',
): Promise<void> {
  const [[major, minor], [targetMajor, targetMinor]] = [numberOf(deployed), numberOf(deployed ?? '1.0')];
  await sql`insert into environment (name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, customer_managed, status, last_attempted_at, create_hash, created_at)
    values (${name}, ${name}, ${templateName}, ${targetMajor}, ${targetMinor}, '', ${major}, ${minor}, false, ${status}, ${now}, '',
    ${now})`.execute(db);
}

interface Part {
  readonly deployed: string | null;
  readonly status?: string;
}

async function service(
  name: string,
  templateName: string,
  status: string,
  instances: readonly Part[],
  pipeline?: Part,
): Promise<void> {
  await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
    values (${name}, ${name}, ${templateName}, 1, '', ${status}, '', ${now}, ${now})`.execute(db);
  for (const [index, { deployed, status = 'SUCCEEDED' }] of instances.entries()) {
    const [[major, minor], [targetMajor, targetMinor]] = [numberOf(deployed), numberOf(deployed ?? '1.0')];
    const id = `${name}-${index}`;
    await sql`insert into service_instance (service_name, name, arn, environment_name, template_name, target_major, target_minor,
      target_spec, deployed_major, deployed_minor, deployment_status, last_deployment_attempted_at, created_at)
      values (${name}, ${id}, ${id}, 'home', ${templateName}, ${targetMajor}, ${targetMinor}, '', ${major}, ${minor}, ${status},
      ${now}, ${now})`.execute(db);
  }
  if (!pipeline) return;
  const [[major, minor], [targetMajor, targetMinor]] = [
    numberOf(pipeline.deployed),
    numberOf(pipeline.deployed ?? '1.0'),
  ];
  await sql`insert into service_pipeline (service_name, arn, template_name, target_major, target_minor, target_spec, deployed_major,
    deployed_minor, deployment_status, last_deployment_attempted_at, created_at)
    values (${name}, ${`${name}/pipeline`}, ${templateName}, ${targetMajor}, ${targetMinor}, '', ${major}, ${minor},
    ${pipeline.status ?? 'SUCCEEDED'}, ${now}, ${now})`.execute(db);
}

const none = { total: 0, failed: 0, upToDate: 0, behindMinor: 0, behindMajor: 0 };

test('nothing is counted where nothing is', async () => {
  expect(await resourcesSummary(db)).toEqual({
    environmentTemplates: { total: 0 },
    serviceTemplates: { total: 0 },
    environments: none,
    services: none,
    serviceInstances: none,
    pipelines: none,
    components: { total: 0, failed: 0 },
  });
});

describe('how far an environment stands behind', () => {
  test.each([
    { versions: '1.0P', deployed: '1.0', expected: { upToDate: 1 }, reason: 'the recommended one' },
    { versions: '1.0P 1.1P', deployed: '1.0', expected: { behindMinor: 1 }, reason: 'a later minor is published' },
    { versions: '1.0P 1.1D 2.0D', deployed: '1.0', expected: { upToDate: 1 }, reason: 'drafts recommend nothing' },
    {
      versions: '1.0P 1.9P 2.0P',
      deployed: '1.0',
      expected: { behindMajor: 1 },
      reason: 'a later major counts for more',
    },
    {
      versions: '1.9P 1.10P',
      deployed: '1.9',
      expected: { behindMinor: 1 },
      reason: 'numbers are compared as numbers',
    },
    { versions: '1.0P 1.1D', deployed: '1.1', expected: { upToDate: 1 }, reason: 'a draft above the recommended one' },
    { versions: '1.0P 3.0D 3.1D', deployed: '3.0', expected: { upToDate: 1 }, reason: 'a major that is not published' },
    { versions: '1.0D', deployed: '1.0', expected: { upToDate: 1 }, reason: 'nothing is recommended' },
    { versions: '1.0P 2.0P', deployed: null, expected: {}, reason: 'it was never deployed' },
  ])('$deployed of $versions: $reason', async ({ versions, deployed, expected }) => {
    await template('environment', 'network', versions);
    await template('environment', 'other', '7.0P');
    await template('service', 'network', '9.0P');
    await environment('dev', 'network', deployed);
    const summary = await resourcesSummary(db);
    expect(summary.environments).toEqual({ ...none, total: 1, ...expected });
    expect([summary.environmentTemplates.total, summary.serviceTemplates.total]).toEqual([2, 1]);
  });

  test.each([
    { status: 'FAILED', failed: 1 },
    { status: 'DELETE_FAILED', failed: 1 },
    { status: 'CANCELLED', failed: 0 },
    { status: 'IN_PROGRESS', failed: 0 },
  ])('$status counts as failed: $failed', async ({ status, failed }) => {
    await template('environment', 'network', '1.0P');
    await environment('dev', 'network', '1.0', status);
    expect((await resourcesSummary(db)).environments).toEqual({ ...none, total: 1, upToDate: 1, failed });
  });
});

test('a service stands where the worst of its parts stands', async () => {
  await template('environment', 'network', '1.0P');
  await environment('home', 'network', '1.0');
  await template('service', 'web', '1.0P 1.1P 2.0P');
  await service('fresh', 'web', 'ACTIVE', [{ deployed: '2.0' }], { deployed: '2.0' });
  await service('mixed', 'web', 'ACTIVE', [{ deployed: '2.0' }, { deployed: '1.1' }], { deployed: '2.0' });
  await service('old-pipeline', 'web', 'ACTIVE', [{ deployed: '2.0' }], { deployed: '1.0', status: 'FAILED' });
  await service('new', 'web', 'CREATE_FAILED', [{ deployed: null, status: 'FAILED' }]);
  await service('empty', 'web', 'ACTIVE', []);
  expect(await resourcesSummary(db)).toMatchObject({
    services: { total: 5, failed: 1, upToDate: 1, behindMinor: 0, behindMajor: 2 },
    serviceInstances: { total: 5, failed: 1, upToDate: 3, behindMinor: 0, behindMajor: 1 },
    pipelines: { total: 3, failed: 1, upToDate: 2, behindMinor: 0, behindMajor: 1 },
  });
});
