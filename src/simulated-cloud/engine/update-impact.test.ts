import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../state/json.ts';
import { changedPaths, updateImpact } from './update-impact.ts';

const impacts: { name: string; type: string; before: JsonObject; after: JsonObject; impact: string; reason: string }[] =
  [
    {
      name: 'nothing',
      type: 'AWS::SQS::Queue',
      before: { DelaySeconds: 5 },
      after: { DelaySeconds: '5' },
      impact: 'none',
      reason: 'the service compares texts',
    },
    {
      name: 'a plain property',
      type: 'AWS::SQS::Queue',
      before: {},
      after: { DelaySeconds: 5 },
      impact: 'in-place',
      reason: '"no" in its schema',
    },
    {
      name: 'a name',
      type: 'AWS::SQS::Queue',
      before: {},
      after: { QueueName: 'q' },
      impact: 'replace',
      reason: '"yes" in its schema',
    },
    {
      name: 'the network it lies in',
      type: 'AWS::RDS::DBInstance',
      before: {},
      after: { DBSubnetGroupName: 'a' },
      impact: 'replace',
      reason: '"yes" in its schema',
    },
    {
      name: 'a custom resource',
      type: 'Custom::Thing',
      before: {},
      after: { Any: 1 },
      impact: 'in-place',
      reason: 'it has no schema',
    },
  ];
test.each(impacts)('$type: $name', ({ type, before, after, impact, reason }) => {
  expect(updateImpact({ type, before, after }), reason).toBe(impact);
});

const paths: { name: string; before: Json; after: Json; expected: (string | number)[][] }[] = [
  { name: 'a member', before: { A: { B: 1, C: 2 } }, after: { A: { B: 1, C: 3 } }, expected: [['A', 'C']] },
  { name: 'an item', before: { L: [1, 2] }, after: { L: [1, 3] }, expected: [['L', 1]] },
  { name: 'a longer list', before: { L: [1] }, after: { L: [1, 2] }, expected: [['L']] },
  { name: 'another kind of value', before: { A: 'x' }, after: { A: ['x'] }, expected: [['A']] },
  { name: 'a key of the prototype', before: {}, after: { constructor: 1 }, expected: [['constructor']] },
];
test.each(paths)('values differ in $name', ({ before, after, expected }) => {
  expect(changedPaths(before, after)).toEqual(expected);
});
