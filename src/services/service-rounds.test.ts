import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ana } from '../environments/testing/environment-world.ts';
import { silentLog } from '../log/index.ts';
import { kindOf, type Workflow, type WorkflowEngine, workUnderWay } from '../workflows/index.ts';
import {
  carryOutPiece,
  contractRefusal,
  type PieceOfWork,
  workflowContract,
} from '../workflows/testing/workflow-contract.ts';
import { createService } from './create-service.ts';
import { deleteService } from './delete-service.ts';
import { instancesOf } from './service-instance-store.ts';
import { pipelineFind } from './service-pipeline-store.ts';
import { reconcileServices, resumeLeftWork } from './service-reconciler.ts';
import { type Service, serviceFind } from './service-store.ts';
import type { ServiceWorkTools } from './service-tools.ts';
import type { ServiceWork } from './service-work.ts';
import { resumeServiceWork, serviceWorkflow } from './service-workflow.ts';
import { AskedPeople, waitingOf } from './testing/asked-people.ts';
import { accepted, type ServiceWorld, serviceWorld } from './testing/service-world.ts';

const slots = 8;
const patience = { timeout: 30_000, interval: 20 };
const people = new AskedPeople();
let world: ServiceWorld;
/** What is asked for with these waits for whoever carries it out. */
let idle: ServiceWorkTools;
beforeAll(async () => {
  world = await serviceWorld({ runsServices: true, concurrency: slots, decide: people.decide });
  idle = { ...world.tools, engine: { start: async () => undefined } };
});
afterAll(() => world.close());

async function created(tools: ServiceWorkTools, name: string): Promise<Service> {
  const spec = `proton: ServiceSpec
pipeline: {}
instances:
  - {name: one, environment: dev, spec: {seconds: 1}}
`;
  const repository = { repositoryId: 'o/r', branchName: 'main', repositoryConnectionArn: 'arn:aws:codestar:x' };
  return accepted(
    await createService(tools, ana, { name, templateName: 'queue', majorVersion: 1, spec, ...repository }),
  );
}

const find = (name: string) => serviceFind(world.tools.db, name);

function until<Value>(look: () => Promise<Value | undefined | false>, what: string): Promise<Value> {
  return vi.waitFor(async () => {
    const value = await look();
    if (!value) throw new Error(`not yet: ${what}`);
    return value;
  }, patience);
}

const untilLeft = (name: string) => until(async () => (await find(name))?.work?.waitsFor, `${name} is left`);
const untilActive = (name: string) => until(async () => (await find(name))?.status === 'ACTIVE', `${name} is active`);
const untilAsked = (name: string) =>
  until(async () => (await waitingOf(world.tools.deployments, name)).length > 0, `${name} asks`);

async function serviceWorkUnderWay(): Promise<string[]> {
  const all = await workUnderWay(world.tools.db, 100);
  return all.map(({ kind }) => kind).filter((kind) => kind.startsWith('service'));
}

test('more services than there are places wait for people, and another one goes through', async () => {
  const names = Array.from({ length: slots + 1 }, (_, n) => `asks-many-${n}`);
  for (const name of names) await created(world.tools, name);
  for (const name of names) await untilLeft(name);
  await until(async () => (await serviceWorkUnderWay()).length === 0, 'no work is under way');

  await created(world.tools, 'free');
  await untilActive('free');

  // what was left is not begun again: people are still asked
  await resumeServiceWork(world.tools.db, world.tools.engine);
  await resumeLeftWork(world.tools);
  expect(await serviceWorkUnderWay()).toEqual([]);

  const { db, engine, signals } = world.tools;
  const reconciler = reconcileServices({ db, engine, signals, log: silentLog });
  for (const name of names) {
    expect(await people.approve(world.tools.deployments, name)).toBe(1);
    await untilAsked(name); // about its pipeline
    await people.approve(world.tools.deployments, name);
    await untilActive(name);
    expect((await pipelineFind(db, name))?.deploymentStatus).toBe('SUCCEEDED');
  }
  await reconciler.close();
});

test('work that the former version began waits in its place and ends, and is not begun beside it', async () => {
  const former = serviceWorkflow.former.find((each) => kindOf(each) === 'service');
  if (!former) throw new Error('the former version is not known any more');
  const { work } = await created(idle, 'asks-former');
  if (!work) throw new Error('there is no work');
  await world.tools.engine.start(former, work.workId, work);
  await untilAsked('asks-former');
  await resumeServiceWork(world.tools.db, world.tools.engine);
  expect(await serviceWorkUnderWay()).toEqual(['service']);
  await people.approve(world.tools.deployments, 'asks-former');
  await untilAsked('asks-former');
  await people.approve(world.tools.deployments, 'asks-former');
  await untilActive('asks-former');
  expect((await find('asks-former'))?.work).toBeNull();
});

type Piece = PieceOfWork<ServiceWork, ServiceWorkTools>;

function pieceOf(service: Service | undefined): Piece {
  const work = service?.work;
  if (!work) throw new Error('there is no work on the service');
  return { workflowId: work.workId, state: work, tools: idle };
}

/** Rounds that were begun: as in the engine, each once. */
const rounds = new Map<string, Promise<void>>();
const startAtOnce: WorkflowEngine['start'] = (flow, id, state) => {
  const piece = { workflowId: id, state: state as object, tools: idle };
  const round = rounds.get(id) ?? carryOutPiece(flow as unknown as Workflow<object, object>, piece);
  rounds.set(id, round);
  return round;
};

/** People approve all that is asked, and other rounds go on, until nothing is left to do. */
async function carryThrough(serviceName: string): Promise<void> {
  const { db, deployments } = idle;
  await until(async () => {
    await people.approve(deployments, serviceName);
    await resumeLeftWork({ db, engine: { start: startAtOnce } });
    return !(await find(serviceName))?.work;
  }, `${serviceName} is over`);
}

async function outcome({ state: { serviceName } }: Piece) {
  await carryThrough(serviceName);
  const { db } = idle;
  const service = await find(serviceName);
  const parts = await instancesOf(db, serviceName);
  const begun = world.provisioner.calls.filter(
    ({ stackName, token }) => token && stackName.includes(`-${serviceName}-`),
  );
  return {
    status: service?.status,
    says: service?.statusMessage ?? null,
    instances: parts.map(({ name, deploymentStatus }) => `${name} ${deploymentStatus}`),
    pipeline: (await pipelineFind(db, serviceName))?.deploymentStatus,
    begun: new Set(begun.map(({ token }) => token)).size,
  };
}

const creation = {
  status: 'ACTIVE',
  says: null,
  instances: ['one SUCCEEDED'],
  pipeline: 'SUCCEEDED',
  begun: 2,
};

workflowContract(
  serviceWorkflow,
  () => ({
    ask: async (name) => pieceOf(await created(idle, `asks-make-${name}`)),
    outcome,
    whole: creation,
    // the first round ends at its first step; what happens to it later is no matter
    failed: (step) =>
      step === 'await-additions'
        ? expect.objectContaining({ status: 'CREATE_FAILED', says: contractRefusal.message, begun: 0 })
        : creation,
  }),
  'service, that creates one whose parts wait for people',
);

const deletion = { status: undefined, says: null, instances: [], pipeline: undefined, begun: 4 };

workflowContract(
  serviceWorkflow,
  () => ({
    async ask(name) {
      const serviceName = `asks-end-${name}`;
      await carryOutPiece(serviceWorkflow, pieceOf(await created(idle, serviceName)));
      await carryThrough(serviceName);
      return pieceOf(accepted(await deleteService(idle, serviceName, ana)));
    },
    outcome,
    whole: deletion,
    failed: (step) =>
      ['remove-instances', 'provision-pipeline'].includes(step)
        ? deletion
        : expect.objectContaining({ status: 'DELETE_FAILED', says: contractRefusal.message }),
  }),
  'service, that deletes one whose parts wait for people',
);
