import type { AccountIndex } from '../state/account-index.ts';
import type { Stack, StackDefinition } from '../state/stack.ts';

export type NewStackIdentity = Pick<Stack, 'id' | 'accountId' | 'region' | 'name' | 'ordinal'>;

export function newStack(identity: NewStackIdentity, definition: StackDefinition, createdAt: Date): Stack {
  return {
    ...identity,
    createdAt,
    status: 'CREATE_IN_PROGRESS',
    definition,
    outputs: [],
    imports: [],
    disableRollback: false,
    terminationProtection: false,
    retainExceptOnCreate: false,
    resources: new Map(),
    generations: new Map(),
    requests: [],
    eventCount: 0,
    resourceCount: 0,
  };
}

/** The stack has its name from now on. */
export function putStackIn(account: AccountIndex, { id, region, name, ordinal }: Stack): void {
  account.nameStack(region, name, { id, ordinal, live: true });
}
