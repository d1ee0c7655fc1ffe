import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FuzzFailure, runSurface } from './run-surface.ts';
import type { OpenSurface } from './surface.ts';

function open(given: Partial<OpenSurface<unknown>>): OpenSurface<unknown> {
  return { inputs: fc.nat(10_000), tryInput: () => 'taken', ...given };
}

async function failureOf(surface: OpenSurface<unknown>, options: { seed: number; inputs: number; path?: string }) {
  const failure: unknown = await runSurface(surface, { name: 'numbers', ...options }).catch((error: unknown) => error);
  if (!(failure instanceof FuzzFailure)) throw new Error('Nothing was found.');
  return failure.message;
}

test('as many inputs are tried as asked, in rounds, and the answers counted', async () => {
  const seen: unknown[] = [];
  const surface = open({
    tryInput: (input) => {
      seen.push(input);
      return Number(input) % 2 === 0 ? 'taken' : 'odd';
    },
  });
  const { inputs, answers } = await runSurface(surface, { name: 'numbers', inputs: 1_200, seed: 3 });
  expect([inputs, seen.length]).toEqual([1_200, 1_200]);
  expect([...answers.values()].reduce((sum, times) => sum + times, 0)).toBe(1_200);
  const again: unknown[] = [];
  await runSurface(open({ tryInput: (input) => String(again.push(input)) }), {
    name: 'numbers',
    inputs: 1_200,
    seed: 3,
  });
  expect(again, 'equal seeds give equal inputs').toEqual(seen);
});

test('a failure is made small, and can be had again', async () => {
  let tried = 0;
  const surface = open({
    tryInput: (input) => {
      tried += 1;
      if (Number(input) > 100) throw new Error('too large');
      return 'taken';
    },
  });
  const found = await failureOf(surface, { inputs: 1_000, seed: 7 });
  expect(found).toContain('too large');
  expect(found).toMatch(/shrinking: 101\n/);
  const [, seed, path] = /Again: npm run fuzz -- --only numbers --seed (\d+) --path ([\d:]+)$/.exec(found) ?? [];
  tried = 0;
  expect(await failureOf(surface, { inputs: 1, seed: Number(seed), path })).toContain('101');
  expect(tried, 'nothing before it is tried again').toBeLessThan(20);
});

test('a valid input that is not taken any more is a failure', async () => {
  const surface = open({
    stillServes: () => {
      throw new Error('gone');
    },
  });
  expect(await failureOf(surface, { inputs: 10, seed: 1 })).toMatch(/a valid one fails: Error: gone/);
});

test('what is held more and more is a failure', async () => {
  const held: Buffer[] = [];
  const surface = open({ tryInput: () => String(held.push(Buffer.alloc(256 * 1024, 1))) });
  expect(await failureOf(surface, { inputs: 1_500, seed: 1 })).toMatch(/MB are held/);
});
