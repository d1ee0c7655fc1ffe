import { type ThreadLimits, ThreadPool, threadFile } from '../threads/index.ts';
import type { StackAnalysis, StackChange } from './analyse-stack-change.ts';

/** Threads that compare stacks. They start, and load the schemas of resource types, when something is compared. */
export class AnalysisPool {
  readonly #threads: ThreadPool<StackChange, StackAnalysis>;

  constructor(limits: ThreadLimits = {}) {
    this.#threads = new ThreadPool(threadFile(import.meta.url, 'analysis-worker'), { threads: 1, ...limits });
  }

  /** What takes too long, or too much memory, is not known. */
  async analyse(change: StackChange): Promise<StackAnalysis> {
    const answered = await this.#threads.run(change);
    return answered.ended ? { known: false, why: `The comparison was stopped: ${answered.why}.` } : answered.answer;
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
