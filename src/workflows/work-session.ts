import pg from 'pg';
import { isConnectionLoss } from './connection-loss.ts';
import { DeclaredDead } from './declared-dead.ts';

type Callback = (error: Error | undefined | null, ...rest: unknown[]) => void;

/**
 * A session whose errors say in the workflow engine's words that the database is away. The engine waits for a database
 * that it knows to be away; it does not know a socket that is missing while a server starts, or a session that was closed
 * between two statements, and would end the workflow whose record it was about to write.
 */
export class WorkSession extends pg.Client {
  // biome-ignore lint/suspicious/noExplicitAny: the forms that pg takes: with a callback, or answered by a promise
  override connect(...given: any[]): any {
    return named(super.connect as (...args: unknown[]) => unknown, this, given);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as for connect
  override query(...given: any[]): any {
    return named(super.query as (...args: unknown[]) => unknown, this, given);
  }
}

function named(work: (...args: unknown[]) => unknown, client: pg.Client, given: unknown[]): unknown {
  const callback = given.at(-1) as Callback | undefined;
  if (typeof callback === 'function') {
    const told: Callback = (error, ...rest) => callback(error && nameLoss(error), ...rest);
    return work.apply(client, [...given.slice(0, -1), told]);
  }
  const answer = work.apply(client, given);
  return answer instanceof Promise ? answer.catch((error) => Promise.reject(nameLoss(error))) : answer;
}

/** The error itself, with a cause that the engine knows. Whoever was declared dead must not wait. */
function nameLoss(error: Error): Error {
  if (error instanceof DeclaredDead || error.cause !== undefined || !isConnectionLoss(error)) return error;
  error.cause = Object.assign(new Error('the database is away'), { code: 'ECONNRESET' });
  return error;
}
