import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type Inspector, joinReports, type RailsInForce } from '../../guard-rails/index.ts';
import type { Preview } from '../../provisioners/index.ts';
import type { Deployment } from '../deployment.ts';
import type { Asking, DeploymentTools } from '../deployment-tools.ts';
import type { Deployed } from '../renderings/deployed.ts';
import { deployedFind } from '../renderings/deployed-store.ts';
import { checkGuardRails, type GuardRail } from '../renderings/guard-rail.ts';
import { checkReport, inspectPlanned, inspectRendering, railsOf } from '../renderings/inspect-deployment.ts';
import { renderMaterial } from '../renderings/render-target.ts';
import { applyRequest } from '../renderings/rendering.ts';
import { methodNotAvailable, type PlanningTools, provisionerOf } from '../running/deploy-tools.ts';
import { type TargetLocation, type TargetMaterial, targetOf, targetStateOf } from '../target.ts';
import type { Decide } from '../verdicts/verdict.ts';
import { lookAhead } from './look-ahead.ts';
import { type Looked, makePlan, type Plan } from './plan.ts';
import { placementsToDelete, planDeletion } from './plan-deletion.ts';
import type { WhenPreviewed } from './preview-judgement.ts';
import { takenBack } from './taken-back.ts';

export interface PlanRequestTools extends DeploymentTools, PlanningTools {
  readonly guardRails: readonly GuardRail[];
  readonly inspector: Inspector;
  /** When deployments here ask the provider. Absent: when needed. */
  readonly previews?: WhenPreviewed;
  readonly decide: Decide;
}

/** Asks for deployments, of this database and with this asking. It must not make transactions of its own in another. */
export type RequestToPlan = (db: Db, asking: Asking) => Promise<Result<unknown>>;

type Prepared = { readonly deployment: Deployment; readonly deployed: Deployed; readonly rails: RailsInForce } & (
  | { readonly material: TargetMaterial }
  | { readonly location: TargetLocation }
);

/**
 * The plans of what a request would deploy, by the checks and the way of the request itself: it is carried out in a
 * transaction that is always taken back. Nothing is deployed, and nothing stays behind.
 * @returns one plan for each deployment that would be asked for
 * @refuses as the request does, as its rendering does, what guard rails block, and nothing-to-plan
 */
export async function planRequest(
  tools: PlanRequestTools,
  request: RequestToPlan,
  previews: WhenPreviewed | 'never',
): Promise<Result<readonly Plan[]>> {
  const prepared = await prepare(tools, request);
  if (!prepared.ok) return prepared;
  if (prepared.value.length === 0) return nothingToPlan();
  const plans: Plan[] = [];
  for (const each of prepared.value) {
    const plan = await planOf(tools, each, previews);
    if (!plan.ok) return plan;
    plans.push(plan.value);
  }
  return accept(plans);
}

/** All that a plan needs of the database, as it would stand when the deployments begin. */
async function prepare(tools: PlanRequestTools, request: RequestToPlan): Promise<Result<readonly Prepared[]>> {
  return takenBack<Result<readonly Prepared[]>>(tools.db, async (tx) => {
    const asked: Deployment[] = [];
    const told: Asking['told'] = (deployment, own) => void (own || asked.push(deployment));
    const done = await request(tx, { told });
    return done.ok ? prepareAll(tools, tx, asked) : done;
  });
}

async function prepareAll(
  tools: PlanRequestTools,
  tx: Db,
  asked: readonly Deployment[],
): Promise<Result<readonly Prepared[]>> {
  const prepared: Prepared[] = [];
  for (const deployment of asked) {
    const { target, operation } = deployment;
    const deployed = withTurn(await deployedFind(tx, target.arn), deployment);
    const noun = targetOf(tools.targets, target.kind);
    const now = tools.clock.now();
    if (operation === 'delete') {
      // of what is gone with the request itself, nothing lies anywhere
      const isGone = deployment.standing.state === 'succeeded';
      const location = isGone ? accept({ placements: [], stackName: '' }) : await noun.locate(tx, target);
      if (!location.ok) return location;
      const placements = placementsToDelete(deployed, location.value);
      const inspected = { target, inspection: 'deletion', state: deployment.initialState, placements } as const;
      const rails = await railsOf(tools, tx, inspected, now);
      prepared.push({ deployment, deployed, location: location.value, rails });
      continue;
    }
    const material = await noun.load(tx, target, targetStateOf(deployment));
    if (!material.ok) return material;
    const { placements } = material.value;
    const inspected = { target, inspection: 'change', state: targetStateOf(deployment), placements } as const;
    const rails = await railsOf(tools, tx, inspected, now);
    prepared.push({ deployment, deployed, material: material.value, rails });
  }
  return accept(prepared);
}

function withTurn(deployed: Deployed, { standing }: Deployment): Deployed {
  if (standing.state !== 'queued') return deployed;
  const note = 'Another deployment runs and comes first: when it has changed something, this plan is stale.';
  return { ...deployed, notes: [...deployed.notes, note] };
}

async function planOf(
  tools: PlanRequestTools,
  prepared: Prepared,
  previews: WhenPreviewed | 'never',
): Promise<Result<Plan>> {
  const { deployment, deployed, rails } = prepared;
  const { id, operation, target } = deployment;
  const method = deployed.state === 'rendered' ? deployed.rendering.method : undefined;
  if ('location' in prepared) {
    const location = { ...prepared.location, method };
    const plan = await planDeletion(tools, target.arn, deployed, location, rails, tools.clock.now());
    const stopped = checkReport(plan.guardRails, 'deletion');
    return stopped.ok ? accept(plan) : stopped;
  }
  const { material } = prepared;
  if (!tools.provisioners[material.method]) return methodNotAvailable(material.method);
  const rendered = await renderMaterial(tools, material);
  if (!rendered.ok) return rendered;
  const rendering = rendered.value;
  const checked = await checkGuardRails(tools.guardRails, rendering);
  if (!checked.ok) return checked;
  const found = await inspectRendering(tools, rails, rendering, tools.clock.now());
  const stopped = checkReport(found);
  if (!stopped.ok) return stopped;
  const provisioner = provisionerOf(tools, rendering.method);
  const looked: Looked[] = [];
  for (const [position, placement] of rendering.placements.entries()) {
    const preview = async () => answered(await provisioner.preview(applyRequest(id, rendering, position, placement)));
    const { stackName } = rendering;
    const look = await lookAhead(tools, { deployed, rendering, placement, stackName, previews, preview });
    if (!look.ok) return look;
    looked.push(look.value);
  }
  const subject = { operation, targetArn: target.arn, deployed, targetState: targetStateOf(deployment) };
  const guardRails = joinReports(found, inspectPlanned(rails, rendering, looked));
  const allowed = checkReport(guardRails);
  return allowed.ok ? accept({ ...makePlan(subject, rendering, looked), guardRails }) : allowed;
}

/** A person waits: what cannot be reached now is told, and not waited for. */
function answered(preview: Result<Preview>): Result<Preview> {
  if (preview.ok || preview.refusal.kind !== 'unavailable') return preview;
  return accept({ kind: 'unknown', reason: preview.refusal.message, resources: [] });
}

function nothingToPlan(): Result<never, Refusal<'nothing-to-plan'>> {
  return refuse({
    kind: 'invalid',
    code: 'nothing-to-plan',
    message: 'The change would provision nothing, so there is nothing to plan.',
    remedy: 'Make the change without a plan: nothing in the cloud can be touched by it.',
  });
}
