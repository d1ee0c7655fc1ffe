import { afterAll, expect, test } from 'vitest';
import type { TestJob } from './testing/test-worker.ts';
import { ThreadPool, threadFile } from './thread-pool.ts';

const pool = new ThreadPool<TestJob, string>(threadFile(import.meta.url, 'testing/test-worker'), { timeMsMax: 1_000 });
afterAll(() => pool.close());

test('jobs that are asked for at once are all answered, each with its own answer', async () => {
  const texts = Array.from({ length: 20 }, (_, n) => `job ${n}`);
  expect(await Promise.all(texts.map((text) => pool.run({ text })))).toEqual(
    texts.map((text) => ({ ended: false, answer: text.toUpperCase() })),
  );
});

test('a job that hangs is ended with its thread, and the next one is done', async () => {
  const hanging = pool.run({ text: 'x', does: 'hang' });
  expect(await pool.run({ text: 'next' })).toEqual({ ended: false, answer: 'NEXT' });
  expect(await hanging).toEqual({ ended: true, why: 'it took longer than 1000 ms' });
});

test('a job that throws is ended with what it threw', async () => {
  expect(await pool.run({ text: 'x', does: 'throw' })).toEqual({ ended: true, why: 'x is thrown' });
  expect(await pool.run({ text: 'after' })).toEqual({ ended: false, answer: 'AFTER' });
});
