import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import { holdsStill, joinReports, type RailReport, reportUpsert } from '../../guard-rails/index.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentFind } from '../deployment-store.ts';
import type { DeploymentTools } from '../deployment-tools.ts';
import type { Plan } from '../plans/plan.ts';
import { planUpsert } from '../plans/plan-store.ts';
import { deployedFind } from '../renderings/deployed-store.ts';
import {
  checkReport,
  type InspectTools,
  inspectPlanned,
  inspectRemoval,
  inspectRendering,
  railsOf,
} from '../renderings/inspect-deployment.ts';
import { renderingFind } from '../renderings/rendering-store.ts';
import { targetLock } from '../target-store.ts';
import type { ApprovalRequest } from './approval.ts';
import { approvalRequestLooked } from './approval-store.ts';
import { findWaiting } from './find-waiting.ts';
import { endWaiting } from './resume-deployment.ts';

export type RailReviewTools = DeploymentTools & InspectTools & { readonly db: Db; readonly clock: Clock };

/**
 * Holds a plan that waits against the guard rails of now, where they are others than when it was made: what they block is
 * over, so that nobody is asked in vain. Of what passes, approvals stand. Looks outside of the transaction: other programs
 * may look, too.
 * @param revision of all rails: what it was looked at by is written down
 */
export async function reviewGuardRails(
  tools: RailReviewTools,
  { deploymentId: id, plan, targetArn }: ApprovalRequest,
  revision: string,
): Promise<void> {
  const { db, clock } = tools;
  const deployment = await deploymentFind(db, id);
  if (!deployment) return;
  const inspection = deployment.operation === 'delete' ? 'deletion' : 'change';
  const found = await inspectAgain(tools, deployment, plan, inspection);
  await db.transaction().execute(async (tx) => {
    await targetLock(tx, targetArn);
    const waiting = await findWaiting(tx, id, plan.id);
    if (!waiting.ok) return;
    const checked = found && checkReport(found, inspection);
    if (found) await reportUpsert(tx, id, found);
    if (checked?.ok === false) {
      const message = `While it waited for approval, guard rails became others. ${checked.refusal.message}`;
      await endWaiting(tools, tx, waiting.value.deployment, 'denied', { ...checked.refusal, message });
      return;
    }
    const known = found && { ...plan, guardRails: found };
    if (known) await planUpsert(tx, id, known, clock.now());
    await approvalRequestLooked(tx, id, revision, known);
  });
}

/** undefined: nothing else would be found. */
async function inspectAgain(
  tools: RailReviewTools,
  { id, target, initialState, targetState }: Deployment,
  plan: Plan,
  inspection: 'change' | 'deletion',
): Promise<RailReport | undefined> {
  const { db, clock } = tools;
  const now = clock.now();
  const state = inspection === 'deletion' ? initialState : targetState;
  const rails = await railsOf(tools, db, { target, inspection, state, placements: plan.placements }, now);
  if (plan.guardRails && holdsStill(plan.guardRails, rails)) return undefined;
  if (inspection === 'deletion') return inspectRemoval(rails, await deployedFind(db, target.arn), plan, now);
  const rendering = await renderingFind(db, id);
  if (!rendering) return undefined; // it is rendered and looked at afresh before it is applied
  const ofTemplate = await inspectRendering(tools, rails, rendering, now);
  return joinReports(ofTemplate, inspectPlanned(rails, rendering, plan.targets));
}
