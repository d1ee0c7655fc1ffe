import { afterAll, expect, test } from 'vitest';
import { RenderPool } from './render-pool.ts';

const pool = new RenderPool({ threads: 1, timeMsMax: 1_500 });
afterAll(() => pool.close());
const job = (text: string, data = {}) => ({ file: 't.yaml', text, neighbours: {}, data });

test('renderings that are asked for at once are all answered', async () => {
  const results = await Promise.all(Array.from({ length: 20 }, (_, n) => pool.run(job('{{ n }}', { n }))));
  expect(results.map((result) => result.ok && result.value.text)).toEqual(
    Array.from({ length: 20 }, (_, n) => String(n)),
  );
});

test('F8: a template that would not end is stopped, and the next one is rendered', async () => {
  const limits = { steps: Number.MAX_SAFE_INTEGER, timeMs: 600_000, outputLength: Number.MAX_SAFE_INTEGER };
  const loop = '{% for a in range(99999) %}{% for b in range(99999) %}{% set c = a * b %}{% endfor %}{% endfor %}';
  const stopped = pool.run({ ...job(loop), limits });
  const next = pool.run(job('ok'));
  expect(await stopped).toMatchObject({ ok: false, refusal: { code: 'render-stopped', position: { file: 't.yaml' } } });
  expect(await next).toMatchObject({ ok: true, value: { text: 'ok' } });
});
