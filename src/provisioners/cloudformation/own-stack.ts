import type { Stack } from '@aws-sdk/client-cloudformation';
import type { Refusal } from '../../errors/index.ts';

/** On every stack that we created: how we know our own. A stack without it is never touched. */
export const ownStackTag = 'deuteron:stack';

export function isOwnStack(stack: Stack, stackName: string): boolean {
  return stack.Tags?.some(({ Key, Value }) => Key === ownStackTag && Value === stackName) ?? false;
}

export function foreignStack(stack: Stack, stackName: string): Refusal<'stack-not-ours'> {
  return {
    kind: 'conflict',
    code: 'stack-not-ours',
    message: `A stack named ${stackName} exists (${stack.StackId}) that was not made by this installation.`,
    remedy: 'It is not touched. Its owner may delete or rename it; then deploy again.',
  };
}
