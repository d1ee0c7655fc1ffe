import { afterAll, expect, test, vi } from 'vitest';
import type { DeployedThing } from '../../changes/index.ts';
import { sharedVersion } from './judge-job.ts';
import { JudgePool } from './judge-pool.ts';
import { testBundle } from './testing/fleet-world.ts';

const pools: JudgePool[] = [];
function poolOf(...limits: ConstructorParameters<typeof JudgePool>) {
  const pool = new JudgePool(...limits);
  pools.push(pool);
  return pool;
}
afterAll(() => Promise.all(pools.map((pool) => pool.close())));

const queue = (properties: string) =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: ${properties}\n`;
function versionWith(template: string) {
  const bundle = testBundle('service', { templates: { instance: template } });
  const schemaText = Buffer.from(bundle.files.get('schema/schema.yaml') ?? '').toString();
  const number = { major: 1, minor: 0 };
  return sharedVersion({
    kind: 'service',
    number,
    files: bundle.files,
    versions: [{ ...number, schemaText, steps: {} }],
  });
}

const environment = { name: 'dev', accountId: '111122223333', outputs: {} };
const thing = (name: string): DeployedThing => ({
  names: { part: 'instance', instance: name, environment, service: { name: 'orders' } },
  from: { major: 1, minor: 0 },
  spec: `proton: ServiceSpec\ninstances:\n  - {name: ${name}, environment: dev}\n`,
  template: queue('{DelaySeconds: 1}'),
  pseudo: { accountId: '111122223333', region: 'us-east-1' },
});
const { signal } = new AbortController();

// The engine's own limits end it at last; until then it works as hard as it may.
const endless = `{% for a in range(1000) %}{% for b in range(1000) %}{% for c in range(1000) %}{% set x = a * b * c %}{% endfor %}{% endfor %}{% endfor %}`;

test('one that would take too long is stopped, and the others are judged', async () => {
  const pool = poolOf({ threads: 1, timeMsMax: 1 });
  const patient = poolOf({ threads: 1 });
  const [slow, usual] = await Promise.all([
    pool.judge(versionWith(endless), thing('slow'), signal),
    patient.judge(versionWith(queue('{DelaySeconds: 2}')), thing('usual'), signal),
  ]);
  expect(slow).toEqual({ known: false, why: 'It could not be judged: it took longer than 1 ms.' });
  expect(usual).toMatchObject({ known: true, verdict: 'in-place' });
});

test('an endless template is ended by the limits of the engine, and would fail at its deployment too', async () => {
  const judgement = await poolOf({ threads: 1, timeMsMax: 60_000 }).judge(versionWith(endless), thing('slow'), signal);
  expect(judgement).toMatchObject({
    known: true,
    verdict: 'fails',
    blocker: { code: expect.stringMatching(/^template-/) },
  });
});

test('a thread that runs out of memory is replaced', async () => {
  const pool = poolOf({ threads: 1, memoryMbMax: 24 });
  const version = versionWith(queue('{}'));
  const large = queue(`{Tags: [${'{Key: a, Value: b}, '.repeat(45_000)}]}`);
  const first = await pool.judge(version, { ...thing('a'), template: large }, signal);
  expect(first).toMatchObject({ known: false, why: expect.stringContaining('memory') });
  expect(await pool.judge(version, thing('b'), signal)).toMatchObject({ known: true });
});

test('what nobody waits for any more is not begun', async () => {
  const pool = poolOf({ threads: 1 });
  const version = versionWith(queue('{DelaySeconds: 2}'));
  const leaving = new AbortController();
  const first = pool.judge(version, thing('first'), leaving.signal);
  const second = pool.judge(version, thing('second'), leaving.signal);
  const other = pool.judge(version, thing('other'), signal);
  leaving.abort();
  expect(await first).toMatchObject({ known: true });
  expect(await second).toEqual({ known: false, why: 'It could not be judged: nobody waits for it any more.' });
  expect(await other).toMatchObject({ known: true });
});

test('equal stacks are compared once in a thread, until the threads are ended for want of work', async () => {
  const pool = poolOf({ threads: 1, idleMsMax: 1 });
  const version = versionWith(queue('{DelaySeconds: 2}'));
  const judged = await Promise.all(['a', 'b'].map((name) => pool.judge(version, thing(name), signal)));
  expect(judged).toMatchObject([{ wasKnown: false }, { wasKnown: true }]);
  await vi.waitFor(
    async () => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await pool.judge(version, thing('c'), signal)).toMatchObject({ wasKnown: false });
    },
    { timeout: 30_000 },
  );
});

test('the exports that a template imports', async () => {
  const template = queue(
    '{QueueName: !ImportValue first, Tags: [{Key: a, Value: {"Fn::ImportValue": !Sub "${AWS::Region}-x"}}]}',
  );
  const names = await poolOf({ threads: 1 }).importsOf(template, { region: 'us-east-1' }, signal);
  expect(names).toEqual(['first', 'us-east-1-x']);
});
