import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../../governance/index.ts';
import { type Principal, readResource } from '../../organization/index.ts';
import { authoriseActor } from '../authorise-actor.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { decideException, type Grant } from './decide-exception.ts';
import { type ExceptionAnswer, exceptionAnswers, type RailException, stateAt } from './exception.ts';
import {
  type AskedException,
  exceptionAnswer,
  exceptionApprove,
  exceptionFind,
  exceptionLock,
} from './exception-store.ts';

export type AnswerExceptionRefusal =
  | ActRefusal
  | Refusal<'exception-missing' | 'exception-over' | 'exception-own' | 'exception-changed'>;

/**
 * Grants, rejects or revokes an exception. Who asked for it may revoke it; all else needs the right to except, or, to
 * grant, to be one of those whose approval the model wants. Nobody grants his own. Where one grant is not enough the
 * exception stays requested, and says who else is wanted. @refuses who may not, and what is over
 */
export async function answerException(
  tools: GuardRailTools,
  by: Principal,
  { id, answer, note }: { readonly id: string; readonly answer: ExceptionAnswer; readonly note?: string },
): Promise<Result<RailException, AnswerExceptionRefusal>> {
  const asked = await exceptionFind(tools.db, id);
  if (!asked) return exceptionMissing(id);
  const isOwn = asked.requestedById === by.id;
  if (isOwn && answer === 'grant') return ownException(asked);
  const allowed = await mayAnswer(tools, by, asked, answer);
  if (!allowed.ok) return allowed;
  const grant = allowed.value;
  return transact<RailException, AnswerExceptionRefusal>(tools.db, async (tx) => {
    const at = tools.clock.now();
    const locked = await exceptionLock(tx, id);
    if (!locked) return exceptionMissing(id);
    const state = stateAt(locked, at);
    const { from, to } = exceptionAnswers[answer];
    if (!(from as readonly string[]).includes(state)) return exceptionOver(locked, state, answer);
    const { requestedById: _, approvals, ...exception } = locked;
    if (!grant.isEnough) {
      const others = approvals.filter(({ principalId }) => principalId !== by.id);
      if (others.length !== asked.approvals.filter(({ principalId }) => principalId !== by.id).length) {
        return exceptionChanged(locked); // somebody else approved meanwhile: together it may be enough
      }
      const all = [...others, grant.approval];
      await exceptionApprove(tx, id, all);
      return accept({ ...exception, approvedBy: all.map(({ principal }) => principal), waitsFor: grant.waitsFor });
    }
    await exceptionAnswer(tx, id, { state: to, by: by.name, note, at });
    return accept({
      ...exception,
      state: to,
      answeredBy: by.name,
      answeredAt: at,
      ...(note !== undefined && { note }),
    });
  });
}

/** What allows an answer: of a grant, whether it is enough. */
async function mayAnswer(
  tools: GuardRailTools,
  by: Principal,
  asked: AskedException,
  answer: ExceptionAnswer,
): Promise<Result<Grant, ActRefusal>> {
  if (answer === 'grant') return decideException(tools, by, asked);
  if (answer === 'revoke' && asked.requestedById === by.id) return accept({ isEnough: true });
  const thing = readResource(tools.installation, asked.targetArn);
  const allowed = await authoriseActor(tools, by, 'guard-rail:except', thing);
  if (allowed.ok) return accept({ isEnough: true });
  // whoever could let it pass may also say no
  const grant = await decideException(tools, by, asked);
  return grant.ok ? accept({ isEnough: true }) : allowed;
}

function exceptionChanged({ id }: AskedException) {
  return refuse({
    kind: 'conflict',
    code: 'exception-changed',
    message: `Somebody else approved the exception ${id} at the same time.`,
    remedy: 'Grant it again: it may be enough now.',
  });
}

export function exceptionMissing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'exception-missing',
    message: `There is no exception '${id}'.`,
    remedy: 'deuteron guard-rail exception list lists all.',
  });
}

function exceptionOver({ id }: AskedException, state: string, answer: ExceptionAnswer) {
  return refuse({
    kind: 'conflict',
    code: 'exception-over',
    message: `The exception ${id} is ${state}; nobody can ${answer} it any more.`,
    remedy: 'Ask for a new one: deuteron guard-rail exception request.',
  });
}

function ownException({ id, rail }: AskedException) {
  return refuse({
    kind: 'forbidden',
    code: 'exception-own',
    message: `You have asked for the exception ${id} from ${rail} yourself: somebody else grants it.`,
    remedy: 'Ask somebody else who may lift guard rails.',
  });
}
