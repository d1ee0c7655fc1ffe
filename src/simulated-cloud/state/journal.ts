/** One call that was accepted or refused, for proofs about what a client has asked for, and how often. */
export interface JournalEntry {
  readonly id: string;
  /** Counts the entries, from 1. */
  readonly position: number;
  readonly at: Date;
  readonly action: string;
  readonly accountId: string;
  readonly region: string;
  readonly stackName?: string;
  readonly token?: string;
  readonly accessKeyId: string;
  readonly roleArn?: string;
  /** The code of the error that answered it; absent when it was accepted. */
  readonly error?: string;
}

/** Calls that change nothing are kept in memory only, the newest so many. */
export const readEntriesMax = 10_000;

const readPattern = /^(Describe|List|Get|Validate)/;

export function changesNothing(action: string): boolean {
  return readPattern.test(action);
}
