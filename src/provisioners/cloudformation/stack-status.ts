/**
 * What a stack's status means for the next operation. Every status of the service has a row; a status that is not in
 * the table is treated as busy, so that we wait rather than act on what we do not understand.
 * Source: AWS CloudFormation user guide, "Stack status codes".
 */
export type StackPhase =
  /** No such stack, or only its tombstone. */
  | 'absent'
  /** A normal starting point for an update, rolled back ones included (public roadmap issue 46). */
  | 'settled'
  /** Something runs; wait. */
  | 'busy'
  /** A first create that failed, or a stack that only holds a change set: accepts no update, must be deleted first. */
  | 'never-lived'
  /** An update whose rollback failed: the rollback must be continued first. */
  | 'rollback-stuck'
  /** An import of somebody's whose rollback failed: no call goes on from there. */
  | 'import-stuck'
  /** An update that failed with rollback switched off by somebody: it must be rolled back first. */
  | 'update-stuck'
  /** A deletion that failed: only deleting goes on. */
  | 'delete-stuck';

const phases = {
  CREATE_COMPLETE: 'settled',
  CREATE_FAILED: 'never-lived',
  CREATE_IN_PROGRESS: 'busy',
  DELETE_COMPLETE: 'absent',
  DELETE_FAILED: 'delete-stuck',
  DELETE_IN_PROGRESS: 'busy',
  IMPORT_COMPLETE: 'settled',
  IMPORT_IN_PROGRESS: 'busy',
  IMPORT_ROLLBACK_COMPLETE: 'settled',
  IMPORT_ROLLBACK_FAILED: 'import-stuck',
  IMPORT_ROLLBACK_IN_PROGRESS: 'busy',
  REVIEW_IN_PROGRESS: 'never-lived',
  ROLLBACK_COMPLETE: 'never-lived',
  ROLLBACK_FAILED: 'never-lived',
  ROLLBACK_IN_PROGRESS: 'busy',
  UPDATE_COMPLETE: 'settled',
  UPDATE_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  UPDATE_FAILED: 'update-stuck',
  UPDATE_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_COMPLETE: 'settled',
  UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS: 'busy',
  UPDATE_ROLLBACK_FAILED: 'rollback-stuck',
  UPDATE_ROLLBACK_IN_PROGRESS: 'busy',
} as const satisfies Record<string, StackPhase>;

export const stackStatuses = Object.keys(phases) as readonly (keyof typeof phases)[];

export function stackPhase(status: string | undefined): StackPhase {
  if (status === undefined) return 'absent';
  return status in phases ? phases[status as keyof typeof phases] : 'busy';
}

/** How an operation that has ended went, read from the status of its stack alone. */
export type StackEnd = { ended: 'well' } | { ended: 'badly'; undone: 'all' | 'part' | 'nothing' } | { ended: 'gone' };

/** undefined while the stack is busy. */
export function stackEnd(status: string | undefined): StackEnd | undefined {
  switch (status) {
    case undefined:
    case 'DELETE_COMPLETE':
      return { ended: 'gone' };
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
      return { ended: 'well' };
    case 'ROLLBACK_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
      return { ended: 'badly', undone: 'all' };
    case 'CREATE_FAILED':
    case 'UPDATE_FAILED':
      return { ended: 'badly', undone: 'nothing' };
    case 'ROLLBACK_FAILED':
    case 'UPDATE_ROLLBACK_FAILED':
    case 'IMPORT_ROLLBACK_FAILED':
    case 'DELETE_FAILED':
      return { ended: 'badly', undone: 'part' };
    default:
      return undefined;
  }
}

/** What `start` does next. Each step is one call; the caller comes back until the operation has begun. */
export type StartStep =
  | 'create'
  | 'update'
  /** Our own operation is what ran last. */
  | 'begun-already'
  | 'wait'
  | 'delete-dead-stack'
  | 'continue-rollback'
  | 'roll-back'
  | 'import-stuck'
  /** The way out was tried with this token and failed. */
  | 'stuck';

export const operationPurposes = ['apply', 'delete', 'clear', 'recover', 'cancel'] as const;

/** Tokens of the operations that one apply may need. The service keeps them on every event of the operation. */
export function operationToken(purpose: (typeof operationPurposes)[number], token: string): string {
  return `${purpose}-${token}`;
}

/**
 * @param lastToken the client request token of the stack's newest event; undefined when there is none
 */
export function startStep(status: string | undefined, lastToken: string | undefined, token: string): StartStep {
  if (lastToken === operationToken('apply', token)) return 'begun-already';
  const triedBefore = lastToken === operationToken('clear', token) || lastToken === operationToken('recover', token);
  switch (stackPhase(status)) {
    case 'absent':
      return 'create';
    case 'settled':
      return 'update';
    case 'busy':
      return 'wait';
    case 'never-lived':
    case 'delete-stuck':
      return triedBefore ? 'stuck' : 'delete-dead-stack';
    case 'rollback-stuck':
      return triedBefore ? 'stuck' : 'continue-rollback';
    case 'import-stuck':
      return 'import-stuck';
    case 'update-stuck':
      return triedBefore ? 'stuck' : 'roll-back';
  }
}

export type RemoveStep = 'gone' | 'delete' | 'begun-already' | 'wait';

/** A stack may be deleted from every state but while an update or another deletion runs. */
export function removeStep(status: string | undefined, lastToken: string | undefined, token: string): RemoveStep {
  if (stackPhase(status) === 'absent') return 'gone';
  if (status === 'DELETE_IN_PROGRESS') return 'begun-already';
  if (status === 'DELETE_FAILED' && lastToken === operationToken('delete', token)) return 'begun-already';
  if (stackPhase(status) === 'busy' && status !== 'CREATE_IN_PROGRESS') return 'wait';
  return 'delete';
}
