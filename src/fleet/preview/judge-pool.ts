import { availableParallelism } from 'node:os';
import type { DeployedJudgement, DeployedThing } from '../../changes/index.ts';
import type { PseudoParameters } from '../../cloudformation/index.ts';
import { type ThreadAnswer, type ThreadLimits, ThreadPool, threadFile } from '../../threads/index.ts';
import type { JudgeAnswer, JudgeJob, SharedVersion } from './judge-job.ts';

interface Waiting {
  readonly job: JudgeJob;
  readonly signal: AbortSignal;
  readonly settle: (answer: ThreadAnswer<JudgeAnswer>) => void;
}

export interface JudgePoolLimits extends ThreadLimits {
  /** After so long without work the threads end, and with them what they remember. */
  readonly idleMsMax?: number;
}

/**
 * Threads that judge, one for each core. What was asked for and has not begun is let go when nobody waits for it any
 * more; what runs ends by itself, or by the time limit.
 */
export class JudgePool {
  readonly threads: number;
  readonly #pool: ThreadPool<JudgeJob, JudgeAnswer>;
  readonly #idleMsMax: number;
  readonly #queue: Waiting[] = [];
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor({
    threads = availableParallelism(),
    timeMsMax = 10_000,
    memoryMbMax = 512,
    idleMsMax = 60_000,
  }: JudgePoolLimits = {}) {
    this.threads = threads;
    this.#pool = new ThreadPool(threadFile(import.meta.url, 'judge-worker'), { threads, timeMsMax, memoryMbMax });
    this.#idleMsMax = idleMsMax;
  }

  /** What takes too long, or too much memory, is not known. */
  async judge(version: SharedVersion, thing: DeployedThing, signal: AbortSignal): Promise<DeployedJudgement> {
    const answered = await this.#run({ ask: 'judge', version, thing }, signal);
    if (answered.ended) return { known: false, why: `It could not be judged: ${answered.why}.` };
    return (answered.answer as JudgeAnswer & { ask: 'judge' }).judgement;
  }

  /** The exports that a template imports; none where that cannot be said. */
  async importsOf(template: string, pseudo: PseudoParameters, signal: AbortSignal): Promise<readonly string[]> {
    const answered = await this.#run({ ask: 'imports', template, pseudo }, signal);
    return answered.ended ? [] : (answered.answer as JudgeAnswer & { ask: 'imports' }).names;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    await this.#pool.close();
  }

  #run(job: JudgeJob, signal: AbortSignal): Promise<ThreadAnswer<JudgeAnswer>> {
    return new Promise((settle) => {
      this.#queue.push({ job, signal, settle });
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.threads) {
      const waiting = this.#queue.shift();
      if (!waiting) return;
      if (waiting.signal.aborted) waiting.settle({ ended: true, why: 'nobody waits for it any more' });
      else void this.#begin(waiting);
    }
  }

  async #begin({ job, settle }: Waiting): Promise<void> {
    clearTimeout(this.#idle);
    this.#running += 1;
    const answer = await this.#pool.run(job);
    this.#running -= 1;
    if (this.#running === 0 && this.#queue.length === 0) {
      this.#idle = setTimeout(() => void this.#pool.close(), this.#idleMsMax).unref();
    }
    settle(answer);
    this.#next();
  }
}
