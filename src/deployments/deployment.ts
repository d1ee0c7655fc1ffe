import type { Refusal } from '../errors/index.ts';
import type { Brand } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import type { PlanId } from './plans/plan-id.ts';
import type { TargetRef, TargetState } from './target-ref.ts';

export type DeploymentId = Brand<'DeploymentId'>;

export const operations = ['create', 'update', 'delete'] as const;
export type Operation = (typeof operations)[number];

/** What a failed or cancelled deployment left in the cloud: everything is as before, a part of it, or nothing. */
export type Undone = 'all' | 'part' | 'nothing';

export interface Cancellation {
  /** Absent: the deployment ran out of its time. */
  readonly by?: PrincipalId;
  /** For a person. */
  readonly reason: string;
  /** ISO 8601. */
  readonly at: string;
}

/** Where a deployment stands. */
export type DeploymentState =
  /** Another deployment of the same target runs; this one is next. */
  | { readonly state: 'queued' }
  /** Nothing of the same target runs; a worker takes it up in a moment. */
  | { readonly state: 'requested' }
  /** Rendering, checking and previewing; nothing has been touched. */
  | { readonly state: 'planning' }
  /** The plan is there and somebody must approve it. */
  | { readonly state: 'waiting'; readonly plan: PlanId }
  | { readonly state: 'applying'; readonly plan: PlanId }
  | { readonly state: 'deleting' }
  | { readonly state: 'cancelling'; readonly cancellation: Cancellation }
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly refusal: Refusal; readonly undone: Undone }
  | { readonly state: 'cancelled'; readonly cancellation: Cancellation }
  /** It waited, and a newer one for the same target came. */
  | { readonly state: 'superseded'; readonly by?: DeploymentId };

export type DeploymentStateName = DeploymentState['state'];

export const stateNames = [
  'queued',
  'requested',
  'planning',
  'waiting',
  'applying',
  'deleting',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'superseded',
] as const satisfies DeploymentStateName[];

export interface Deployment {
  readonly id: DeploymentId;
  readonly target: TargetRef;
  readonly operation: Operation;
  readonly standing: DeploymentState;
  /** Absent at the first deployment. */
  readonly initialState?: TargetState;
  /** Absent at a deletion. */
  readonly targetState?: TargetState;
  readonly requestedBy?: PrincipalId;
  /** What whoever asked has seen: no other plan is applied. */
  readonly expectedPlan?: PlanId;
  /** For a person: why it stands where it stands. */
  readonly message?: string;
  readonly createdAt: Date;
  readonly modifiedAt: Date;
  readonly completedAt?: Date;
}

/** Proton's word for it. Source: AWS Proton API model, DeploymentStatus. */
export type DeploymentStatus =
  | 'IN_PROGRESS'
  | 'FAILED'
  | 'SUCCEEDED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'CANCELLING'
  | 'CANCELLED';

/** Ends differ for a deletion: the thing is gone, or still there. A superseded deployment was never carried out. */
export function deploymentStatus({
  operation,
  standing,
}: Pick<Deployment, 'operation' | 'standing'>): DeploymentStatus {
  const isDeletion = operation === 'delete';
  switch (standing.state) {
    case 'queued':
    case 'requested':
    case 'planning':
    case 'waiting':
    case 'applying':
    case 'deleting':
      return isDeletion ? 'DELETE_IN_PROGRESS' : 'IN_PROGRESS';
    case 'cancelling':
      return 'CANCELLING';
    case 'succeeded':
      return isDeletion ? 'DELETE_COMPLETE' : 'SUCCEEDED';
    case 'failed':
      return isDeletion ? 'DELETE_FAILED' : 'FAILED';
    case 'cancelled':
    case 'superseded':
      return 'CANCELLED';
  }
}

export function isOver(state: DeploymentStateName): boolean {
  switch (state) {
    case 'queued':
    case 'requested':
    case 'planning':
    case 'waiting':
    case 'applying':
    case 'deleting':
    case 'cancelling':
      return false;
    case 'succeeded':
    case 'failed':
    case 'cancelled':
    case 'superseded':
      return true;
  }
}

/** Whether nobody works on it, for people or another deployment come first: for how long, nobody knows. */
export function isSetAside(state: DeploymentStateName): boolean {
  return state === 'waiting' || state === 'queued';
}

/** Whether it is the one deployment of its target that may run. */
export function isRunning(state: DeploymentStateName): boolean {
  return state !== 'queued' && !isOver(state);
}

/**
 * What happens to deployments, and from which state to which. What is not in the table does not happen: the store
 * moves a row only from the states named here, so a late worker or a late click changes nothing.
 */
export const deploymentMoves = {
  /** The deployment before it is over. */
  promote: { queued: 'requested' },
  /** A newer one came while it waited. */
  supersede: { queued: 'superseded' },
  plan: { requested: 'planning' },
  askApproval: { planning: 'waiting' },
  /** Nobody need be waited for any more: it is planned and decided about afresh. */
  resume: { waiting: 'requested' },
  apply: { planning: 'applying', waiting: 'applying' },
  remove: { requested: 'deleting', planning: 'deleting' },
  cancel: {
    queued: 'cancelled',
    requested: 'cancelling',
    planning: 'cancelling',
    waiting: 'cancelling',
    applying: 'cancelling',
  },
  /** At once where nothing has to be provisioned; a cancelled one when it was finished first. */
  succeed: { requested: 'succeeded', applying: 'succeeded', deleting: 'succeeded', cancelling: 'succeeded' },
  fail: {
    requested: 'failed',
    planning: 'failed',
    waiting: 'failed',
    applying: 'failed',
    deleting: 'failed',
    cancelling: 'failed',
  },
  endCancelled: { cancelling: 'cancelled' },
} as const satisfies Record<string, Partial<Record<DeploymentStateName, DeploymentStateName>>>;

export type DeploymentMove = keyof typeof deploymentMoves;

/** undefined: this does not happen to a deployment in that state. */
export function stateAfter(move: DeploymentMove, state: DeploymentStateName): DeploymentStateName | undefined {
  const moves: Partial<Record<DeploymentStateName, DeploymentStateName>> = deploymentMoves[move];
  return moves[state];
}

/** What may be asked in which state. Doors send it along, so that no client keeps its own copy of the rule. */
export const deploymentCan = {
  cancel: ['queued', 'requested', 'planning', 'waiting', 'applying'],
  approve: ['waiting'],
  /** Its record; not the thing. */
  forget: ['succeeded', 'failed', 'cancelled', 'superseded'],
  /** A deletion: let go of the thing, whatever of it is left. */
  abandon: ['failed'],
  /** A change that could not be taken back: bring back what stood before. */
  recover: ['failed'],
} as const satisfies Record<string, readonly DeploymentStateName[]>;

export type DeploymentAction = keyof typeof deploymentCan;

/** A deletion at work can no longer be cancelled: no provider stops one. */
export function can(
  action: DeploymentAction,
  { operation, standing }: Pick<Deployment, 'operation' | 'standing'>,
): boolean {
  const states: readonly DeploymentStateName[] = deploymentCan[action];
  if (action === 'cancel' && operation === 'delete') return ['queued', 'waiting'].includes(standing.state);
  if (action === 'abandon' && operation !== 'delete') return false;
  if (action === 'recover' && (operation === 'delete' || (standing.state === 'failed' && standing.undone === 'all'))) {
    return false;
  }
  return states.includes(standing.state);
}
