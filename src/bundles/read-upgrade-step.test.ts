import { describe, expect, test } from 'vitest';
import { makeBundle } from './bundle.ts';
import { isUpgradeFile, readUpgradeStep, upgradeStepsOf } from './read-upgrade-step.ts';
import { describeOp } from './upgrade-step.ts';

const path = 'migrations/1-to-2.yaml';

const every = `
from: 1.x
to: 2.0.0
pure: false
stop: true
description: the way to 2
ops:
  - rename:  {from: /HealthPath, to: /HealthCheckPath}
  - move:    {from: /dbSize, to: /database/size, required: true}
  - default: {at: /CostCentre, value: unassigned, reason: finance}
  - map:     {at: /NatCount, values: {none: "0", one: "1"}, else: keep}
  - split:   {at: /hostPort, by: ":", into: [/host, /port], types: [string, integer]}
  - join:    {from: [/host, /port], with: "", to: /endpoint}
  - drop:    {at: /TtlEnabled, when: "true", note: never had an effect}
  - compute: {at: /a~1b, expr: "int(input.MinSize)"}
  - ask:     {at: /dataOwner, question: Who owns this data?}
down:
  - rename: {from: /HealthCheckPath, to: /HealthPath}
pipeline:
  ops:
    - drop: {at: /stage}
`;

test('every operation is read', () => {
  const { step, findings } = readUpgradeStep(every, path);
  expect(findings).toEqual([]);
  expect(step).toMatchObject({ from: { major: 1 }, to: { major: 2, minor: 0 }, stop: true, pure: false });
  expect(step?.inputs.up.map(describeOp)).toEqual([
    'rename /HealthPath to /HealthCheckPath',
    'move /dbSize to /database/size',
    'default /CostCentre',
    'map /NatCount',
    'split /hostPort into /host, /port',
    'join /host, /port to /endpoint',
    'drop /TtlEnabled',
    'compute /a~1b',
    'ask /dataOwner',
  ]);
  expect(step?.inputs.up[1]).toMatchObject({
    required: true,
    to: ['database', 'size'],
    position: { line: 9, column: 5 },
  });
  expect(step?.inputs.up[7]).toMatchObject({ at: ['a/b'] });
  expect(step?.inputs.down?.map(describeOp)).toEqual(['rename /HealthCheckPath to /HealthPath']);
  expect(step?.pipeline.up.map(describeOp)).toEqual(['drop /stage']);
  expect(step?.pipeline.down).toBeUndefined();
});

describe('versions', () => {
  test.each([
    { name: 'migrations/1-to-2.yaml', head: '', from: { major: 1 }, to: { major: 2, minor: 0 } },
    { name: 'migrations/1.x-to-2.3.yml', head: '', from: { major: 1 }, to: { major: 2, minor: 3 } },
    {
      name: 'migrations/1.4-to-1.10.yaml',
      head: 'to: 1.10',
      from: { major: 1, minor: 4 },
      to: { major: 1, minor: 10 },
    },
    { name: 'migrations/v1-to-v3.yaml', head: 'from: 1\nto: 3.0.0', from: { major: 1 }, to: { major: 3, minor: 0 } },
  ])('$name with "$head"', ({ name, head, from, to }) => {
    expect(readUpgradeStep(`${head}\nops: []`, name).step).toMatchObject({ from, to });
  });
});

test.each([
  { path: 'migrations/1-to-2.yaml', is: true },
  { path: 'migrations/0001-users.sql', is: false },
  { path: 'migrations/users-to-people.yaml', is: false },
  { path: 'instance_infrastructure/migrations/1-to-2.yaml', is: false },
])('$path is a step: $is', ({ path: file, is }) => {
  expect(isUpgradeFile(file)).toBe(is);
});

describe('what is wrong is found with its place', () => {
  const wrong = [
    { name: 'no map', text: '- 1', rule: 'upgrade-file', at: '1:1' },
    { name: 'no YAML', text: 'ops: [', rule: 'yaml-syntax', at: '1:7' },
    { name: 'no operations', text: 'from: 1', rule: 'upgrade-file', at: '1:1' },
    { name: 'an unknown key', text: 'ops: []\nops2: []', rule: 'upgrade-file', at: '2:1' },
    { name: 'an unknown operation', text: 'ops:\n  - renam: {from: /a, to: /b}', rule: 'upgrade-file', at: '2:5' },
    {
      name: 'two operations in one',
      text: 'ops:\n  - drop: {at: /a}\n    ask: {at: /b}',
      rule: 'upgrade-file',
      at: '2:5',
    },
    { name: 'a part that is missing', text: 'ops:\n  - rename: {from: /a}', rule: 'upgrade-file', at: '2:5' },
    {
      name: 'a part that nobody reads',
      text: 'ops:\n  - drop: {at: /a, wen: "true"}',
      rule: 'upgrade-file',
      at: '2:20',
    },
    { name: 'a dotted path', text: 'ops:\n  - drop: {at: a.b}', rule: 'upgrade-path', at: '2:16' },
    { name: 'the inputs as a whole', text: 'ops:\n  - drop: {at: /}', rule: 'upgrade-path', at: '2:16' },
    { name: 'a tilde alone', text: 'ops:\n  - drop: {at: /a~2}', rule: 'upgrade-path', at: '2:16' },
    { name: 'a rename elsewhere', text: 'ops:\n  - rename: {from: /a, to: /b/a}', rule: 'upgrade-file', at: '2:28' },
    { name: 'a move into itself', text: 'ops:\n  - move: {from: /a, to: /a/b}', rule: 'upgrade-file', at: '2:26' },
    {
      name: 'an expression that is none',
      text: 'ops:\n  - compute: {at: /a, expr: "1 +"}',
      rule: 'upgrade-expression',
      at: '2:29',
    },
    {
      name: 'a condition that is a text',
      text: 'ops:\n  - drop: {at: /a, when: "\'yes\'"}',
      rule: 'upgrade-expression',
      at: '2:26',
    },
    {
      name: 'types that do not go with places',
      text: 'ops:\n  - split: {at: /a, by: ":", into: [/b, /c], types: [string]}',
      rule: 'upgrade-file',
      at: '2:53',
    },
    {
      name: 'a place twice',
      text: 'ops:\n  - join: {from: [/b, /b], with: ":", to: /a}',
      rule: 'upgrade-file',
      at: '2:18',
    },
    {
      name: 'a number that could be a text',
      text: 'ops:\n  - default: {at: /a, value: 007}',
      rule: 'upgrade-file',
      at: '2:30',
    },
    { name: 'another version than the name', text: 'from: 3.x\nops: []', rule: 'upgrade-file', at: '1:7' },
    { name: 'a third number', text: 'to: 2.0.1\nops: []', rule: 'upgrade-file', at: '1:5' },
  ];
  test.each(wrong)('$name', ({ text, rule, at }) => {
    const { step, findings } = readUpgradeStep(text, path);
    expect(step).toBeUndefined();
    const places = findings.map(({ rule: found, position: { line, column } }) => `${found} ${line}:${column}`);
    expect(places).toContain(`${rule} ${at}`);
    for (const { severity, message, remedy } of findings)
      expect([severity, message, remedy]).toEqual(['error', expect.stringMatching(/./), expect.stringMatching(/./)]);
  });

  test('a way downwards', () => {
    expect(readUpgradeStep('ops: []', 'migrations/2-to-1.yaml').findings).toMatchObject([{ rule: 'upgrade-file' }]);
  });

  test('the same step twice', () => {
    const files = {
      'migrations/1-to-2.yaml': 'ops: []',
      'migrations/1.x-to-2.0.yaml': 'ops: []',
      'migrations/readme.yaml': '[',
    };
    const bundle = makeBundle(new Map(Object.entries(files).map(([name, text]) => [name, Buffer.from(text)])));
    const { steps, findings } = upgradeStepsOf(bundle);
    expect(steps).toHaveLength(2);
    expect(findings).toMatchObject([
      { rule: 'upgrade-file', message: 'The step 1.x to 2.0 stands in migrations/1-to-2.yaml already.' },
    ]);
  });
});
