import { type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type ThreadLimits, ThreadPool, threadFile } from '../../threads/index.ts';
import type { RuleSetRefusal, RuleSetText } from './read-rule-set.ts';
import type { RuleSet } from './rule-set.ts';

export type RuleCheckRefusal = RuleSetRefusal | Refusal<'policy-check-stopped'>;

/**
 * Threads that check rules: within the limits of its length a text can keep Cedar busy for many seconds (tried: 15 rules
 * of 66 `hasTag`, 11 s), and what makes Cedar stop takes only its own evaluator with it. They end when nobody writes rules.
 */
export class RuleCheckPool {
  readonly #threads: ThreadPool<RuleSetText, Result<RuleSet, RuleSetRefusal>>;

  constructor(limits: ThreadLimits = {}) {
    this.#threads = new ThreadPool(threadFile(import.meta.url, 'rule-check-worker'), { idleMsMax: 60_000, ...limits });
  }

  /** @refuses as checkRuleSet, and policy-check-stopped for a text whose check had to be ended */
  async check(given: RuleSetText): Promise<Result<RuleSet, RuleCheckRefusal>> {
    const answered = await this.#threads.run(given);
    if (!answered.ended) return answered.answer;
    return refuse({
      kind: 'limit',
      code: 'policy-check-stopped',
      message: `The check of ${given.name}.cedar was stopped: ${answered.why}.`,
      remedy: 'Write fewer or shorter rules; several policies can hold in one scope.',
      position: { file: `${given.name}.cedar`, line: 1, column: 1 },
    });
  }

  close(): Promise<void> {
    return this.#threads.close();
  }
}
