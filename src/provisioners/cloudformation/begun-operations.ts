import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Clock } from '../../clock/index.ts';
import { operationPurposes, operationToken } from './stack-status.ts';

/** A stack as it was before an operation: what comes later differs from it in one of these. */
export interface StackMark {
  readonly stackId?: string;
  readonly changedAt?: number;
  readonly newestEventId?: string;
}

export function stackMark(stack: Stack | undefined, newestEventId: string | undefined): StackMark {
  const changedAt = (stack?.DeletionTime ?? stack?.LastUpdatedTime ?? stack?.CreationTime)?.getTime();
  return { stackId: stack?.StackId, changedAt, newestEventId };
}

function isSame(one: StackMark, other: StackMark): boolean {
  return (
    one.stackId === other.stackId && one.changedAt === other.changedAt && one.newestEventId === other.newestEventId
  );
}

/** How long an operation that was accepted may stay invisible: events and statuses are eventually consistent. */
const invisibleMsMax = 5 * 60 * 1000;

/** What is remembered of a deployment after its end, for a last look. */
interface Work {
  readonly stackId?: string;
  readonly hasMoved: boolean;
}

const workMax = 1_000;

interface Begun {
  before?: StackMark;
  hasMoved: boolean;
  invisibleSince?: number;
}

/**
 * What this process remembers of the operations that it looks after. After a crash all of it is gone and nothing but
 * patience replaces it, so it may only ever bring an end sooner.
 */
export class BegunOperations {
  readonly #clock: Clock;
  readonly #begun = new Map<string, Begun>();
  readonly #work = new Map<string, Work>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param before the stack as it was when the operation was asked for, which the service then accepted */
  accepted(operation: string, before: StackMark): void {
    this.#of(operation).before = before;
  }

  isAccepted(operation: string): boolean {
    return this.#begun.get(operation)?.before !== undefined;
  }

  /** The newest event of the stack when the operation was asked for. */
  newestEventBefore(operation: string): string | undefined {
    return this.#begun.get(operation)?.before?.newestEventId;
  }

  /** Which stack a deployment works on: by its name it is not found any more once it is deleted. */
  worksOn(token: string, stackId: string | undefined): void {
    this.#remember(token, { stackId, hasMoved: this.hasWorked(token) });
  }

  stackIdOf(token: string): string | undefined {
    return this.#work.get(token)?.stackId;
  }

  /** Whether a stack was seen to move for a deployment, be it over or not. */
  hasWorked(token: string): boolean {
    const hasMoved = operationPurposes.some((purpose) => this.#begun.get(operationToken(purpose, token))?.hasMoved);
    return hasMoved || (this.#work.get(token)?.hasMoved ?? false);
  }

  /**
   * The token of what ran last for a deployment, on a service that keeps no tokens: a way out of a dead state that
   * was tried with this token and after which the stack has moved, or the change itself.
   */
  lastWithoutTokens(token: string, now: StackMark): string | undefined {
    if (this.#work.get(token)?.hasMoved) return operationToken('apply', token);
    const tried = (['apply', 'clear', 'recover'] as const).map((purpose) => operationToken(purpose, token));
    return tried.find((each) => this.#begun.get(each)?.before && this.hasMoved(each, now));
  }

  /** The stack is at work after the operation was accepted: on it, or on a later one. */
  sawBusy(operation: string): void {
    const begun = this.#of(operation);
    begun.hasMoved = true;
    begun.invisibleSince = undefined;
  }

  hasMoved(operation: string, now: StackMark): boolean {
    const begun = this.#of(operation);
    if (begun.before && !isSame(begun.before, now)) begun.hasMoved = true;
    return begun.hasMoved;
  }

  /** Whether the operation has been looked for, in vain, for longer than the service may lag behind. */
  isWaitOver(operation: string): boolean {
    const begun = this.#of(operation);
    const now = this.#clock.now().getTime();
    begun.invisibleSince ??= now;
    return now - begun.invisibleSince > invisibleMsMax;
  }

  /** Everything of a deployment that is over, but where it worked. */
  forget(token: string): void {
    this.#remember(token, { stackId: this.stackIdOf(token), hasMoved: this.hasWorked(token) });
    for (const purpose of operationPurposes) this.#begun.delete(operationToken(purpose, token));
  }

  #remember(token: string, work: Work): void {
    this.#work.delete(token);
    this.#work.set(token, work);
    const [oldest] = this.#work.keys();
    if (this.#work.size > workMax && oldest !== undefined) this.#work.delete(oldest);
  }

  #of(key: string): Begun {
    const known = this.#begun.get(key);
    if (known) return known;
    const begun: Begun = { hasMoved: false };
    this.#begun.set(key, begun);
    return begun;
  }
}
