import type { StackAnalysis } from '../changes/index.ts';
import type { SourcePosition } from '../errors/index.ts';
import type { PlanRail } from './guard-rail.ts';
import {
  evaluateRendered,
  findingOf,
  inspectTemplate,
  pathTo,
  type RenderedTemplate,
  reportOf,
  stacksIn,
} from './inspect-template.ts';
import type { RailsInForce } from './rails-in-force.ts';
import { joinReports, type RailReport } from './report.ts';

/** What a change does in each account and region. */
export interface PlannedChange {
  readonly targets: readonly {
    readonly accountId: string;
    readonly region: string;
    readonly analysis: StackAnalysis;
    /** Logical ids of what leaves a snapshot of its content behind. */
    readonly snapshots?: ReadonlySet<string>;
  }[];
  /** Where a resource comes from. */
  readonly sourceOf: (
    logicalId: string,
  ) => { readonly position?: SourcePosition; readonly inputs: readonly string[] } | undefined;
  readonly hide: (text: string) => string;
}

/** Holds a plan against the rails that look at plans. */
export function inspectPlan(inForce: RailsInForce, { targets, sourceOf, hide }: PlannedChange): RailReport {
  const looking = inForce.rails.filter(({ rail }) => rail?.looksAt === 'plan');
  const findings = targets.flatMap(({ accountId, region, analysis, snapshots }) => {
    const change = analysis.known
      ? { accountId, region, resources: analysis.resources, ...(snapshots && { snapshots }) }
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

/**
 * Holds a deletion against the rails that look at deletions: what it removes, and what is deployed.
 * @param deployed absent: it is not known, and rails say that they cannot know
 */
export function inspectDeletion(
  inForce: RailsInForce,
  planned: PlannedChange,
  deployed: RenderedTemplate | undefined,
  now: Date,
): RailReport {
  const targets = planned.targets.map((target) =>
    deployed ? { ...target, snapshots: snapshotsOf(deployed, target) } : target,
  );
  const ofPlan = inspectPlan(inForce, { ...planned, targets });
  return deployed ? joinReports(inspectTemplate(inForce, deployed, now), ofPlan) : ofPlan;
}

function snapshotsOf(deployed: RenderedTemplate, place: RenderedTemplate['placements'][number]): ReadonlySet<string> {
  const state = evaluateRendered(deployed, place);
  if (!state.ok) return new Set();
  const all = [...stacksIn(state.value)].flatMap(({ path, state: { evaluated } }) =>
    [...evaluated.resources.values()].map((each) => ({ ...each, path: pathTo(path, each.logicalId) })),
  );
  return new Set(all.filter(({ deletionPolicy }) => deletionPolicy === 'Snapshot').map(({ path }) => path));
}
