import { forgottenBefore } from '../state/lagging-read.ts';
import { isStackArn, type Stack } from '../state/stack.ts';
import type { Caller } from '../wire/caller.ts';
import type { CloudTools } from './action.ts';

/**
 * The caller's stack of this name or id, brought up to now; undefined when there is none. A deleted stack is found by its
 * id only.
 */
export async function findStack(
  { state, engine }: CloudTools,
  { accountId, region }: Caller,
  nameOrId: string,
): Promise<Stack | undefined> {
  const account = await state.account(accountId);
  const named = account.stackNamed(region, nameOrId);
  const id = isStackArn(nameOrId) ? nameOrId : named?.live ? named.id : undefined;
  const stack = id === undefined ? undefined : await state.stack(id);
  if (!stack || stack.accountId !== accountId || stack.region !== region) return undefined;
  if (stack.deletedAt && stack.deletedAt < forgottenBefore(state)) return undefined;
  engine.catchUp(stack);
  return stack;
}
