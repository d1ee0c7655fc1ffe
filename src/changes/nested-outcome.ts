import type { ChangeFinding } from './finding.ts';
import { graverVerdict, type InstanceVerdict, instanceVerdicts, type ResourceImpact } from './verdict.ts';

/** What somebody who has looked into a nested stack says of it: the verdict of its own comparison. */
export interface NestedOutcome {
  readonly verdict: InstanceVerdict;
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
  const versionClass =
    verdict === 'data-at-risk' || verdict === 'fails'
      ? 'data-affecting'
      : verdict === 'replacement'
        ? 'breaking'
        : 'compatible';
  const findings = change.findings.map((finding): ChangeFinding => {
    if (finding.code !== 'R-NESTED') return finding;
    return {
      ...finding,
      versionClass,
      verdict: graverVerdict('in-place', verdict),
      message: `updates the nested stack ${finding.logicalId}: ${verdict}`,
    };
  });
  return { impact, findings };
}
