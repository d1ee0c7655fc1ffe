import { type Principal, resourceFacts } from '../../organization/index.ts';
import { takenBack } from '../plans/taken-back.ts';
import { approvalIsGiven } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { mayBreakGlass } from './break-glass.ts';
import { emergencyInForce } from './emergency-store.ts';
import { mayAnswer } from './may-answer.ts';
import type { ApprovalCase } from './read-approval.ts';

export const openAnswerNames = ['approve', 'reject', 'withdraw', 'break-glass'] as const;
export type OpenAnswer = (typeof openAnswerNames)[number];

/**
 * What somebody may answer now to a deployment that waits: nothing, when he is not asked or it waits no more. Decided by
 * the rules as an answer would be, but no decision is kept: he has only looked.
 */
export async function openAnswers(
  tools: ApprovalTools,
  { deployment, request }: ApprovalCase,
  by: Principal,
): Promise<readonly OpenAnswer[]> {
  if (deployment.standing.state !== 'waiting' || request?.state !== 'wanted') return [];
  const now = tools.clock.now();
  return takenBack(tools.db, async (db) => {
    const waiting = { deployment, request };
    const isGiven = await approvalIsGiven(db, deployment.id, request.plan.id, by.id);
    const may = async (approves: boolean) => (await mayAnswer({ ...tools, db }, waiting, by, approves)).ok;
    const isEmergency = async () => {
      const { unitPath } = await resourceFacts(db, deployment.target.arn, deployment.target.kind);
      return (await emergencyInForce(db, unitPath, now)) !== undefined;
    };
    const open: Readonly<Record<OpenAnswer, boolean>> = {
      approve: !isGiven && (await may(true)),
      reject: await may(false),
      withdraw: isGiven,
      'break-glass': (await mayBreakGlass(db, by, now)) && (await isEmergency()),
    };
    return openAnswerNames.filter((name) => open[name]);
  });
}
