import type { Blocker, ChangeFlag, FindingJson, InstanceVerdict, ResourceChange } from '../../changes/index.ts';
import type { TemplateKind } from '../../templates/index.ts';
import type { FleetThingRow } from './fleet-thing-store.ts';
import type { PreviewSummary } from './preview-summary.ts';

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
