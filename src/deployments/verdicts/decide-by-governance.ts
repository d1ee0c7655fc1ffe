import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import {
  type ApprovalFacts,
  type ChangeFacts,
  type DecisionRequest,
  type Verdict as GovernanceVerdict,
  type PrincipalFacts,
  type ResourceFacts,
  reachDecision,
  type Verb,
} from '../../governance/index.ts';
import { firstAdministratorFacts, placementsOwned, principalFacts, resourceFactsOf } from '../../organization/index.ts';
import { findCandidates } from '../approvals/find-candidates.ts';
import type { Deployment, Operation } from '../deployment.ts';
import { type Plan, type PlanSummary, planSummary } from '../plans/plan.ts';
import type { TargetKind } from '../target-ref.ts';
import { describeSeats } from './describe-seats.ts';
import type { Decide, Verdict } from './verdict.ts';

export interface GovernedTools {
  readonly clock: Clock;
  /** IANA name: where rules read weekday and hour. */
  readonly timeZone: string;
}

/** Decides about plans by the rules of governance. Every decision is kept. */
export function decideByGovernance(tools: GovernedTools): Decide {
  return async (db, plan, deployment, approvals) => {
    const request = await deploymentRequestOf(tools, db, plan, deployment, approvals);
    if (!request) return nobodyAsked;
    const {
      id,
      verdict,
      policies,
      request: decided,
    } = await reachDecision(db, request, (approvers) => findCandidates(db, approvers, request));
    const decision = { id, policies };
    switch (verdict.verdict) {
      case 'allow':
        return { verdict: 'allow', decision };
      case 'deny':
        return decided.candidates ? nobodyToAsk(verdict, decision) : denied(verdict.reasons, decision);
      case 'needs-approvals':
        return {
          verdict: 'needs-approvals',
          approvals: verdict.approvals,
          waitsFor: await describeSeats(db, verdict.approvals, request),
          decision,
        };
    }
  };
}

/**
 * All that a decision about a plan depends on; undefined: who asked is no principal any more. For whoever asked a former
 * version, which kept no names, the first administrator stands: what was accepted then is not stranded by later rules.
 */
export async function deploymentRequestOf(
  { clock, timeZone }: GovernedTools,
  db: Db,
  plan: Plan,
  deployment: Deployment,
  approvals: readonly ApprovalFacts[],
): Promise<DecisionRequest | undefined> {
  const at = clock.now();
  const { target, operation, requestedBy, expectedPlan } = deployment;
  const isUnnamed = requestedBy === undefined;
  const principal: PrincipalFacts | undefined = isUnnamed
    ? await firstAdministratorFacts(db, at)
    : await principalFacts(db, requestedBy, at);
  if (!principal) return undefined;
  const resource = await targetFacts(db, plan, deployment);
  const owned = await placementsOwned(db, { team: resource.ownerTeam, kind: target.kind, besides: target.arn });
  return {
    verb: verbs[target.kind][operation],
    principal,
    ...(isUnnamed && { isUnnamed }),
    resource,
    change: changeOf(planSummary(plan)),
    approvals,
    at,
    timeZone,
    // plans are applied through our own door; Proton's knows none
    via: expectedPlan === undefined ? 'proton' : 'native',
    owned,
  };
}

export async function targetFacts(db: Db, plan: Plan, deployment: Deployment): Promise<ResourceFacts> {
  const { target, targetState, initialState } = deployment;
  const template = (targetState ?? initialState)?.templateName;
  const isEnvironment = target.kind === 'environment';
  const runsIn = target.kind === 'service-instance' || target.kind === 'component';
  const homeArn = sibling(target.arn, `environment/${target.environmentName}`);
  const known = await resourceFactsOf(db, [
    target,
    ...(runsIn ? [{ arn: homeArn, kind: 'environment' } as const] : []),
  ]);
  const facts = known.get(target.arn);
  if (!facts) throw new Error(`nothing is known of where ${target.arn} is`);
  const home = runsIn ? known.get(homeArn) : undefined;
  return {
    ...facts,
    environmentOwnerTeam: home?.ownerTeam,
    environmentClass: facts.environmentClass ?? home?.environmentClass,
    accountIds: [...new Set(plan.placements.map(({ accountId }) => accountId))],
    templateArn:
      template === undefined
        ? undefined
        : sibling(target.arn, `${isEnvironment ? 'environment' : 'service'}-template/${template}`),
  };
}

/** Of the same installation. */
function sibling(arn: string, resource: string): string {
  return [...arn.split(':').slice(0, 5), resource].join(':');
}

const verbs = {
  environment: { create: 'environment:create', update: 'environment:update', delete: 'environment:delete' },
  'service-instance': { create: 'instance:create', update: 'instance:update', delete: 'instance:delete' },
  'service-pipeline': { create: 'pipeline:update', update: 'pipeline:update', delete: 'pipeline:delete' },
  component: { create: 'component:attach', update: 'component:update', delete: 'component:delete' },
} as const satisfies Record<TargetKind, Record<Operation, Verb>>;

/** What cannot be known before is taken for the gravest that it could be. */
export function changeOf({ changeClass, flags, resources, targets }: PlanSummary): ChangeFacts {
  const isUnknown = changeClass === 'unknown';
  return {
    changeClass: isUnknown ? 'data-affecting' : changeClass,
    flags,
    plan: {
      replaced: resources.replaced,
      removed: resources.removed,
      statefulTouched: isUnknown ? Math.max(1, resources.stateful) : resources.stateful,
      targets: targets.length,
    },
  };
}

function denied(reasons: readonly { readonly message: string }[], decision: NonNullable<Verdict['decision']>): Verdict {
  return {
    verdict: 'deny',
    decision,
    refusal: {
      kind: 'forbidden',
      code: 'not-permitted',
      message: reasons.map(({ message }) => message).join(' '),
      remedy: `deuteron why ${decision.id} shows the rules and facts that decided.`,
    },
  };
}

function nobodyToAsk(
  { reasons, model, modelScope = 'organization' }: Extract<GovernanceVerdict, { verdict: 'deny' }>,
  decision: NonNullable<Verdict['decision']>,
): Verdict {
  return {
    verdict: 'deny',
    decision,
    refusal: {
      kind: 'forbidden',
      code: 'nobody-to-approve',
      message: reasons.map(({ message }) => message).join(' '),
      remedy: `Let somebody join them, or own it: leads of teams and administrators say who does. Or have the rules changed: ${model} rules ${modelScope}. Then ask again. deuteron why ${decision.id} shows the rules and facts that decided.`,
    },
  };
}

const nobodyAsked: Verdict = {
  verdict: 'deny',
  refusal: {
    kind: 'forbidden',
    code: 'not-permitted',
    message: 'It is not known who asked for it, so nothing can permit it.',
    remedy: 'Ask for it again.',
  },
};
