import { setTimeout as delay } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createInterruption } from './interruption.ts';

/** Whether something has not settled, and will not by itself. */
async function isLeft(work: Promise<unknown>): Promise<boolean> {
  const left = Symbol('left');
  const first = await Promise.race([work.catch(() => undefined), delay(50, left)]);
  return first === left;
}

test('what runs goes on: pieces give their values and their errors', async () => {
  const run = createInterruption().begin('w');
  expect(await run.piece(async () => 1)).toBe(1);
  await expect(run.piece(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  await run.context.wait(1);
  await run.context.stillMine();
});

test('a stop ends what waits, begins nothing more, and drops what fails because of it', async () => {
  const interruption = createInterruption();
  const [waiting, beginning, failing] = ['a', 'b', 'c'].map((id) => interruption.begin(id));
  const waits = waiting?.context.wait(60_000);
  const fails = failing?.piece(() => delay(60_000, undefined, { signal: interruption.signal }));
  await interruption.stop(1_000);
  let began = false;
  const begins = beginning?.piece(async () => {
    began = true;
  });
  expect(await Promise.all([waits, fails, begins].map((each) => isLeft(each ?? Promise.resolve())))).toEqual([
    true,
    true,
    true,
  ]);
  expect(began).toBe(false);
});

test('a piece that ends while the process stops is still recorded; one that ends after it is not', async () => {
  const interruption = createInterruption();
  const [quick, slow] = [interruption.begin('quick'), interruption.begin('slow')];
  const ends: string[] = [];
  let begun = 0;
  const told = (run: typeof quick, name: string, until: Promise<void>) => {
    const work = async () => {
      begun += 1;
      await until;
    };
    return run.piece(work).then(() => ends.push(name));
  };
  let finishSlow = () => {};
  const slowWork = new Promise<void>((settle) => {
    finishSlow = settle;
  });
  const first = told(quick, 'quick', delay(20)).then(() => quick.end());
  const second = told(slow, 'slow', slowWork);
  await vi.waitFor(() => expect(begun).toBe(2));
  await interruption.stop(200);
  await first;
  finishSlow();
  expect(await isLeft(second)).toBe(true);
  expect(ends).toEqual(['quick']);
});

test('stop returns as soon as nothing runs any more', async () => {
  const interruption = createInterruption();
  const run = interruption.begin('w');
  expect(interruption.isRunning('w')).toBe(true);
  const stopped = interruption.stop(60_000);
  run.end();
  await stopped;
  expect(interruption.isRunning('w')).toBe(false);
});

test('work that was lost is not begun, wherever it asks', async () => {
  const interruption = createInterruption(() => interruption.stop(0));
  const run = interruption.begin('w');
  let effects = 0;
  const piece = run.piece(async () => {
    effects += 1;
  });
  expect(await isLeft(piece)).toBe(true);
  expect(await isLeft(interruption.begin('v').context.stillMine())).toBe(true);
  expect(effects).toBe(0);
});
