import { operationToken, type StackEnd, stackEnd } from './stack-status.ts';

/** An event of the stack itself, not of one of its resources. */
export interface StackEventSeen {
  readonly id: string;
  readonly status: string;
  readonly reason?: string;
  /** Absent when the operation was begun without one, or when the service does not keep them. */
  readonly token?: string;
}

/** What the service shows of a stack and what ran on it. */
export interface StackSight {
  /** undefined: no such stack, or another one than that of the operation. */
  readonly status: string | undefined;
  readonly statusReason?: string;
  /** Newest first; at least down to the newest of the operation that is asked about. */
  readonly events: readonly StackEventSeen[];
  /** Whether the service keeps client request tokens with its events; not every implementation does. */
  readonly keepsTokens: boolean;
  /** Whether the stack was seen to move since the operation was accepted. What counts where no tokens are kept. */
  readonly hasMoved: boolean;
  /** Whether the service had time enough to show what it accepted: events and statuses may lag behind. */
  readonly isWaitOver: boolean;
}

/** How one operation stands. Every settled status comes to an end, at the latest when the wait is over. */
export type OperationEnd =
  | { readonly ended: 'not-yet'; readonly why: string }
  | StackEnd
  /** Somebody's later operation took the stack over before ours was done. */
  | { readonly ended: 'overtaken'; readonly undone: 'part' | 'nothing' }
  /** The stack exists, not busy, and a service that keeps tokens never showed ours. */
  | { readonly ended: 'unseen' }
  /** Cancelled by us. */
  | { readonly ended: 'cancelled'; readonly undone: 'all' | 'part' | 'nothing' };

/** @param token of the deployment */
export function applyEnd(sight: StackSight, token: string): OperationEnd {
  const { status, events } = sight;
  // a stack under review was made after ours was gone: nothing can be created where one is
  if (status === 'REVIEW_IN_PROGRESS') return { ended: 'gone' };
  const end = stackEnd(status);
  if (!end) return { ended: 'not-yet', why: `${status}` };
  if (end.ended === 'gone') return end;
  const tokens = [operationToken('apply', token), operationToken('cancel', token)];
  const mine = events.find((event) => event.token !== undefined && tokens.includes(event.token));
  const isStopped = mine?.token === operationToken('cancel', token);
  const stopped = (known: StackEnd): OperationEnd =>
    isStopped && known.ended === 'badly' ? { ended: 'cancelled', undone: known.undone } : known;
  if (sight.keepsTokens && !mine) return sight.isWaitOver ? { ended: 'unseen' } : unseenYet;
  if (mine && mine !== events[0]) {
    const own = stackEnd(mine.status);
    if (own) return stopped(own);
    return { ended: 'overtaken', undone: end.ended === 'badly' && end.undone !== 'nothing' ? 'part' : 'nothing' };
  }
  return isSettled(sight) ? stopped(end) : unseenYet;
}

export type DeletionEnd =
  | { readonly ended: 'not-yet'; readonly why: string }
  | { readonly ended: 'gone' }
  /** Begun, and some resource could not be deleted. */
  | { readonly ended: 'failed' }
  /** The stack is as it was: the service did not begin. `reason` in its own words. */
  | { readonly ended: 'refused'; readonly reason?: string };

/** @param token of the deployment */
export function deletionEnd(sight: StackSight, token: string): DeletionEnd {
  const { status, statusReason, events } = sight;
  // a stack that only holds a change set moves no more than a settled one
  const end = status === 'REVIEW_IN_PROGRESS' ? 'settled' : stackEnd(status);
  if (!end) return { ended: 'not-yet', why: `${status}` };
  if (end !== 'settled' && end.ended === 'gone') return { ended: 'gone' };
  const [newest] = events;
  const mine = events.find((event) => event.token === operationToken('delete', token));
  // the service gives a stack whose deletion it will not begin its former status back, and says why with that
  const cancelled = mine ?? (isNewer(sight) && /^Delete cancell?ed/i.test(newest?.reason ?? '') ? newest : undefined);
  if (cancelled && !cancelled.status.startsWith('DELETE_')) {
    return { ended: 'refused', reason: cancelled.reason ?? statusReason };
  }
  if (mine && mine !== newest) {
    return mine.status === 'DELETE_FAILED' ? { ended: 'failed' } : { ended: 'refused', reason: newest?.reason };
  }
  if ((sight.keepsTokens && !mine && !sight.isWaitOver) || !isSettled(sight)) {
    return { ended: 'not-yet', why: `The deletion has not begun; the stack is ${status}.` };
  }
  return status === 'DELETE_FAILED' ? { ended: 'failed' } : { ended: 'refused', reason: statusReason };
}

const unseenYet: OperationEnd = {
  ended: 'not-yet',
  why: 'CloudFormation has accepted the operation but does not show it yet.',
};

/** Whether the status is that of the newest operation, and that operation not an older one than ours. */
function isSettled(sight: StackSight): boolean {
  const [newest] = sight.events;
  const isInStep = newest === undefined || newest.status === sight.status;
  return sight.isWaitOver || (isInStep && (sight.keepsTokens || isNewer(sight)));
}

/** Without tokens: whether what is seen came after the service accepted our operation. */
function isNewer({ keepsTokens, hasMoved }: StackSight): boolean {
  return !keepsTokens && hasMoved;
}
