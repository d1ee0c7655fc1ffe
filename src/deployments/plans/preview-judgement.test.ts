import { expect, test } from 'vitest';
import type { StackAnalysis } from '../../changes/index.ts';
import type { Preview, ResourcePreview } from '../../provisioners/index.ts';
import { decidedAnalysis, isPreviewNeeded, previewClass, previewDisagreements } from './preview-judgement.ts';

type Known = Extract<StackAnalysis, { known: true }>;

function analysis(impact?: Known['resources'][number]['impact'], changes: Partial<Known> = {}): Known {
  const resources = impact
    ? [{ logicalId: 'Db', type: 'AWS::RDS::DBInstance', typeClass: 'stateful' as const, impact }]
    : [];
  const empty = { flags: [], unchanged: 0, findings: [] } as const;
  return { known: true, changeClass: 'compatible', verdict: 'in-place', ...empty, resources, ...changes };
}

function said(action: ResourcePreview['action'], replacement: ResourcePreview['replacement'] = 'no'): Preview {
  const resource = { logicalId: 'Db', type: 'AWS::RDS::DBInstance', action, replacement, properties: [] };
  return { kind: 'update', resources: [resource] };
}

test.each([
  ['does not know', { known: false, why: 'nobody looked' }, true],
  ['finds the change grave', analysis('replace', { changeClass: 'data-affecting' }), true],
  ['leaves something undecided', analysis('conditional-replace'), true],
  ['is sure that it is mild', analysis('update-in-place'), false],
  ['is sure that nothing changes', analysis(undefined, { changeClass: 'none' }), false],
] as const)('where the analysis %s, the provider is asked: %j', (_, given, expected) => {
  expect(isPreviewNeeded(given)).toBe(expected);
});

test.each([
  [said('modify', 'yes'), 'data-affecting'],
  [said('modify', 'maybe'), 'data-affecting'],
  [said('remove'), 'data-affecting'],
  [said('modify'), 'compatible'],
  [said('add', 'yes'), 'compatible'],
  [{ kind: 'no-change', resources: [] }, 'none'],
  [{ kind: 'unknown', reason: 'it cannot be reached', resources: [] }, undefined],
] as const)('what the provider says (%j) is by itself %s', (preview, expected) => {
  expect(previewClass(preview)).toBe(expected);
});

test.each([
  ['replace', said('modify', 'yes'), []],
  ['replace', said('modify', 'maybe'), []],
  ['conditional-replace', said('modify'), []],
  ['conditional-replace', said('dynamic'), []],
  ['update-in-place', said('modify', 'maybe'), []],
  ['retain', said('remove'), []],
  ['update-in-place', said('modify', 'yes'), ['Db: update-in-place by analysis, replace by the provider']],
  ['replace', said('modify'), ['Db: replace by analysis, modify in place by the provider']],
  ['add', { kind: 'no-change', resources: [] }, ['Db: add by analysis, no change by the provider']],
  [undefined, said('modify'), ['Db: none by analysis, modify in place by the provider']],
  ['replace', { kind: 'unknown', reason: 'away', resources: [] }, []],
] as const)('%s and what the provider says are compared (%#)', (impact, preview, expected) => {
  expect(previewDisagreements(analysis(impact), preview)).toEqual(expected);
});

test('of nested stacks the provider knows that they are there, and nothing of what is in them', () => {
  const nested = { type: 'AWS::CloudFormation::Stack', typeClass: 'identity' } as const;
  const inside = {
    logicalId: 'Data/Db',
    type: 'AWS::RDS::DBInstance',
    typeClass: 'stateful',
    impact: 'replace',
  } as const;
  const ours = (impact: 'update-interrupt' | 'conditional-replace' | 'add') =>
    analysis(undefined, { resources: [{ ...nested, logicalId: 'Data', impact }, inside] });
  const theirs = {
    type: nested.type,
    logicalId: 'Data',
    action: 'modify',
    replacement: 'maybe',
    properties: [],
  } as const;
  const nothing: Preview = { kind: 'no-change', resources: [] };
  expect(previewDisagreements(ours('update-interrupt'), { kind: 'update', resources: [theirs] })).toEqual([]);
  expect(previewDisagreements(ours('conditional-replace'), nothing)).toEqual([]);
  expect(previewDisagreements(ours('add'), nothing)).toEqual(['Data: add by analysis, no change by the provider']);
});

test('what is in nested stacks is compared where the provider speaks of it', () => {
  const one = (logicalId: string, impact: 'update-in-place' | 'remove', type = 'AWS::SQS::Queue') =>
    ({ logicalId, type, typeClass: 'identity', impact }) as const;
  const stackType = 'AWS::CloudFormation::Stack';
  const theirs = (logicalId: string, type: string, action: ResourcePreview['action'] = 'modify') =>
    ({ logicalId, type, action, replacement: 'no', properties: [] }) as const;
  const ours = analysis(undefined, {
    resources: [
      ...[one('Data', 'update-in-place', stackType), one('Data/Queue', 'update-in-place')],
      ...[one('Old', 'remove', stackType), one('Old/Queue', 'remove')],
      ...[one('Far', 'update-in-place', stackType), one('Far/Queue', 'update-in-place')],
    ],
  });
  const stacks = [theirs('Data', stackType), theirs('Old', stackType, 'remove'), theirs('Far', stackType)];
  const preview: Preview = { kind: 'update', resources: stacks };
  expect(previewDisagreements(ours, preview)).toEqual([]);
  expect(previewDisagreements(ours, { ...preview, unseen: ['Far'] })).toEqual([
    'Data/Queue: update-in-place by analysis, no change by the provider',
  ]);
  const more = [...stacks, theirs('Data/Queue', 'AWS::SQS::Queue'), theirs('Data/Topic', 'AWS::SNS::Topic')];
  expect(previewDisagreements(ours, { kind: 'update', resources: more, unseen: ['Far'] })).toEqual([
    'Data/Topic: none by analysis, modify in place by the provider',
  ]);
});

test('only a provider that speaks of nested stacks decides what nobody could look into', () => {
  const stack = { logicalId: 'Data', type: 'AWS::CloudFormation::Stack', impact: 'conditional-replace' } as const;
  const undecided = analysis(undefined, {
    changeClass: 'breaking',
    verdict: 'replacement',
    resources: [{ ...stack, typeClass: 'stateful' }],
  });
  const nothing: Preview = { kind: 'no-change', resources: [] };
  expect(decidedAnalysis(undecided, nothing)).toBe(undecided);
  expect(decidedAnalysis(undecided, { kind: 'unknown', resources: [], unseen: [] })).toBe(undecided);
  expect(decidedAnalysis(undecided, { ...nothing, unseen: [] })).toMatchObject({ changeClass: 'none', unchanged: 1 });
});
