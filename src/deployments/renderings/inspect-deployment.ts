import { authoredPlace, placeInStack, renderedFile, stateOfStack } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import {
  blockedBy,
  type Inspection,
  type Inspector,
  inspectDeletion,
  inspectPlan,
  joinReports,
  type RailReport,
  type RailsInForce,
  type RenderedTemplate,
  reportFind,
  reportUpsert,
} from '../../guard-rails/index.ts';
import type { Placement } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { Looked, Plan } from '../plans/plan.ts';
import type { TargetRef, TargetState } from '../target-ref.ts';
import type { Deployed } from './deployed.ts';
import { type DeploymentRendering, renderedStack } from './rendering.ts';
import { withoutSecrets } from './secrets.ts';
import { sourceAtOrBefore } from './source-lines.ts';

/** What is inspected: a thing, as it shall be, or as it stands where it is deleted. */
interface Inspected {
  readonly target: TargetRef;
  readonly inspection: Inspection;
  /** Absent: nothing was deployed with success. */
  readonly state: TargetState | undefined;
  readonly placements: readonly Placement[];
}

export interface InspectTools {
  readonly inspector: Inspector;
}

/** The guard rails that a thing is held to, in the place where it lies in this transaction. */
export function railsOf(
  { inspector }: InspectTools,
  db: Db,
  { target, inspection, state, placements }: Inspected,
  now: Date,
): Promise<RailsInForce> {
  const { arn, kind } = target;
  const accountIds = [...new Set(placements.map(({ accountId }) => accountId))];
  return inspector.railsFor(db, { arn, kind, templateName: state?.templateName, accountIds, inspection }, now);
}

/** Holds what was rendered against guard rails. */
export async function inspectRendering(
  { inspector }: InspectTools,
  rails: RailsInForce,
  rendering: DeploymentRendering,
  now: Date,
): Promise<RailReport> {
  return inspector.inspect(rails, renderedTemplate(rendering), now);
}

/** Holds what was planned against guard rails. */
export function inspectPlanned(
  rails: RailsInForce,
  rendering: DeploymentRendering,
  looked: readonly Looked[],
): RailReport {
  const { sourceAt, hide } = renderedTemplate(rendering);
  const { placements, stackName } = rendering;
  const [{ accountId, region } = {}] = placements;
  const state = stateOfStack(renderedStack(rendering), renderedFile, { accountId, region, stackName });
  const sourceOf = (logicalPath: string) => {
    const place = state.ok ? placeInStack(state.value, logicalPath) : undefined;
    return place && authoredPlace(place, sourceAt);
  };
  const targets = looked.map(({ placement: { accountId, region }, analysis }) => ({ accountId, region, analysis }));
  return inspectPlan(rails, { targets, sourceOf, hide });
}

/** Holds a planned deletion against guard rails, by what is known to be deployed. */
export function inspectRemoval(
  rails: RailsInForce,
  deployed: Deployed,
  { targets }: Pick<Plan, 'targets'>,
  now: Date,
): RailReport {
  const rendering = deployed.state === 'rendered' ? deployed.rendering : undefined;
  const template = rendering?.method === 'cloudformation' ? renderedTemplate(rendering) : undefined;
  const planned = {
    targets: targets.map(({ placement: { accountId, region }, analysis }) => ({ accountId, region, analysis })),
    sourceOf: () => undefined,
    hide: template?.hide ?? ((text: string) => text),
  };
  return inspectDeletion(rails, planned, template && { ...template, sourceAt: () => undefined }, now);
}

/** @refuses guard-rail-blocked, with everything that was found */
export function checkReport(
  report: RailReport,
  inspection: Inspection = 'change',
): Result<object, Refusal<'guard-rail-blocked'>> {
  const refusal = blockedBy(report, inspection);
  return refusal ? { ok: false, refusal } : accept({});
}

/** Keeps what came of the plan beside what came of the template. @returns both */
export async function keepPlanReport(
  db: Db,
  id: DeploymentId,
  ofTemplate: RailReport | undefined,
  ofPlan: RailReport,
): Promise<RailReport> {
  const report = joinReports(ofTemplate, ofPlan);
  await reportUpsert(db, id, report);
  return report;
}

/** What came of the template alone, also where the plan was looked at already, before a crash. */
export async function templateReport(db: Db, id: DeploymentId, ofPlan: RailReport): Promise<RailReport | undefined> {
  const known = await reportFind(db, id);
  if (!known) return undefined;
  const planRails = new Set([...ofPlan.passed, ...ofPlan.findings.map(({ rail }) => rail)]);
  return {
    ...known,
    findings: known.findings.filter(({ rail }) => !planRails.has(rail)),
    passed: known.passed.filter((rail) => !planRails.has(rail)),
  };
}

function renderedTemplate(rendering: DeploymentRendering): RenderedTemplate {
  const { stackName, placements, tags, sourceLines } = rendering;
  const { secrets, ...stack } = renderedStack(rendering);
  return {
    ...stack,
    stackName,
    placements,
    tagKeys: Object.keys(tags),
    sourceAt: (line) => sourceAtOrBefore(sourceLines, line),
    hide: (text) => withoutSecrets(text, secrets),
  };
}
