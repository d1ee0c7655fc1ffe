import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createLog, withLogFacts } from './index.ts';

function lines() {
  const written: Record<string, unknown>[] = [];
  const log = createLog('info', { write: (line) => void written.push(JSON.parse(line)) });
  return { log, written };
}

test('every line within carries the facts of the work around it, and no other', async () => {
  const { log, written } = lines();
  const answer = (requestId: string) =>
    withLogFacts({ requestId }, async () => {
      await delay(1);
      await withLogFacts({ deploymentId: `d${requestId}` }, async () => log.child({ cloud: 'c' }).info({}, 'inner'));
      log.info({ own: 1 }, 'outer');
    });
  await Promise.all([answer('1'), answer('2')]);
  log.info({}, 'outside');
  const facts = written.map(({ time, level, ...rest }) => rest);
  for (const requestId of ['1', '2']) {
    expect(facts).toContainEqual({ requestId, deploymentId: `d${requestId}`, cloud: 'c', msg: 'inner' });
    expect(facts).toContainEqual({ requestId, own: 1, msg: 'outer' });
  }
  expect(facts.at(-1)).toEqual({ msg: 'outside' });
});
