/** Log: structured lines for whoever runs the product. */

export { createLog, type Log, type LogLevel, logLevels, silentLog } from './log.ts';
export { logFacts, withLogFacts } from './log-facts.ts';
