import { DeclaredDead } from './declared-dead.ts';

/** Classes of PostgreSQL's error codes: connection, resources, intervention of an operator. */
const stateClasses = new Set(['08', '53', '57']);

/** A statement that was cancelled because it took too long would take too long again. */
const cancelledStatement = '57014';

const states = new Set([
  '25006', // read-only: we still speak to the server that was the main one before a failover
  '25P03', // the transaction was idle for too long, e.g. while this process was frozen
  '40001', // serialization failure, deadlock: done again, it passes
  '40P01',
]);

const systemErrors = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOENT', // the socket of a server that is just starting
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
]);

const words =
  /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed and is not queryable|timeout expired/;

/** Whether an error says that the database is away for now: it is no fault of the step that met it. */
export function isConnectionLoss(error: unknown): boolean {
  if (error instanceof DeclaredDead) return true;
  const { code = '', message = '' } = error as { code?: string; message?: string };
  if (error instanceof AggregateError) return error.errors.some(isConnectionLoss);
  if (/^[0-9A-Z]{5}$/.test(code) && code !== cancelledStatement && stateClasses.has(code.slice(0, 2))) return true;
  return states.has(code) || systemErrors.has(code) || words.test(message);
}
