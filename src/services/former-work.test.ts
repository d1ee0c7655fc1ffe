import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { allowAll, decideByGovernance } from '../deployments/index.ts';
import { ana } from '../environments/testing/environment-world.ts';
import { decisionsBehind, explainDecision, loadPolicies } from '../governance/index.ts';
import { silentLog } from '../log/index.ts';
import { givenMember, givenPrincipal } from '../organization/testing/organization-world.ts';
import { createService } from './create-service.ts';
import { deleteService } from './delete-service.ts';
import { reconcileServices } from './service-reconciler.ts';
import { serviceFind } from './service-store.ts';
import type { ServiceWorkTools } from './service-tools.ts';
import { resumeServiceWork } from './service-workflow.ts';
import { accepted, type ServiceWorld, serviceWorld } from './testing/service-world.ts';

const patience = { timeout: 20_000, interval: 20 };
let decide = allowAll;
let world: ServiceWorld;
/** What is asked for with these waits for whoever carries it out. */
let idle: ServiceWorkTools;
beforeAll(async () => {
  world = await serviceWorld({ runsServices: true, decide: (...asked) => decide(...asked) });
  idle = { ...world.tools, engine: { start: async () => undefined } };
  const { db, clock } = world.tools;
  const administrator = await givenPrincipal(db, 'administrator');
  await givenMember(db, 'administrators', administrator);
  // from here on there are rules
  decide = decideByGovernance({ clock, timeZone: 'UTC' });
});
afterAll(() => world.close());

const request = (name: string) => ({
  name,
  templateName: 'queue',
  majorVersion: 1,
  spec: 'proton: ServiceSpec\npipeline: {}\ninstances: [{name: one, environment: dev, spec: {seconds: 1}}]\n',
  repositoryId: 'o/r',
  branchName: 'main',
  repositoryConnectionArn: 'arn:aws:codestar:x',
});

/** As a version of Deuteron wrote it that kept no names: of deployments neither, from their first moment on. */
async function formerly(work: () => Promise<unknown>): Promise<void> {
  const { db } = world.tools;
  await sql`create function no_names() returns trigger language plpgsql as
    $$ begin new.requested_by := null; return new; end $$`.execute(db);
  await sql`create trigger no_names before insert on deployment for each row execute function no_names()`.execute(db);
  await work();
  await sql`drop trigger no_names on deployment`.execute(db);
  await sql`drop function no_names`.execute(db);
  await sql`update service set work = work - 'requestedBy' where work is not null`.execute(db);
}

test('the work on a service that was accepted before there were rules ends well, and the decisions say for whom', async () => {
  const { db, engine, signals } = world.tools;
  await formerly(async () => accepted(await createService(idle, ana, request('old'))));
  expect((await serviceFind(db, 'old'))?.work?.requestedBy).toBeUndefined();
  const reconciler = reconcileServices({ db, engine, signals, log: silentLog });
  await resumeServiceWork(db, engine);
  await vi.waitFor(async () => expect((await serviceFind(db, 'old'))?.status).toBe('ACTIVE'), patience);

  const made = await decisionsBehind(db, { principal: 'administrator' }, undefined, 10);
  expect(made.map(({ request: { verb, isUnnamed }, verdict }) => [verb, isUnnamed, verdict.verdict]).sort()).toEqual([
    ['instance:create', true, 'allow'],
    ['pipeline:update', true, 'allow'],
  ]);
  const [decision] = made;
  const explained = decision && explainDecision(await loadPolicies(db), decision.request);
  expect(explained?.facts.principal).toBe('administrator (person), for whoever asked before requests named anybody');

  await formerly(async () => accepted(await deleteService(idle, 'old', ana)));
  await resumeServiceWork(db, engine);
  await vi.waitFor(async () => expect(await serviceFind(db, 'old')).toBeUndefined(), patience);
  await reconciler.close();
});

test('who is named is held to the rules', async () => {
  const { db } = world.tools;
  const nobody = await givenPrincipal(db, 'nobody');
  accepted(await createService(world.tools, nobody, request('new')));
  await vi.waitFor(async () => expect((await serviceFind(db, 'new'))?.status).toBe('CREATE_FAILED'), patience);
  expect(await decisionsBehind(db, { principal: 'nobody' }, undefined, 10)).toMatchObject([
    { request: { verb: 'instance:create' }, verdict: { verdict: 'deny' } },
  ]);
});
