import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../clock/index.ts';
import { createEnvironment, deleteEnvironment, environmentFind } from '../environments/index.ts';
import {
  ana,
  type EnvironmentWorld,
  environmentWorld,
  installation,
  roleArn,
} from '../environments/testing/environment-world.ts';
import {
  deleteTemplate,
  deleteTemplateVersion,
  updateTemplateVersion,
  usualTemplateLimits,
} from '../templates/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import { eventEnvelope, eventsAfter, publishEvents } from './index.ts';

let world: EnvironmentWorld;
/** Nothing is registered here. */
const unused = {} as WorkflowEngine;
beforeAll(async () => {
  world = await environmentWorld();
});
afterAll(() => world.close());

const pause = { interval: 10, timeout: 20_000 };

/** What was told since the last call, one event a line. */
async function told(): Promise<string> {
  const { db } = world.database;
  await publishEvents({ db, clock: systemClock });
  const events = await eventsAfter(db, read, 1_000);
  read = events.at(-1)?.position ?? read;
  return events
    .map(eventEnvelope)
    .map(({ source, resources, detail, 'detail-type': type }) =>
      JSON.stringify({ source, type, resource: resources[0]?.split(':').at(-1), ...detail }),
    )
    .join('\n')
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');
}
let read = 0;

test('environments and their deployments', async () => {
  const { tools } = world;
  await world.template('network', [{ version: '1.0' }]);
  await told();
  world.provisioner.script({ outcome: 'succeed' }, { outcome: 'fail', reason: 'no room' }, { outcome: 'succeed' });
  const asked = { name: 'dev', templateName: 'network', majorVersion: 1, protonServiceRoleArn: roleArn };
  const spec = 'proton: EnvironmentSpec\nspec: {}\n';
  const created = await createEnvironment(tools, { ...asked, spec }, ana);
  expect(created).toMatchObject({ ok: true });
  const status = async () => (await environmentFind(tools.db, 'dev'))?.status ?? 'gone';
  await expect.poll(status, pause).toBe('SUCCEEDED');
  await deleteEnvironment(tools, 'dev', ana);
  await expect.poll(status, pause).toBe('DELETE_FAILED');
  await deleteEnvironment(tools, 'dev', ana);
  await expect.poll(status, pause).toBe('gone');
  await expect(await told()).toMatchFileSnapshot('golden/environment-events.txt');
});

test('templates and their versions', async () => {
  const tools = { ...world.tools, engine: unused, limits: usualTemplateLimits, usersOf: async () => [] };
  const ref = { kind: 'environment', name: 'storage' } as const;
  await world.template('storage', [
    { version: '1.0', status: 'DRAFT' },
    { version: '1.1', status: 'DRAFT' },
  ]);
  for (const minor of [0, 1]) {
    await updateTemplateVersion(
      tools,
      { kind: ref.kind, templateName: ref.name, major: 1, minor },
      { status: 'PUBLISHED' },
    );
  }
  for (const minor of [0, 1]) {
    await deleteTemplateVersion(tools, { kind: ref.kind, templateName: ref.name, major: 1, minor });
  }
  await deleteTemplate(tools, ref);
  await expect(await told()).toMatchFileSnapshot('golden/template-events.txt');
});

test('services, their instances and pipelines', async () => {
  const { db } = world.database;
  const arn = (resource: string) => `arn:aws:proton:us-east-1:${installation.accountId}:${resource}`;
  await sql`insert into template (kind, name, creation_id, arn, customer_managed, create_hash, created_at, last_modified_at)
    values ('service', 'web', 'web', ${arn('service-template/web')}, false, '', now(), now())`.execute(db);
  await told();
  await sql`insert into service (name, arn, template_name, major_version, spec, status, create_hash, created_at, last_modified_at)
    values ('shop', ${arn('service/shop')}, 'web', 1, '', 'CREATE_IN_PROGRESS', '', now(), now())`.execute(db);
  await sql`update service set status = 'ACTIVE', description = 'same status' where name = 'shop'`.execute(db);
  await sql`update service set status = 'ACTIVE' where name = 'shop'`.execute(db);
  await sql`delete from service where name = 'shop'`.execute(db);
  await expect(await told()).toMatchFileSnapshot('golden/service-events.txt');
});
