import { availableParallelism } from 'node:os';
import type { DeployedJudgement, DeployedThing } from '../../changes/index.ts';
import type { PseudoParameters } from '../../cloudformation/index.ts';
import { type ThreadLimits, ThreadPool, threadFile } from '../../threads/index.ts';
import type { JudgeAnswer, JudgeJob, SharedVersion } from './judge-job.ts';

/** Threads that judge, one for each core. */
export class JudgePool {
  readonly threads: number;
  readonly #pool: ThreadPool<JudgeJob, JudgeAnswer>;

  constructor({
    threads = availableParallelism(),
    timeMsMax = 10_000,
    memoryMbMax = 512,
    idleMsMax = 60_000,
  }: ThreadLimits = {}) {
    this.threads = threads;
    const limits = { threads, timeMsMax, memoryMbMax, idleMsMax };
    this.#pool = new ThreadPool(threadFile(import.meta.url, 'judge-worker'), limits);
  }

  /** What takes too long, or too much memory, is not known. */
  async judge(version: SharedVersion, thing: DeployedThing, signal: AbortSignal): Promise<DeployedJudgement> {
    const answered = await this.#pool.run({ ask: 'judge', version, thing }, signal);
    if (answered.ended) return { known: false, why: `It could not be judged: ${answered.why}.` };
    return (answered.answer as JudgeAnswer & { ask: 'judge' }).judgement;
  }

  /** The exports that a template imports; none where that cannot be said. */
  async importsOf(template: string, pseudo: PseudoParameters, signal: AbortSignal): Promise<readonly string[]> {
    const answered = await this.#pool.run({ ask: 'imports', template, pseudo }, signal);
    return answered.ended ? [] : (answered.answer as JudgeAnswer & { ask: 'imports' }).names;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}
