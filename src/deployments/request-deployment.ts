import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import { type Deployment, type DeploymentId, deploymentStatus, type Operation } from './deployment.ts';
import { beginDeployment, endDeployment } from './deployment-course.ts';
import { deploymentFind, deploymentInsert, deploymentMove, deploymentsUnderWay } from './deployment-store.ts';
import type { DeploymentTools, WhenBusy } from './deployment-tools.ts';
import type { TargetRef, TargetState } from './target-ref.ts';
import { targetInsert, targetLock } from './target-store.ts';

export interface DeploymentRequest {
  /** Chosen by whoever may ask twice (a workflow's step): the same id is requested once. */
  readonly id?: DeploymentId;
  readonly target: TargetRef;
  readonly operation: Operation;
  /** What was last deployed with success; absent when nothing was. */
  readonly initialState?: TargetState;
  /** Absent for a deletion. */
  readonly targetState?: TargetState;
  /** undefined: of work that a former version of Deuteron accepted, which kept no names. Every door names somebody. */
  readonly requestedBy: PrincipalId | undefined;
  /** Absent: the installation's setting. */
  readonly whenBusy?: WhenBusy;
  /**
   * Given: the target's owner provisions it, and these are its outputs. Nothing is carried out; the deployment has
   * succeeded when the request returns.
   */
  readonly ownOutputs?: Readonly<Record<string, string>>;
  /** Resources to give up where a failed rollback has to be continued before anything else: logical ids. */
  readonly rollbackSkips?: readonly string[];
}

export type DeploymentRefusal = Refusal<'deployment-busy' | 'target-being-deleted'>;

/**
 * Asks for a change of a target, in the caller's transaction; the work begins by itself after the commit. The noun is
 * told through its `record`, in the same transaction. Deleting a target of which nothing was ever provisioned is over
 * when this returns. Asking for a deletion again gives the one that is under way.
 * @refuses deployment-busy while another deployment of the target runs, unless it may wait;
 *   target-being-deleted for a change behind a deletion
 */
export async function requestDeployment(
  tools: DeploymentTools,
  tx: Db,
  request: DeploymentRequest,
): Promise<Result<Deployment, DeploymentRefusal>> {
  const { target, operation } = request;
  const before = await askedBefore(tx, request.id);
  if (before) return accept(before);
  await targetInsert(tx, target, request.ownOutputs !== undefined);
  await targetLock(tx, target.arn);
  const askedMeanwhile = await askedBefore(tx, request.id);
  if (askedMeanwhile) return accept(askedMeanwhile);

  const underWay = await deploymentsUnderWay(tx, target.arn);
  const turn = turnOf(underWay, operation, request.whenBusy ?? tools.whenBusy);
  if (!turn.ok) return turn;
  if (turn.value.turn === 'same') return accept(turn.value.as);

  const now = tools.clock.now();
  const id = request.id ?? newId<DeploymentId>();
  const { initialState, targetState, requestedBy, rollbackSkips } = request;
  const expectedPlan = tools.asking?.expectedPlan;
  const change = { id, target, operation, initialState, targetState, requestedBy, expectedPlan, rollbackSkips };
  const deployment = { ...change, createdAt: now };
  const { queued } = underWay;
  if (queued) {
    await deploymentMove(tx, queued.id, 'supersede', now, {
      supersededBy: id,
      message: `Superseded by the newer deployment ${id}.`,
    });
  }
  let asked = await deploymentInsert(tx, deployment, turn.value.turn === 'wait' ? 'queued' : 'requested');
  if (turn.value.turn === 'now') asked = await beginDeployment(tools, tx, asked);
  const { ownOutputs: outputs } = request;
  if (outputs) asked = await endDeployment(tools, tx, id, () => ({ move: 'succeed', outputs, provisioned: [] }));
  tools.asking?.told?.(asked, outputs !== undefined);
  return accept(asked);
}

type Turn = { readonly turn: 'now' | 'wait' } | { readonly turn: 'same'; readonly as: Deployment };

/** One change at a time: whether a request may begin now, must wait, is one that is under way already, or is refused. */
export function turnOf(
  { running, queued }: { readonly running?: Deployment; readonly queued?: Deployment },
  operation: Operation,
  whenBusy: WhenBusy,
): Result<Turn, DeploymentRefusal> {
  if (!running) return accept({ turn: 'now' });
  const deletion = [running, queued].find((each) => each?.operation === 'delete');
  if (deletion && operation === 'delete') return accept({ turn: 'same', as: deletion });
  if (deletion) return targetBeingDeleted(deletion);
  return whenBusy === 'queue' ? accept({ turn: 'wait' }) : busy(running);
}

function busy(running: Deployment): Result<never, DeploymentRefusal> {
  const status = deploymentStatus(running);
  return refuse({
    kind: 'conflict',
    code: 'deployment-busy',
    message: `The deployment ${running.id} of ${running.target.arn} is ${status}; only one can run at a time.`,
    remedy: status === 'IN_PROGRESS' ? 'Wait until it is over, or cancel it.' : 'Wait until it is over.',
  });
}

function targetBeingDeleted(deletion: Deployment): Result<never, DeploymentRefusal> {
  return refuse({
    kind: 'conflict',
    code: 'target-being-deleted',
    message: `${deletion.target.arn} is being deleted (deployment ${deletion.id}).`,
    remedy: 'Wait until it is gone, then create it anew.',
  });
}

async function askedBefore(tx: Db, id: DeploymentId | undefined): Promise<Deployment | undefined> {
  return id && (await deploymentFind(tx, id));
}
