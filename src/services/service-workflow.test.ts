import { afterAll, beforeAll, expect } from 'vitest';
import { ana } from '../environments/testing/environment-world.ts';
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
import { type Service, serviceFind } from './service-store.ts';
import type { ServiceWorkTools } from './service-tools.ts';
import type { ServiceWork } from './service-work.ts';
import { serviceWorkflow } from './service-workflow.ts';
import { accepted, type ServiceWorld, serviceWorld } from './testing/service-world.ts';

let world: ServiceWorld;
beforeAll(async () => {
  world = await serviceWorld();
});
afterAll(() => world.close());

type Piece = PieceOfWork<ServiceWork, ServiceWorkTools>;

function pieceOf(service: Service | undefined): Piece {
  const work = service?.work;
  if (!work) throw new Error('there is no work on the service');
  return { workflowId: work.workId, state: work, tools: world.tools };
}

async function askForCreation(name: string): Promise<Piece> {
  const spec = `proton: ServiceSpec
pipeline: {}
instances:
  - {name: one, environment: dev, spec: {seconds: 1}}
  - {name: two, environment: dev, spec: {seconds: 2}}
`;
  const repository = { repositoryId: 'o/r', branchName: 'main', repositoryConnectionArn: 'arn:aws:codestar:x' };
  return pieceOf(
    accepted(
      await createService(world.tools, ana, { name, templateName: 'queue', majorVersion: 1, spec, ...repository }),
    ),
  );
}

/** What is left of the service, and what was begun at the provider for each of its parts, in order. */
async function outcome({ state: { serviceName } }: Piece) {
  const { db } = world.tools;
  const service = await serviceFind(db, serviceName);
  const parts = await instancesOf(db, serviceName);
  const pipeline = await pipelineFind(db, serviceName);
  return {
    status: service?.status,
    says: service?.statusMessage ?? null,
    work: service?.work ?? null,
    instances: parts.map(({ name, deploymentStatus }) => `${name} ${deploymentStatus}`).sort(),
    pipeline: pipeline?.deploymentStatus,
    begun: begunFor(serviceName),
  };
}

/** e.g. `create service-instance`: what the provider began on stacks of this service. */
function begunFor(serviceName: string): string[] {
  const kinds = new Map<string, string>();
  for (const { stackName, token } of world.provisioner.calls) {
    const [, kind] = /^AWSProton-(service-instance|service-pipeline)-(.+)-[0-9a-f]{8}$/.exec(stackName) ?? [];
    if (kind && token && stackName.includes(`-${serviceName}-`)) kinds.set(token, kind);
  }
  return world.provisioner.begun
    .flatMap((each) => {
      const [operation, token = ''] = each.split(' ');
      const kind = kinds.get(token);
      return kind ? [`${operation} ${kind}`] : [];
    })
    .sort();
}

const created = ['create service-instance', 'create service-instance', 'create service-pipeline'];
const deleted = ['delete service-instance', 'delete service-instance', 'delete service-pipeline'];

workflowContract(
  serviceWorkflow,
  () => ({
    ask: (name) => askForCreation(`make-${name}`),
    outcome,
    whole: {
      status: 'ACTIVE',
      says: null,
      work: null,
      instances: ['one SUCCEEDED', 'two SUCCEEDED'],
      pipeline: 'SUCCEEDED',
      begun: created,
    },
    failed: () => ({
      status: 'CREATE_FAILED',
      says: contractRefusal.message,
      work: null,
      instances: expect.any(Array),
      pipeline: 'FAILED',
      begun: expect.any(Array),
    }),
  }),
  'service, that creates one',
);

workflowContract(
  serviceWorkflow,
  () => ({
    async ask(name) {
      const serviceName = `end-${name}`;
      await carryOutPiece(serviceWorkflow, await askForCreation(serviceName));
      return pieceOf(accepted(await deleteService(world.tools, serviceName, ana)));
    },
    outcome,
    whole: {
      status: undefined,
      says: null,
      work: null,
      instances: [],
      pipeline: undefined,
      begun: [...created, ...deleted],
    },
    failed: () => expect.objectContaining({ status: 'DELETE_FAILED', says: contractRefusal.message, work: null }),
  }),
  'service, that deletes one',
);
