import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RepeatedWork, type RepeatedWorkOptions, repeatWork } from './repeated-work.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const everyMs = 1_000;

/** Work whose ends the test decides. */
class HeldWork {
  begun = 0;
  readonly failures: unknown[] = [];
  readonly repeated: RepeatedWork;
  signal: AbortSignal | undefined;
  #end: { well(): void; badly(error: Error): void } | undefined;

  constructor(options: Partial<RepeatedWorkOptions> = {}) {
    const failed = (error: unknown) => this.failures.push(error);
    this.repeated = repeatWork((signal) => this.#work(signal), { everyMs, failed, ...options });
  }

  async endsWell(): Promise<void> {
    this.#end?.well();
    await vi.advanceTimersByTimeAsync(0);
  }

  async endsBadly(error: Error): Promise<void> {
    this.#end?.badly(error);
    await vi.advanceTimersByTimeAsync(0);
  }

  #work(signal: AbortSignal): Promise<void> {
    this.begun += 1;
    this.signal = signal;
    return new Promise((well, badly) => {
      this.#end = { well, badly };
    });
  }
}

test('it begins at once, and again at every look', async () => {
  const held = new HeldWork();
  expect(held.begun).toBe(1);
  await held.endsWell();
  expect(held.begun).toBe(1);
  await vi.advanceTimersByTimeAsync(everyMs);
  expect(held.begun).toBe(2);
});

test('a nudge begins it; while it is being done, many nudges are one repetition', async () => {
  const held = new HeldWork();
  await held.endsWell();
  held.repeated.nudge();
  expect(held.begun).toBe(2);
  for (let nudges = 0; nudges < 5; nudges += 1) held.repeated.nudge();
  expect(held.begun, 'never twice at once').toBe(2);
  await held.endsWell();
  expect(held.begun).toBe(3);
  await held.endsWell();
  expect(held.begun).toBe(3);
});

test('a look while it is being done begins nothing beside it', async () => {
  const held = new HeldWork();
  await vi.advanceTimersByTimeAsync(3 * everyMs);
  expect(held.begun).toBe(1);
});

test('what it throws is told, and it is tried again at the next look, nudged or not', async () => {
  const held = new HeldWork();
  const error = new Error('the database is away');
  held.repeated.nudge();
  await held.endsBadly(error);
  expect(held.failures).toEqual([error]);
  expect(held.begun, 'trying again at once would try without end').toBe(1);
  await vi.advanceTimersByTimeAsync(everyMs);
  expect(held.begun).toBe(2);
  await held.endsWell();
  held.repeated.nudge();
  expect(held.begun).toBe(3);
});

test('it rests before a repetition, so that more comes together', async () => {
  const held = new HeldWork({ restMs: 5 });
  await held.endsWell();
  held.repeated.nudge();
  expect(held.begun).toBe(1);
  vi.useRealTimers(); // those of node:timers/promises are never false
  await vi.waitFor(() => expect(held.begun).toBe(2));
});

test('closing tells the work, waits for it, and begins nothing any more', async () => {
  const held = new HeldWork();
  held.repeated.nudge();
  const closed = vi.fn();
  const closing = held.repeated.close().then(closed);
  await vi.advanceTimersByTimeAsync(0);
  expect(held.signal?.aborted).toBe(true);
  expect(closed).not.toHaveBeenCalled();
  await held.endsWell();
  await closing;
  held.repeated.nudge();
  await vi.advanceTimersByTimeAsync(3 * everyMs);
  expect(held.begun).toBe(1);
});

test('what fails because it is being closed is not told', async () => {
  const held = new HeldWork();
  const closing = held.repeated.close();
  await held.endsBadly(new Error('the session is closed'));
  await closing;
  expect(held.failures).toEqual([]);
});
