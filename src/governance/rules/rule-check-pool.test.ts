import { afterAll, expect, test } from 'vitest';
import { RuleCheckPool } from './rule-check-pool.ts';

const pool = new RuleCheckPool({ threads: 1, timeMsMax: 5_000 });
afterAll(() => pool.close());

const check = (text: string) => pool.check({ name: 'mine', purpose: 'restriction', text });
const rule = (id: string, when: string) =>
  `@id("${id}") @message("No.") forbid (principal, action, resource in ?resource) when { ${when} };`;
const asked = Array.from({ length: 66 }, (_, tag) => `resource.hasTag("${tag}")`).join(' && ');
/** Within all limits of a text, and 11 seconds of work. */
const hostile = Array.from({ length: 15 }, (_, n) => rule(`r${n}`, asked)).join('\n');

test('a text that takes too long is refused; meanwhile this process answers others, and the next text is checked', async () => {
  let ticks = 0;
  const ticking = setInterval(() => {
    ticks += 1;
  }, 10);
  const stopped = check(hostile);
  const next = check(rule('a', 'context.owned > 3'));
  expect(await stopped).toMatchObject({
    ok: false,
    refusal: {
      kind: 'limit',
      code: 'policy-check-stopped',
      message: 'The check of mine.cedar was stopped: it took longer than 5000 ms.',
      position: { file: 'mine.cedar' },
    },
  });
  clearInterval(ticking);
  expect(ticks).toBeGreaterThan(10);
  expect(await next).toMatchObject({ ok: true, value: { rules: [{ id: 'a' }] } });
});

test('what is wrong in a text is told with its place, as without a thread', async () => {
  expect(await check(`\n${rule('a', 'resource.nope == 1')}`)).toMatchObject({
    ok: false,
    refusal: { code: 'policy-invalid', position: { file: 'mine.cedar', line: 2 } },
  });
});
