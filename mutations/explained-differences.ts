import type { CaseDifference } from './deploy-cases.ts';

/** Differences, among our own cases, between what is said and what the simulated cloud does, that are right as they are. */
export const explainedDifferences: readonly (CaseDifference & { readonly why: string })[] = [
  {
    case: 'mix-host-restarted-has-another-address',
    of: 'HostName',
    said: 'update-in-place',
    happened: 'none',
    why: 'a machine that was stopped gets another public address; in the simulated cloud it keeps the one it had',
  },
  {
    case: 'mix-stream-view',
    of: 'Feed',
    said: 'replace',
    happened: 'none',
    why: 'a stream that is made anew has another ARN; in the simulated cloud it keeps the one it had',
  },
  {
    case: 'pool-image-parameter-path',
    of: 'the stack',
    said: 'fails',
    happened: 'it was updated',
    why: 'the new machine may come up in another zone, which its disk cannot follow; in the simulated cloud it never does',
  },
];
