/** An error keeps something from going on; a warning may pass by itself. */
export type Severity = 'error' | 'warning';

/** What can be found. */
export const findingCodes = {
  'database-behind': 'error',
  'database-ahead': 'error',
  'migration-changed': 'error',
  'setting-invalid': 'error',
  'no-worker': 'error',
  'work-without-worker': 'error',
  'work-without-executor': 'error',
  'work-set-aside': 'error',
  'node-not-buried': 'warning',
  'node-silent': 'warning',
  'deployment-without-work': 'error',
  'deployment-not-taken-up': 'error',
  'deployment-overdue': 'error',
  'deployment-awaits-approval': 'warning',
  'registration-stuck': 'error',
  'service-stuck': 'error',
} as const satisfies Record<string, Severity>;

export type FindingCode = keyof typeof findingCodes;

export interface Finding {
  readonly finding: FindingCode;
  /** What it is about, e.g. an id. */
  readonly subject: string;
  /** What is the matter, and why that is so. */
  readonly message: string;
  /** What to do; commands stand in backticks. */
  readonly remedy: string;
}
