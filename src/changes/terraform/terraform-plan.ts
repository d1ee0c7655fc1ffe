import type { EvaluatedObject, EvaluatedValue } from '../../cloudformation/index.ts';

/** What a plan of Terraform or OpenTofu means to do, as `terraform show -json` tells it. */
export interface TerraformPlan {
  readonly resources: readonly PlannedResource[];
  /** Decided by the tool only after a first apply. */
  readonly deferred: readonly PlannedResource[];
  /** What was changed outside since the last apply. */
  readonly drift: readonly PlannedResource[];
  readonly outputs: readonly PlannedOutput[];
  /** Checks of the configuration that fail, with what they say. */
  readonly failedChecks: readonly FailedCheck[];
  /** False: a second plan is needed after this one. */
  readonly isComplete: boolean;
  /** The tool ended with an error while it planned. */
  readonly isErrored: boolean;
  /** Texts that are marked as sensitive: never shown. */
  readonly secrets: readonly string[];
}

/** In the order in which it is carried out: `replace-first-delete` leaves a gap, `replace-first-create` has both at once. */
export type PlannedAction =
  | 'none'
  | 'read'
  | 'create'
  | 'update'
  | 'delete'
  | 'forget'
  | 'replace-first-delete'
  | 'replace-first-create'
  | 'replace-and-forget';

export interface PlannedResource {
  readonly address: string;
  readonly previousAddress?: string;
  readonly type: string;
  readonly action: PlannedAction;
  /** A leftover of a former replacement. */
  readonly isDeposed: boolean;
  /** The id that is taken into the state. */
  readonly importedId?: string;
  /** Why, in the words of the tool. */
  readonly reason?: string;
  /** Absent values, empty lists and empty blocks are left out; sensitive and unknown ones are expressions. */
  readonly before?: EvaluatedObject;
  readonly after?: EvaluatedObject;
  /** Attributes that make a replacement of it. */
  readonly replacePaths: readonly (readonly (string | number)[])[];
}

export interface PlannedOutput {
  readonly name: string;
  readonly action: PlannedAction;
  readonly before?: EvaluatedValue;
  readonly after?: EvaluatedValue;
}

export interface FailedCheck {
  readonly address: string;
  readonly problems: readonly string[];
}
