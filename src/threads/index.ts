/**
 * Threads: work that may hang, or use up all memory, in a thread that can be ended for it.
 *
 * Lives here: the pool of such threads, and the loop inside one. Never here: what the work is.
 */
export { answerJobs } from './answer-jobs.ts';
export { type ThreadLimits, ThreadPool, threadFile } from './thread-pool.ts';
