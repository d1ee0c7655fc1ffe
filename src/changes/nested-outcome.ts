import type { ChangeFinding, Evidence } from './finding.ts';
import {
  graverVerdict,
  gravestClass,
  type InstanceVerdict,
  instanceVerdicts,
  type ResourceImpact,
  type VersionClass,
} from './verdict.ts';

export const nestedStackType = 'AWS::CloudFormation::Stack';

/** What somebody who has looked into a nested stack says of it: the verdict of its own comparison. */
export interface NestedOutcome {
  readonly verdict: InstanceVerdict;
  /** By what it does; absent: by the verdict. */
  readonly versionClass?: VersionClass;
  /** Absent: it is known. */
  readonly certainty?: Evidence['certainty'];
}

interface Change {
  readonly impact: ResourceImpact;
  readonly findings: readonly ChangeFinding[];
}

/** A nested stack itself is never replaced: where its child is known, the child decides. */
export function nestedChange(outcome: NestedOutcome | undefined, change: Change): Change {
  if (!outcome || change.impact === 'none') return change;
  const { verdict } = outcome;
  const isInterruption = instanceVerdicts.indexOf(verdict) >= instanceVerdicts.indexOf('interruption');
  const impact = verdict === 'no-change' || !isInterruption ? 'update-in-place' : 'update-interrupt';
  const versionClass = outcome.versionClass ?? classOf(verdict);
  const findings = change.findings.map((finding): ChangeFinding => {
    if (finding.code !== 'R-NESTED') return finding;
    return {
      ...finding,
      versionClass,
      verdict: graverVerdict('in-place', verdict),
      message: `updates the nested stack ${finding.logicalId}: ${verdict}`,
      evidence: { source: 'rule', certainty: outcome.certainty ?? 'certain', note: 'follows what is in it' },
    };
  });
  return { impact, findings };
}

function classOf(verdict: InstanceVerdict): VersionClass {
  if (verdict === 'data-at-risk' || verdict === 'fails') return 'data-affecting';
  return verdict === 'replacement' ? 'breaking' : 'compatible';
}

/** The gravest of findings, as certain as the surest that is as grave. */
export function outcomeOf(findings: readonly ChangeFinding[]): Required<NestedOutcome> {
  const gravest = findings.map(({ verdict }) => verdict).reduce(graverVerdict, 'no-change');
  const deciding = findings.filter(({ verdict }) => verdict === gravest).map(({ evidence }) => evidence.certainty);
  const certainty = (['certain', 'likely', 'undecided'] as const).find((each) => deciding.includes(each)) ?? 'certain';
  return { verdict: gravest, versionClass: gravestClass(findings), certainty };
}
