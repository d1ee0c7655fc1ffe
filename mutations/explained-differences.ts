import type { CaseDifference } from './deploy-cases.ts';

/** Differences, among our own cases, between what is said and what the simulated cloud does, that are right as they are. */
export const explainedDifferences: readonly (CaseDifference & { readonly why: string })[] = [
  {
    case: 'pool-image-parameter-path',
    of: 'the stack',
    said: 'fails',
    happened: 'it was updated',
    why: 'the new machine may come up in another zone, which its disk cannot follow; in the simulated cloud it never does',
  },
];
