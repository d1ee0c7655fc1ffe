import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../../governance/index.ts';
import { type Principal, readResource } from '../../organization/index.ts';
import { authoriseActor } from '../authorise-actor.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import { type ExceptionAnswer, exceptionAnswers, type RailException, stateAt } from './exception.ts';
import { type AskedException, exceptionAnswer, exceptionFind, exceptionLock } from './exception-store.ts';

export type AnswerExceptionRefusal = ActRefusal | Refusal<'exception-missing' | 'exception-over' | 'exception-own'>;

/**
 * Grants, rejects or revokes an exception. Who asked for it may revoke it; all else needs the right to except. Nobody
 * grants his own. @refuses who may not, and what is over
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
  const thing = readResource(tools.installation, asked.targetArn);
  const allowed =
    isOwn && answer === 'revoke' ? accept({}) : await authoriseActor(tools, by, 'guard-rail:except', thing);
  if (!allowed.ok) return allowed;
  return transact<RailException, AnswerExceptionRefusal>(tools.db, async (tx) => {
    const at = tools.clock.now();
    const locked = await exceptionLock(tx, id);
    if (!locked) return exceptionMissing(id);
    const state = stateAt(locked, at);
    const { from, to } = exceptionAnswers[answer];
    if (!(from as readonly string[]).includes(state)) return exceptionOver(locked, state, answer);
    await exceptionAnswer(tx, id, { state: to, by: by.name, note, at });
    const { requestedById: _, ...exception } = locked;
    return accept({
      ...exception,
      state: to,
      answeredBy: by.name,
      answeredAt: at,
      ...(note !== undefined && { note }),
    });
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
