import { afterAll, beforeAll } from 'vitest';
import { analyseStackChange } from '../../changes/index.ts';
import { createInspector } from '../../guard-rails/index.ts';
import { silentLog } from '../../log/index.ts';
import {
  carryOutPiece,
  contractRefusal,
  type PieceOfWork,
  workflowContract,
} from '../../workflows/testing/workflow-contract.ts';
import type { Deployment } from '../deployment.ts';
import { usualLimits } from '../deployment-limits.ts';
import { stackTemplateIsTaken } from '../renderings/guard-rail.ts';
import { type DeploymentWorld, deploymentWorld, renderInThread } from '../testing/deployment-world.ts';
import { allowAll } from '../verdicts/verdict.ts';
import { deleteWorkflow } from './delete-workflow.ts';
import type { DeployState, DeployTools } from './deploy-tools.ts';
import { deployWorkflow } from './deploy-workflow.ts';

let world: DeploymentWorld;
let tools: DeployTools;
beforeAll(async () => {
  world = await deploymentWorld();
  tools = {
    ...world.tools,
    log: silentLog,
    signals: world.signals,
    provisioners: { cloudformation: world.provisioner },
    renderer: renderInThread,
    analyse: async (change) => analyseStackChange(change),
    limits: usualLimits,
    polling: { msMin: 1, msMax: 5, eventsMs: 5 },
    previews: 'always',
    guardRails: [stackTemplateIsTaken],
    inspector: createInspector(),
    decide: allowAll,
  };
});
afterAll(() => world.close());

const pieceOf = ({ id }: Deployment): PieceOfWork<DeployState, DeployTools> => ({
  workflowId: id,
  state: { deploymentId: id },
  tools,
});

/** How it ended, what its noun was told in the end, and what was begun at the provider. */
async function outcome({ state: { deploymentId: id } }: { readonly state: DeployState }) {
  const { standing, target } = await world.find(id);
  const code = standing.state === 'failed' ? standing.refusal.code : undefined;
  // in memory: what a dead worker told in a transaction that was taken back, it keeps
  const told = [...new Set(world.noun.statuses(target.arn))];
  const begun = world.provisioner.begun.filter((each) => each.endsWith(id)).map((each) => each.split(' ')[0]);
  return { state: standing.state, code, told: told.slice(-2), begun };
}

workflowContract(deployWorkflow, () => ({
  ask: async (name) => pieceOf(await world.requested(world.target(`deploy-${name}`), 'create')),
  outcome,
  whole: { state: 'succeeded', code: undefined, told: ['IN_PROGRESS', 'SUCCEEDED'], begun: ['create'] },
  failed: () => ({ state: 'failed', code: contractRefusal.code, told: ['IN_PROGRESS', 'FAILED'], begun: [] }),
}));

workflowContract(deleteWorkflow, () => ({
  async ask(name) {
    const target = world.target(`delete-${name}`);
    await carryOutPiece(deployWorkflow, pieceOf(await world.requested(target, 'create')));
    return pieceOf(await world.requested(target, 'delete'));
  },
  outcome,
  whole: {
    state: 'succeeded',
    code: undefined,
    told: ['DELETE_IN_PROGRESS', 'DELETE_COMPLETE'],
    begun: ['delete'],
  },
  failed: () => ({
    state: 'failed',
    code: contractRefusal.code,
    told: ['DELETE_IN_PROGRESS', 'DELETE_FAILED'],
    begun: [],
  }),
}));
