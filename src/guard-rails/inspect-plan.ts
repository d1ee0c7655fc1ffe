import type { StackAnalysis } from '../changes/index.ts';
import type { SourcePosition } from '../errors/index.ts';
import type { PlanRail } from './guard-rail.ts';
import { findingOf, reportOf } from './inspect-template.ts';
import type { RailsInForce } from './rails-in-force.ts';
import type { RailReport } from './report.ts';

/** What a change does in each account and region. */
export interface PlannedChange {
  readonly targets: readonly {
    readonly accountId: string;
    readonly region: string;
    readonly analysis: StackAnalysis;
  }[];
  /** Where a resource comes from. */
  readonly sourceOf: (
    logicalId: string,
  ) => { readonly position: SourcePosition; readonly inputs: readonly string[] } | undefined;
  readonly hide: (text: string) => string;
}

/** Holds a plan against the rails that look at plans. */
export function inspectPlan(inForce: RailsInForce, { targets, sourceOf, hide }: PlannedChange): RailReport {
  const looking = inForce.rails.filter(({ rail }) => rail?.looksAt === 'plan');
  const findings = targets.flatMap(({ accountId, region, analysis }) => {
    const change = analysis.known
      ? { accountId, region, resources: analysis.resources }
      : { accountId, region, resources: [], unknown: analysis.why };
    return looking.flatMap((each) =>
      (each.rail as PlanRail).check(change, each.setting.parameters).map((problem) => {
        const source = problem.logicalId === undefined ? undefined : sourceOf(problem.logicalId);
        return findingOf(each, problem, { ...(source ?? { inputs: [] }), hide });
      }),
    );
  });
  return reportOf(inForce, looking, findings);
}
