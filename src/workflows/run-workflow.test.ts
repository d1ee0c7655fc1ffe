import { expect, test } from 'vitest';
import { accept, refuse } from '../errors/index.ts';
import { silentLog } from '../log/index.ts';
import { runWorkflow } from './run-workflow.ts';
import { type StepContext, step, workflow } from './workflow.ts';

interface State {
  a?: number;
  b?: number;
}

const context: StepContext = {
  workflowId: 'w',
  signal: new AbortController().signal,
  wait: async () => undefined,
  stillMine: async () => undefined,
};
const attempts = { unavailableMs: 50, throwsMax: 2, pauseMsMin: 0, pauseMsMax: 0 };

function story(told: string[]) {
  const recordOnce = async <Value>(name: string, work: () => Promise<Value>) => {
    told.push(name);
    return work();
  };
  return recordOnce;
}

test('steps run in order, each seeing what the earlier ones returned, and the end is recorded', async () => {
  const told: string[] = [];
  const flow = workflow<State, null>(
    'w',
    [
      step<State, null>('one', { do: async () => accept({ a: 1 }), noUndo: 'nothing happened' }),
      step<State, null>('two', { do: async ({ a }) => accept({ b: (a ?? 0) + 1 }), noUndo: 'nothing happened' }),
    ],
    { settled: async (state, settlement) => void told.push(`${JSON.stringify(state)} ${settlement.ok}`) },
  );
  await runWorkflow(flow, {}, null, context, story(told), silentLog, attempts);
  expect(told).toEqual(['one', 'two', 'settled', '{"a":1,"b":2} true']);
});

test('a refusal undoes the earlier steps, last first, and never its own', async () => {
  const told: string[] = [];
  const undo = (name: string) => async () => {
    told.push(`undone ${name}`);
    return accept(null);
  };
  const flow = workflow<State, null>(
    'w',
    [
      step('one', { do: async () => accept({}), undo: undo('one') }),
      step('two', { do: async () => accept({}), noUndo: 'nothing happened' }),
      step('three', { do: async () => accept({}), undo: undo('three') }),
      step('four', {
        do: async () => refuse({ kind: 'invalid', code: 'no', message: 'no', remedy: '', detail: new Error('secret') }),
        undo: undo('four'),
      }),
      step('five', { do: async () => accept({}), undo: undo('five') }),
    ],
    { settled: async (_, settlement) => void told.push(JSON.stringify(settlement)) },
  );
  await runWorkflow(flow, {}, null, context, story(told), silentLog, attempts);
  expect(told).toEqual([
    'one',
    'two',
    'three',
    'four',
    'undo three',
    'undone three',
    'undo one',
    'undone one',
    'settled',
    '{"ok":false,"refusal":{"kind":"invalid","code":"no","message":"no","remedy":""},"step":"four"}',
  ]);
});

test('what is unavailable is tried again until it is there', async () => {
  let times = 0;
  const told: string[] = [];
  const flow = workflow<State, null>(
    'w',
    [
      step('one', {
        do: async () => {
          times += 1;
          return times < 3 ? refuse({ kind: 'unavailable', code: 'later', message: '', remedy: '' }) : accept({});
        },
        noUndo: 'nothing happened',
      }),
    ],
    { settled: async (_, settlement) => void told.push(String(settlement.ok)) },
  );
  await runWorkflow(flow, {}, null, context, story(told), silentLog, attempts);
  expect(times).toBe(3);
  expect(told).toEqual(['one', 'settled', 'true']);
});

test('a step that keeps throwing ends as a refusal that does not tell our insides', async () => {
  const told: unknown[] = [];
  const flow = workflow<State, null>(
    'w',
    [
      step('one', {
        do: async () => {
          throw new Error('undefined is not a function');
        },
        noUndo: 'nothing happened',
      }),
    ],
    { settled: async (_, settlement) => void told.push(settlement) },
  );
  await runWorkflow(flow, {}, null, context, story([]), silentLog, attempts);
  expect(told).toMatchObject([{ ok: false, refusal: { code: 'step-broken' } }]);
  expect(JSON.stringify(told)).not.toContain('undefined is not');
});
