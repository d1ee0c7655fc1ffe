import { expect, test } from 'vitest';
import { cancelledRefusal, deploymentEnding, type PlacementEnding } from './ending.ts';

const refusal = { kind: 'invalid', code: 'wrong', message: 'It was wrong.', remedy: 'Put it right.' } as const;
const provisioned = {
  method: 'cloudformation',
  identifier: 'stack-1',
  name: 'stack',
  placement: { accountId: '111122223333', region: 'us-east-1' },
  outputs: { Url: 'http://x' },
  resources: [],
} as const;
const well: PlacementEnding = { ended: 'well', changed: true, provisioned };
const gone: PlacementEnding = { ended: 'gone' };
const bad: PlacementEnding = { ended: 'badly', refusal, causes: [], undone: 'all', touched: true };
const refused: PlacementEnding = { ...bad, touched: false };
const stopped: PlacementEnding = { ended: 'stopped', undone: 'all', touched: true };
const stuck: PlacementEnding = { ...bad, undone: 'part' };

const early = (code: string, atProvider: boolean) => ({ refusal: { ...refusal, code }, atProvider });

const cases = [
  {
    name: 'all well',
    state: 'applying',
    endings: [well, well],
    ending: { move: 'succeed', touchedBy: 'cloudformation' },
  },
  { name: 'all gone', state: 'deleting', endings: [gone], ending: { move: 'succeed', touchedBy: undefined } },
  { name: 'finished before the cancel', state: 'cancelling', endings: [well], ending: { move: 'succeed' } },
  {
    name: 'failed and taken back',
    state: 'applying',
    endings: [bad],
    ending: { move: 'fail', undone: 'all', touchedBy: 'cloudformation' },
  },
  {
    name: 'failed in the second place',
    state: 'applying',
    endings: [well, bad],
    ending: { move: 'fail', undone: 'part' },
  },
  {
    name: 'refused at the begin',
    state: 'applying',
    endings: [refused],
    ending: { move: 'fail', undone: 'all', touchedBy: undefined },
  },
  { name: 'one of two deleted', state: 'deleting', endings: [stuck, gone], ending: { move: 'fail', undone: 'part' } },
  { name: 'cancelled', state: 'cancelling', endings: [stopped], ending: { move: 'endCancelled' } },
  {
    name: 'failed while being cancelled, and taken back',
    state: 'cancelling',
    endings: [bad],
    ending: { move: 'endCancelled' },
  },
  {
    name: 'cancelled and not taken back',
    state: 'cancelling',
    endings: [stuck],
    ending: { move: 'fail', undone: 'part' },
  },
  {
    name: 'cancelled in the second place',
    state: 'cancelling',
    endings: [well, stopped],
    ending: { move: 'fail', refusal: { code: 'deployment-cancel-failed' } },
  },
  {
    name: 'stopped by somebody else',
    state: 'applying',
    endings: [stopped],
    ending: { move: 'fail', refusal: { code: 'deployment-stopped-outside' } },
  },
  {
    name: 'refused while planning',
    state: 'planning',
    early: early('wrong', false),
    endings: [],
    ending: { move: 'fail', undone: 'all', touchedBy: undefined },
  },
  {
    name: 'cancelled while planning',
    state: 'cancelling',
    early: early(cancelledRefusal.code, false),
    endings: [],
    ending: { move: 'endCancelled' },
  },
  {
    name: 'refused while planning, and cancelled at the same moment',
    state: 'cancelling',
    early: early('wrong', false),
    endings: [],
    ending: { move: 'endCancelled' },
  },
  {
    name: 'broken at the provider: nobody knows what is there',
    state: 'applying',
    early: early('step-broken', true),
    endings: [],
    ending: { move: 'fail', undone: 'part', touchedBy: 'cloudformation' },
  },
] as const;

test.each(cases)('$name', ({ state, endings, ending, ...rest }) => {
  const end = deploymentEnding(state, 'early' in rest ? rest.early : undefined, endings, 'cloudformation', () => 'why');
  expect(end).toMatchObject(ending);
  if (end.move === 'succeed') expect(end.outputs).toEqual(end.provisioned.length > 0 ? provisioned.outputs : {});
});
