import type { RenderLimits } from './rendering.ts';
import { TemplateFailure } from './values.ts';

/** Generous for real templates: the largest known one renders in some 20,000 steps to 40,000 characters. */
export const usualLimits: RenderLimits = { steps: 2_000_000, depth: 100, outputLength: 2_000_000, timeMs: 5_000 };

const stepsBetweenLooksAtTheClock = 2_048;

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
    if (this.#steps > this.limits.steps) exceeded(`more than ${this.limits.steps} steps`);
    if (this.#steps < this.#nextLook) return;
    this.#nextLook = this.#steps + stepsBetweenLooksAtTheClock;
    if (performance.now() > this.#deadline) exceeded(`longer than ${this.limits.timeMs} ms`);
  }

  /** Before a text of this length is made. */
  length(length: number): void {
    if (!(length <= this.limits.outputLength)) exceeded(`a text of more than ${this.limits.outputLength} characters`);
    this.step(Math.ceil(length / 64));
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
