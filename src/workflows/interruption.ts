import { setTimeout as delay } from 'node:timers/promises';
import type { StepContext } from './workflow.ts';

/**
 * How a process leaves its work: what waits, begins or fails after `stop` never goes on here. It is recorded nowhere, so
 * the next process runs it again.
 */
export interface Interruption {
  readonly signal: AbortSignal;
  begin(workflowId: string): InterruptibleRun;
  isRunning(workflowId: string): boolean;
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

/** @param confirm settles when it is certain whether this process still has its work; what was lost is stopped then */
export function createInterruption(confirm: () => Promise<void> = async () => undefined): Interruption {
  const stopping = new AbortController();
  const { signal } = stopping;
  const running = new Map<object, string>();
  let becomeIdle = () => {};
  let isOver = false;

  function begin(workflowId: string): InterruptibleRun {
    const run = {};
    running.set(run, workflowId);

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

    async function stillMine(): Promise<void> {
      if (!signal.aborted) await confirm();
      if (signal.aborted) return leave();
    }

    async function piece<Value>(work: () => Promise<Value>): Promise<Value> {
      await stillMine();
      try {
        const value = await work();
        return isOver ? await leave() : value;
      } catch (error) {
        if (signal.aborted) return leave(); // it failed because it was stopped
        throw error;
      }
    }

    return { context: { workflowId, signal, wait, stillMine }, piece, end };
  }

  async function stop(msMax: number): Promise<void> {
    stopping.abort();
    if (running.size > 0 && msMax > 0) {
      const idle = new Promise<void>((settle) => {
        becomeIdle = settle;
      });
      await Promise.race([idle, delay(msMax, undefined, { ref: false })]);
    }
    isOver = true;
  }

  return {
    signal,
    begin,
    isRunning: (workflowId) => running.values().some((each) => each === workflowId),
    stop,
  };
}
