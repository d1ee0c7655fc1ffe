import type { Approver } from '../relations.ts';
import type { Requirement } from './requirement.ts';

/**
 * `base`: always in force. `model`: how a scope works; the nearest one rules alone. `restriction`: forbids only, and
 * holds for everything in its scope whatever is nearer.
 */
export const ruleSetPurposes = ['base', 'model', 'restriction'] as const;
export type RuleSetPurpose = (typeof ruleSetPurposes)[number];

/** A text in Cedar's language, read and checked. */
export interface RuleSet {
  /** Of a stored one with its version: `no-fridays@2`. */
  readonly name: string;
  readonly purpose: RuleSetPurpose;
  readonly text: string;
  /** Of the text. */
  readonly digest: string;
  readonly rules: readonly Rule[];
}

export interface Rule {
  /** Unique in its set. */
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** Of a forbid always there. */
  readonly message?: string;
  /** Of a forbid: what lifts it. Absent: nothing does. */
  readonly requirement?: Requirement;
  /** Who is to be told when it decides. */
  readonly informs: readonly Approver[];
  /** Verbs and groups of verbs that its head names. Absent: all. */
  readonly actions?: readonly string[];
  /** Where it begins in the text of its set, in characters. */
  readonly at: number;
  readonly text: string;
}
