import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { StepContext } from '../workflows/index.ts';
import type { DeployTools } from './deploy-tools.ts';
import type { DeploymentId } from './deployment.ts';
import { duration } from './deployment-limits.ts';
import { type Approval, type DeploymentAtWork, deploymentAtWork, deploymentMove } from './deployment-store.ts';
import { cancelledRefusal } from './ending.ts';
import type { Plan } from './plan.ts';
import { planGet } from './plan-store.ts';

export type VerdictRefusal = Refusal<'plan-rejected' | 'approval-late'>;

/** Goes on when the plan is allowed or was approved. @refuses a plan that is denied, rejected, or not answered in time */
export async function awaitVerdict(
  deployment: DeploymentAtWork,
  tools: DeployTools,
  context: StepContext,
): Promise<Result<object>> {
  const plan = await planGet(tools.db, deployment.id);
  const verdict = await tools.decide(plan, deployment);
  switch (verdict.verdict) {
    case 'allow':
      return accept({});
    case 'deny':
      return { ok: false, refusal: verdict.refusal };
    case 'needs-approval':
      return awaitApproval(deployment.id, plan, tools, context);
  }
}

async function awaitApproval(
  id: DeploymentId,
  plan: Plan,
  { db, clock, signals, limits, polling }: DeployTools,
  context: StepContext,
): Promise<Result<object>> {
  await deploymentMove(db, id, 'askApproval', clock.now(), { plan: plan.id });
  const watch = signals.watch([id]);
  try {
    for (;;) {
      const { standing, approval, modifiedAt } = await deploymentAtWork(db, id);
      if (standing.state === 'cancelling') return refuse(cancelledRefusal);
      if (approval?.plan === plan.id) return approval.answer === 'approved' ? accept({}) : rejected(approval);
      if (clock.now().getTime() - modifiedAt.getTime() >= limits.approvalMs) return late(plan, limits.approvalMs);
      await watch.wait(polling.msMax, context);
    }
  } finally {
    watch.close();
  }
}

function rejected({ plan, by, reason }: Approval): Result<never, VerdictRefusal> {
  return refuse({
    kind: 'forbidden',
    code: 'plan-rejected',
    message: `The plan ${plan} was rejected by ${by}${reason ? `: ${reason}` : '.'}`,
    remedy: 'Change what was objected to, then deploy again.',
  });
}

function late({ id }: Plan, limitMs: number): Result<never, VerdictRefusal> {
  return refuse({
    kind: 'conflict',
    code: 'approval-late',
    message: `Nobody answered the plan ${id} within ${duration(limitMs)}.`,
    remedy: 'Ask those who may approve it, then deploy again.',
  });
}
