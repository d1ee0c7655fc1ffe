import type { ComparedPart } from './bundle-version.ts';
import type { ResourceChange } from './compare-stacks.ts';

import type { ChangeFinding } from './finding.ts';
import type { Bump, ChangeFlag, InstanceVerdict, VersionClass } from './verdict.ts';

/** A finding as plain data, with what its code means. */
export interface FindingJson extends Omit<ChangeFinding, 'before' | 'after'> {
  readonly rule: string;
  /** Of something in a nested stack: lines of the outermost template that give it the parameters it is made of. */
  readonly parameterLines?: readonly number[];
  /** Dotted names of the inputs that are read where it stands. */
  readonly inputs?: readonly string[];
  readonly before?: unknown;
  readonly after?: unknown;
}

/** A comparison of two bundles as plain data: what is printed, stored and sent between threads. */
export interface ComparisonJson {
  readonly versionClass: VersionClass;
  readonly requiredBump: Bump;
  readonly parts: readonly PartJson[];
  readonly notes: readonly string[];
}

export interface PartJson {
  readonly part: ComparedPart;
  readonly versionClass: VersionClass;
  readonly requiredBump: Bump;
  readonly compared: number;
  readonly untried: readonly string[];
  readonly resources: readonly ResourceChange[];
  /** Gravest first. */
  readonly findings: readonly FindingJson[];
  readonly instance?: {
    readonly verdict: InstanceVerdict;
    readonly flags: readonly ChangeFlag[];
    readonly resources: readonly ResourceChange[];
    readonly findings: readonly FindingJson[];
  };
}

export type ShownFinding = Pick<ChangeFinding, 'code' | 'versionClass' | 'message' | 'evidence' | 'flags'>;

/** What is told of a comparison, whether it was made just now or is read from where it is kept. */
export interface ShownComparison {
  readonly versionClass: VersionClass;
  readonly requiredBump: Bump;
  readonly parts: readonly {
    readonly part: ComparedPart;
    readonly version: Pick<PartJson, 'versionClass' | 'compared' | 'untried'> & {
      readonly findings: readonly ShownFinding[];
    };
    readonly instance?: Omit<NonNullable<PartJson['instance']>, 'findings'> & {
      readonly findings: readonly ShownFinding[];
    };
  }[];
  readonly notes: readonly string[];
}

export function shownComparison({ parts, ...comparison }: ComparisonJson): ShownComparison {
  return { ...comparison, parts: parts.map(({ part, instance, ...version }) => ({ part, version, instance })) };
}

/** The finding that the class of a comparison comes from. Undefined where no finding is that grave. */
export function decidingFinding({
  versionClass,
  parts,
}: ComparisonJson): (FindingJson & { readonly part: ComparedPart }) | undefined {
  for (const { part, findings } of parts) {
    const finding = findings.find((each) => each.versionClass === versionClass);
    if (finding) return { ...finding, part };
  }
  return undefined;
}
