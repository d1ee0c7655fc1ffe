import { expect, test } from 'vitest';
import { inTurns } from './in-turns.ts';

test('each item comes once and in order, and others get their turn between', async () => {
  let turns = 0;
  const waiting = setInterval(() => {
    turns += 1;
  }, 0);
  const all = Array.from({ length: 200 }, (_, index) => index);
  const got: number[] = [];
  for await (const item of inTurns(all)) {
    got.push(item);
    const until = performance.now() + 1;
    while (performance.now() < until);
  }
  clearInterval(waiting);
  expect(got).toEqual(all);
  expect(turns).toBeGreaterThan(5);
});
