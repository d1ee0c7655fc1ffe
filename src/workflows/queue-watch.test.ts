import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createQueueWatch } from './queue-watch.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => vi.useRealTimers());

/** A watch whose queues were all looked into once, and nothing was told since. */
async function lookedInto(...queues: readonly string[]) {
  const watch = createQueueWatch();
  for (const queue of queues) await watch.untilDue(queue);
  const due: string[] = [];
  for (const queue of queues) watch.untilDue(queue).then(() => due.push(queue));
  await setImmediate();
  expect(due).toEqual([]);
  return { watch, due };
}

test('a queue into which something was put is due, the others are not', async () => {
  const { watch, due } = await lookedInto('deploy', 'delete');
  watch.wake('deploy');
  await setImmediate();
  expect(due).toEqual(['deploy']);
});

test('what is told while one looks is not forgotten: it may have come too late for that look', async () => {
  const watch = createQueueWatch();
  await watch.untilDue('deploy');
  watch.wake('deploy');
  await watch.untilDue('deploy');
});

test('where messages may have been missed, every queue is due', async () => {
  const { watch, due } = await lookedInto('deploy', 'delete');
  watch.wake(undefined);
  await setImmediate();
  expect(due).toEqual(['deploy', 'delete']);
});

test('where more waits than there was room for one looks again soon, elsewhere not before one is told', async () => {
  const { watch, due } = await lookedInto('deploy', 'delete');
  watch.wake(undefined);
  await setImmediate();
  watch.leftBehind('deploy');
  watch.untilDue('deploy').then(() => due.push('deploy again'));
  watch.untilDue('delete').then(() => due.push('delete again'));
  await vi.advanceTimersByTimeAsync(100);
  expect(due).toEqual(['deploy', 'delete', 'deploy again']);
});

test('who waits when the process stops goes on, and nobody waits after it', async () => {
  const { watch, due } = await lookedInto('deploy');
  watch.close();
  await setImmediate();
  expect(due).toEqual(['deploy']);
  await watch.untilDue('deploy');
  await watch.untilDue('deploy');
});
