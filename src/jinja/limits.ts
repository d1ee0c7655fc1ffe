import { TemplateFailure } from './python/values.ts';
import type { RenderLimits } from './rendering.ts';

/** Generous for real templates: the largest known one renders in some 20,000 steps to 40,000 characters. */
export const usualLimits: RenderLimits = { steps: 2_000_000, depth: 100, outputLength: 2_000_000, timeMs: 5_000 };

const stepsBetweenLooksAtTheClock = 2_048;

/** Characters that cost as much as one step: text that is made and dropped again is bounded by the steps too. */
const charactersPerStep = 64;

/** Counts what one rendering uses up, and ends it at a limit. */
export class Meter {
  readonly limits: RenderLimits;
  readonly #deadline: number;
  #steps = 0;
  #nextLook = stepsBetweenLooksAtTheClock;
  #depth = 0;

  constructor(limits: RenderLimits) {
    this.limits = limits;
    this.#deadline = performance.now() + limits.timeMs;
  }

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps < this.#nextLook) return;
    if (this.#steps > this.limits.steps) exceeded(`more than ${this.limits.steps} steps`);
    this.#nextLook = Math.min(this.#steps + stepsBetweenLooksAtTheClock, this.limits.steps + 1);
    if (performance.now() > this.#deadline) exceeded(`longer than ${this.limits.timeMs} ms`);
  }

  /**
   * Before a text of this length is made.
   * @param added how much of it is new, for a text that grows
   */
  text(length: number, added = length): void {
    if (!(length <= this.limits.outputLength)) exceeded(`a text of more than ${this.limits.outputLength} characters`);
    this.step(added / charactersPerStep);
  }

  /** Before a text is searched for another. The engine's search takes, at worst, time in proportion to both lengths. */
  search(length: number, wantedLength: number): void {
    const comparisons = Math.max(0, length - wantedLength) * wantedLength;
    this.step(length / charactersPerStep + comparisons / charactersPerStep ** 2);
  }

  /** Before a list of this length is made. */
  items(count: number): void {
    if (!(count <= this.limits.steps)) exceeded(`more than ${this.limits.steps} steps`);
    this.step(count);
  }

  nested<T>(work: () => T): T {
    this.#depth += 1;
    if (this.#depth > this.limits.depth) exceeded(`calls nested more than ${this.limits.depth} deep`);
    try {
      return work();
    } finally {
      this.#depth -= 1;
    }
  }
}

function exceeded(what: string): never {
  throw new TemplateFailure('template-limit', `The rendering was stopped: ${what}.`);
}
