import { setTimeout as delay } from 'node:timers/promises';
import type { StepContext } from './workflow.ts';

/**
 * How a process leaves its work: what waits, begins or fails after `stop` never goes on here. It is recorded nowhere, so
 * the next process runs it again.
 */
export interface Interruption {
  readonly signal: AbortSignal;
  begin(workflowId: string): InterruptibleRun;
  /** Waits until all that runs has ended or been left, but no longer than this. Nothing goes on after it. */
  stop(msMax: number): Promise<void>;
}

/** One run of a workflow. */
export interface InterruptibleRun {
  readonly context: StepContext;
  /** Does work whose result is recorded next; never returns when it must not be recorded here. */
  piece<Value>(work: () => Promise<Value>): Promise<Value>;
  end(): void;
}

export function createInterruption(): Interruption {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Set<object>();
  let becomeIdle = () => {};
  let isOver = false;

  function begin(workflowId: string): InterruptibleRun {
    const run = {};
    running.add(run);

    function end(): void {
      running.delete(run);
      if (running.size === 0) becomeIdle();
    }

    function leave(): Promise<never> {
      end();
      return new Promise(() => undefined);
    }

    async function wait(ms: number): Promise<void> {
      if (signal.aborted) return leave();
      try {
        await delay(ms, undefined, { signal });
      } catch {
        return leave();
      }
    }

    async function piece<Value>(work: () => Promise<Value>): Promise<Value> {
      if (signal.aborted) return leave();
      try {
        const value = await work();
        return isOver ? await leave() : value;
      } catch (error) {
        if (signal.aborted) return leave(); // it failed because it was stopped
        throw error;
      }
    }

    return { context: { workflowId, signal, wait }, piece, end };
  }

  async function stop(msMax: number): Promise<void> {
    stopping.abort();
    if (running.size > 0) {
      const idle = new Promise<void>((settle) => {
        becomeIdle = settle;
      });
      await Promise.race([idle, delay(msMax, undefined, { ref: false })]);
    }
    isOver = true;
  }

  return { signal, begin, stop };
}
