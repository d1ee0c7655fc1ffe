import type { CloudState } from './cloud-state.ts';
import type { Stack } from './stack.ts';

/** How long a deleted stack can still be looked at. Source: API reference, ListStacks. */
const deletedDaysMax = 90;

/** Before this moment deleted stacks are forgotten. */
export function forgottenBefore(state: CloudState): Date {
  return new Date(state.now().getTime() - deletedDaysMax * 86_400_000);
}

/** Until when lists and descriptions know what has happened; undefined: until now. */
export function seenUntil(state: CloudState): Date | undefined {
  const { readLagSeconds } = state.settings;
  return readLagSeconds === 0 ? undefined : new Date(state.now().getTime() - readLagSeconds * 1000);
}

/** The stack as a read sees it that may lag behind; undefined: it does not know of it yet. */
export function asSeen(stack: Stack, state: CloudState): Stack | undefined {
  const until = seenUntil(state);
  if (!until || !stack.history) return stack;
  const seen = stack.history.findLast(({ at }) => at <= until);
  if (!seen) return until < stack.createdAt ? undefined : stack;
  return { ...stack, status: seen.status, statusReason: seen.reason };
}
