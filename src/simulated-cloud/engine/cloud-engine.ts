import type { Log } from '../../log/index.ts';
import type { CloudState } from '../state/cloud-state.ts';
import { forgottenBefore } from '../state/lagging-read.ts';
import type { Stack } from '../state/stack.ts';
import type { EngineWorld } from './engine-world.ts';
import type { NestedStackEngine } from './nested-stacks.ts';
import { advanceStack } from './stack-engine.ts';

/** Work at one go before the server's other work gets its turn. */
const sliceMs = 15;
const timerMsMax = 60_000;
const purgeEveryMs = 3_600_000;

/** Drives the operations of all stacks: takes the steps that are due, writes them down, sleeps until the next. */
export class CloudEngine {
  readonly #state: CloudState;
  readonly #world: EngineWorld;
  readonly #nested: NestedStackEngine;
  readonly #log: Log;
  readonly #busy = new Map<string, { stack: Stack; dueMs: number }>();
  #wake: (() => void) | undefined;
  #woken = false;
  #stopped = false;
  #running: Promise<void> | undefined;
  #purgedAtMs = 0;

  constructor(state: CloudState, world: EngineWorld, nested: NestedStackEngine, log: Log) {
    this.#state = state;
    this.#world = world;
    this.#nested = nested;
    this.#log = log;
  }

  /** Goes on with what was in flight when the cloud was last stopped or killed. */
  async start(): Promise<void> {
    for (const id of this.#state.interruptedStackIds) {
      const stack = await this.#state.stack(id);
      if (!stack) continue;
      await this.#state.account(stack.accountId);
      this.drive(stack);
    }
    this.#running = this.#run();
  }

  get busyStacks(): readonly Stack[] {
    return [...this.#busy.values()].map(({ stack }) => stack);
  }

  /** Looks after a stack whose operation has just begun or changed. */
  drive(stack: Stack): void {
    this.#nested.watch(stack);
    this.#busy.set(stack.id, { stack, dueMs: 0 });
    this.wake();
  }

  /** Brings one stack to now, before a request looks at it or changes it. */
  catchUp(stack: Stack): void {
    if (!stack.operation) return;
    const dueMs = advanceStack(stack, this.#world, this.#state.now());
    if (stack.operation) this.#busy.set(stack.id, { stack, dueMs });
    else this.#busy.delete(stack.id);
  }

  /** After the clock was set: takes every step that is due now. */
  settle(): void {
    for (const stack of this.busyStacks) this.catchUp(stack);
    this.wake();
  }

  /** The same, and waits for what nested stacks have to wait for. */
  async settleAll(): Promise<void> {
    this.settle();
    while (this.#nested.isPreparing) {
      await this.#nested.prepared();
      this.settle();
    }
  }

  /** Lets go on what hangs by one of these faults. */
  releaseHanging(faultIds: ReadonlySet<string>): void {
    for (const { stack } of this.#busy.values()) {
      for (const [key, task] of stack.operation?.tasks ?? []) {
        if (!task.hangsByFault || !faultIds.has(task.hangsByFault)) continue;
        stack.operation?.tasks.set(key, { ...task, hangsByFault: undefined });
        this.#state.noteStack(stack);
      }
    }
    this.settle();
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped && !this.#state.lost) {
      this.#woken = false;
      await this.#tick();
      this.#purge();
      await this.#state.commit().catch((error) => this.#report(error));
      await this.#sleep();
    }
  }

  /** In the cloud's time: who advances the clock by months has forgotten what was deleted before. */
  #purge(): void {
    const nowMs = this.#state.now().getTime();
    if (nowMs - this.#purgedAtMs < purgeEveryMs) return;
    this.#purgedAtMs = nowMs;
    this.#state.notePurge(forgottenBefore(this.#state));
  }

  async #tick(): Promise<void> {
    let sliceStart = performance.now();
    for (const [id, entry] of this.#busy) {
      if (entry.dueMs > this.#state.now().getTime()) continue;
      this.#advance(id, entry);
      if (performance.now() - sliceStart < sliceMs) continue;
      await new Promise((turn) => setImmediate(turn));
      sliceStart = performance.now();
    }
  }

  #advance(id: string, entry: { stack: Stack; dueMs: number }): void {
    try {
      entry.dueMs = advanceStack(entry.stack, this.#world, this.#state.now());
      if (!entry.stack.operation) this.#busy.delete(id);
    } catch (error) {
      entry.dueMs = Number.POSITIVE_INFINITY; // a fault of ours: this stack stands still, the others go on
      this.#report(error, id);
    }
  }

  #report(error: unknown, stackId?: string): void {
    const trace = error instanceof Error ? error.stack : String(error);
    this.#log.error({ error: trace, stackId }, 'The engine of the simulated cloud stumbled');
  }

  async #sleep(): Promise<void> {
    const dueMs = Math.min(...[...this.#busy.values()].map((entry) => entry.dueMs));
    const waitMs = this.#state.settings.clock.heldAt ? timerMsMax : dueMs - this.#state.now().getTime();
    if (this.#woken || this.#stopped || waitMs <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((done) => {
      this.#wake = done;
      timer = setTimeout(done, Math.min(waitMs, timerMsMax));
    });
    clearTimeout(timer);
    this.#wake = undefined;
  }
}
