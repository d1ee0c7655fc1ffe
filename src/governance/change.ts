/** How far a change reaches, mildest first. `none`: the act changes nothing that is deployed. */
export const governedClasses = ['none', 'compatible', 'breaking', 'data-affecting'] as const;
export type GovernedClass = (typeof governedClasses)[number];

/** What rules may know of a plan. */
export interface ChangeFacts {
  readonly changeClass: GovernedClass;
  /** Words of `changes/`, e.g. `exposure-widening`. */
  readonly flags: readonly string[];
  readonly plan: PlanCounts;
}

/** Numbers of resources, over all targets; `targets` counts accounts and regions. */
export interface PlanCounts {
  readonly replaced: number;
  readonly removed: number;
  /** Of all that are touched, those that hold data. */
  readonly statefulTouched: number;
  readonly targets: number;
}

export const noChange: ChangeFacts = {
  changeClass: 'none',
  flags: [],
  plan: { replaced: 0, removed: 0, statefulTouched: 0, targets: 0 },
};
