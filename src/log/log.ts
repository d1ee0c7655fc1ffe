import { type DestinationStream, type Logger, pino } from 'pino';
import { logFacts } from './log-facts.ts';

/** Structured lines: a message and its facts. Secrets never go in; see the masking of inputs in bundles. */
export interface Log {
  debug(facts: object, message: string): void;
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  error(facts: object, message: string): void;
  /** The same log with facts that every line carries, e.g. a request id. */
  child(facts: object): Log;
}

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** JSON lines, with the facts of the work they are logged in. @param out absent: standard output */
export function createLog(level: LogLevel, out?: DestinationStream): Log & Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime, mixin: logFacts };
  return out ? pino(options, out) : pino(options);
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};
