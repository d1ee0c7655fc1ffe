import type { Blocker, ChangeFlag, FindingJson, InstanceVerdict, ResourceChange } from '../../changes/index.ts';
import type { TemplateKind } from '../../templates/index.ts';
import type { FleetThingRow } from './fleet-thing-store.ts';

/** A verdict, or why there is none. */
export type Outcome = InstanceVerdict | Exclude<Standing, 'judged'>;

/** Things of one outcome that have the same values of what is grouped by. */
export interface PreviewGroup {
  readonly outcome: Outcome;
  /** By the names that were asked for; '' where it has none. */
  readonly by: Readonly<Record<string, string>>;
  readonly count: number;
  /** Some of them, by name. */
  readonly examples: readonly string[];
}

/** What brings things to an outcome, told once for all of them. */
export interface PreviewReason {
  readonly outcome: Outcome;
  /** Of the finding, the refusal, or `unjudged`. */
  readonly code: string;
  /** As it is for the example. */
  readonly message: string;
  readonly remedy?: string;
  readonly count: number;
  readonly example: string;
}

export interface PreviewSummary {
  readonly total: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** How many have a flag. */
  readonly flags: Readonly<Record<string, number>>;
  /** Comparisons that were known already. */
  readonly known: number;
  /** Gravest outcome first. */
  readonly groups: readonly PreviewGroup[];
  /** Gravest outcome first, then the most frequent. */
  readonly reasons: readonly PreviewReason[];
  /** What to do, in order. */
  readonly advice: readonly string[];
}

/**
 * Where a thing stands. `already-there`: the version is what is deployed. `not-deployed`: no deployment of it has ever
 * succeeded, or its owner provisions it. `unjudged`: nobody could say.
 */
export const standings = ['judged', 'already-there', 'not-deployed', 'unjudged'] as const;
export type Standing = (typeof standings)[number];

/** What a preview says of one environment, instance or pipeline. Plain data, without secrets. */
export interface PreviewedThing {
  readonly arn: string;
  readonly part: FleetThingRow['part'];
  readonly environment?: string;
  readonly service?: string;
  readonly instance?: string;
  /** `major.minor`; absent: never. */
  readonly deployed?: string;
  /** The team that owns it; absent: nobody. */
  readonly owner?: string;
  readonly unit: string;
  /** Of its environment, or its own. */
  readonly environmentClass?: string;
  /** Its own, else its service's, else its environment's. */
  readonly tags: Readonly<Record<string, string>>;
  readonly standing: Standing;
  /** Why it has no verdict, where that is not plain. */
  readonly why?: string;
  /** The rest is there when it is judged. */
  readonly verdict?: InstanceVerdict;
  readonly flags?: readonly ChangeFlag[];
  readonly resources?: readonly ResourceChange[];
  readonly unchanged?: number;
  readonly findings?: readonly FindingJson[];
  readonly findingsLeftOut?: number;
  readonly upgradeSteps?: readonly string[];
  readonly blocker?: Blocker;
}

/** What a preview tells while it goes, in this order: begin, things and progress in any mixture, end. */
export type PreviewLine =
  | {
      readonly line: 'begin';
      readonly kind: TemplateKind;
      readonly template: string;
      readonly version: string;
      readonly of: number;
    }
  | ({ readonly line: 'thing' } & PreviewedThing)
  | { readonly line: 'progress'; readonly done: number; readonly of: number }
  | ({ readonly line: 'end' } & PreviewSummary);
