import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { relationsOf } from '../../governance/index.ts';
import { newId } from '../../identifiers/index.ts';
import { type Principal, principalFacts } from '../../organization/index.ts';
import { deploymentFind } from '../deployment-store.ts';
import { deploymentMissing } from '../find-deployment.ts';
import { targetFacts } from '../verdicts/decide-by-governance.ts';
import { approvalRequestFind, questionAnswer, questionInsert } from './approval-store.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { findWaiting } from './find-waiting.ts';
import type { AnswerToPlan } from './give-approval.ts';
import { mayAnswer } from './may-answer.ts';

/** Somebody who is asked asks back; the deployment goes on waiting. @refuses as rejectPlan */
export async function askRequester(
  tools: ApprovalTools,
  by: Principal,
  { deploymentId, planId, question }: AnswerToPlan & { readonly question: string },
): Promise<Result<string>> {
  const waiting = await findWaiting(tools.db, deploymentId, planId);
  if (!waiting.ok) return waiting;
  const may = await mayAnswer(tools, waiting.value, by, false);
  if (!may.ok) return may;
  const { deployment, request } = waiting.value;
  const id = newId();
  return transact<string, Refusal>(tools.db, async (tx) => {
    const asked = { id, deploymentId: deployment.id, targetArn: request.targetArn, planId: request.plan.id, question };
    await questionInsert(tx, { ...asked, askedBy: by.name, askedAt: tools.clock.now() });
    return accept(id);
  });
}

/**
 * Who asked for the deployment, or anybody else of those who own its target, answers.
 * @refuses deployment-missing, question-missing, question-not-yours
 */
export async function answerQuestion(
  tools: ApprovalTools,
  by: Principal,
  { deploymentId, questionId, answer }: { deploymentId: string; questionId: string; answer: string },
): Promise<Result<void>> {
  const { db, clock } = tools;
  const deployment = await deploymentFind(db, deploymentId);
  if (!deployment) return deploymentMissing(deploymentId);
  const request = await approvalRequestFind(db, deploymentId);
  if (!request) return questionMissing(questionId);
  const facts = await principalFacts(db, by.id, clock.now());
  const resource = await targetFacts(db, request.plan, deployment);
  const isOwner = facts !== undefined && relationsOf(facts, resource).includes('owner');
  if (by.id !== deployment.requestedBy && !isOwner) return questionNotYours();
  return transact<void, Refusal>(db, async (tx) => {
    const answered = { id: questionId, deploymentId: deployment.id, answer, by: by.name, at: clock.now() };
    return (await questionAnswer(tx, answered)) ? accept(undefined) : questionMissing(questionId);
  });
}

function questionMissing(id: string): Result<never, Refusal<'question-missing'>> {
  return refuse({
    kind: 'missing',
    code: 'question-missing',
    message: `There is no question ${id} that waits for an answer.`,
    remedy: 'deuteron approval show lists the questions about a deployment, and their answers.',
  });
}

function questionNotYours(): Result<never, Refusal<'question-not-yours'>> {
  return refuse({
    kind: 'forbidden',
    code: 'question-not-yours',
    message: 'Questions are answered by who asked for the deployment, and by those who own what it changes.',
    remedy: 'Ask one of them to answer.',
  });
}
