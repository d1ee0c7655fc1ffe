import type { EvaluatedObject } from '../cloudformation/index.ts';

/** A template as other programs see it: plain data once it is written as JSON. */
export interface EvaluatedTemplate {
  readonly stackName: string;
  /** Logical path of a nested stack. Absent: it is the outermost. */
  readonly nested?: string;
  readonly accountId: string;
  readonly region: string;
  readonly resources: Readonly<Record<string, { readonly type: string; readonly properties: EvaluatedObject }>>;
}
