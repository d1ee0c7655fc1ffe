import type { RateLimit } from './rate-limits.ts';
import type { ClockSetting } from './simulated-clock.ts';

/** What the control door sets, beside faults. Plain data, kept in the database. */
export interface CloudSettings {
  readonly clock: ClockSetting;
  /** GetTemplate answers a question mark for every character beyond ASCII, as the real service long did. */
  readonly garblesTemplates: boolean;
  /** How far lists and descriptions lag behind, in seconds of the cloud's clock. */
  readonly readLagSeconds: number;
  readonly quotas: Quotas;
  readonly rateLimits: readonly RateLimit[];
  /**
   * Types of which a change replaces the resource where its schema says that it does so in some cases only, e.g.
   * `AWS::RDS::DBInstance`, or one property: `AWS::RDS::DBInstance/Engine`.
   */
  readonly conditionalReplacements: readonly string[];
}

export interface Quotas {
  /** Per account and region. Source: user guide, "Understand CloudFormation quotas". */
  readonly stacks: number;
}

export const usualSettings: CloudSettings = {
  clock: { scale: 0, aheadMs: 0 },
  garblesTemplates: false,
  readLagSeconds: 0,
  quotas: { stacks: 2_000 },
  rateLimits: [],
  conditionalReplacements: [],
};
