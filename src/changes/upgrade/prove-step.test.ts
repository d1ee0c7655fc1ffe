import { describe, expect, test } from 'vitest';
import { proveStep } from './prove-step.ts';
import { stepOf, versionOf } from './testing/upgrade-world.ts';
import { tryGeneratedInputs } from './try-upgrade.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const secret = { type: 'string', format: 'password' };
const sizes = { type: 'string', enum: ['none', 'one'] };

interface Case {
  readonly name: string;
  readonly old: Readonly<Record<string, object>>;
  readonly fresh: Readonly<Record<string, object>>;
  readonly oldRequired?: readonly string[];
  readonly required?: readonly string[];
  readonly ops: string;
}

function world({ old, fresh, oldRequired, required, ops }: Omit<Case, 'name'>) {
  const step = stepOf(`ops:\n${ops}`);
  const before = versionOf('1.0', old, oldRequired);
  const after = versionOf('2.0', fresh, required, [step]);
  if (!before.schema || !after.schema) throw new Error('no schema');
  const findings = proveStep({ step, before: before.schema, after: after.schema });
  const trial = tryGeneratedInputs({ versions: [before, after], from: before, to: after, key: 'service_input_type' });
  return { findings, trial };
}

describe('a step that takes everything', () => {
  const cases: readonly Case[] = [
    { name: 'a rename', old: { a: text }, fresh: { b: text }, ops: '  - rename: {from: /a, to: /b}' },
    {
      name: 'a rename of a required input',
      old: { a: text },
      oldRequired: ['a'],
      fresh: { b: text },
      required: ['b'],
      ops: '  - rename: {from: /a, to: /b}',
    },
    {
      name: 'a required input by default',
      old: {},
      fresh: { c: { ...text, minLength: 3 } },
      required: ['c'],
      ops: '  - default: {at: /c, value: unassigned}',
    },
    {
      name: 'an optional input that is required now',
      old: { a: text },
      fresh: { a: text },
      required: ['a'],
      ops: '  - default: {at: /a, value: x}',
    },
    {
      name: 'a map over an enum',
      old: { n: sizes },
      fresh: { n: { type: 'string', enum: ['0', '1'] } },
      ops: '  - map: {at: /n, values: {none: "0", one: "1"}}',
    },
    {
      name: 'a map with a value for all others',
      old: { n: text },
      fresh: { n: { type: 'string', enum: ['0', '1'] } },
      ops: '  - map: {at: /n, values: {one: "1"}, else: {value: "0"}}',
    },
    {
      name: 'true and false as texts',
      old: { n: { type: 'boolean' } },
      fresh: { n: { type: 'string', enum: ['on', 'off'] } },
      ops: '  - map: {at: /n, values: {true: "on", false: "off"}}',
    },
    {
      name: 'a number computed of an enum of texts',
      old: { n: { type: 'string', enum: ['1', '2'] } },
      fresh: { n: whole },
      ops: '  - compute: {at: /n, expr: int(input.n)}',
    },
    {
      name: 'a required input computed of a required one',
      old: { cpu: whole },
      oldRequired: ['cpu'],
      fresh: { cpu: whole, tier: text },
      required: ['tier'],
      ops: "  - compute: {at: /tier, expr: \"input.cpu > 1 ? 'l' : 's'\"}",
    },
    {
      name: 'a move into a map',
      old: { size: whole },
      fresh: { db: { type: 'object', properties: { size: whole } } },
      ops: '  - move: {from: /size, to: /db/size}',
    },
    { name: 'an input that is dropped', old: { a: text }, fresh: {}, ops: '  - drop: {at: /a}' },
    {
      name: 'a secret that stays one',
      old: { pw: secret },
      fresh: { db: { type: 'object', properties: { pw: secret } } },
      ops: '  - move: {from: /pw, to: /db/pw}',
    },
    {
      name: 'a question',
      old: {},
      fresh: { owner: text },
      required: ['owner'],
      ops: '  - ask: {at: /owner, question: Who?}',
    },
    {
      name: 'a whole number where any number may be',
      old: { n: whole },
      fresh: { n: { type: 'number' } },
      ops: '  []',
    },
    {
      name: 'parts that are given together',
      old: { h: text, p: whole },
      oldRequired: ['h', 'p'],
      fresh: { hp: text },
      required: ['hp'],
      ops: '  - join: {from: [/h, /p], with: ":", to: /hp}',
    },
  ];
  test.each(cases)('$name', (given) => {
    const { findings, trial } = world(given);
    expect(findings).toEqual([]);
    expect(trial.failures).toEqual([]);
    expect(trial.tried).toBeGreaterThan(0);
  });
});

describe('a step that does not', () => {
  /** `fails`: made-up inputs show it too. */
  const cases: readonly (Case & { readonly rule: string; readonly said: string; readonly fails: boolean })[] = [
    {
      name: 'an input that is left over',
      old: { a: text },
      fresh: { b: text },
      ops: '  []',
      rule: 'error upgrade-partial',
      said: 'a: it is still there',
      fails: true,
    },
    {
      name: 'an input that is missing',
      old: {},
      fresh: { c: text },
      required: ['c'],
      ops: '  []',
      rule: 'error upgrade-partial',
      said: 'c: it can be absent',
      fails: true,
    },
    {
      name: 'an optional one that is required now',
      old: { a: text },
      fresh: { b: text },
      required: ['b'],
      ops: '  - rename: {from: /a, to: /b}',
      rule: 'error upgrade-partial',
      said: 'b: it can be absent',
      fails: true,
    },
    {
      name: 'one computed of what may be absent',
      old: { a: text },
      fresh: { a: text, b: text },
      required: ['b'],
      ops: '  - compute: {at: /b, expr: input.a}',
      rule: 'error upgrade-partial',
      said: 'b: it can be absent',
      fails: true,
    },
    {
      name: 'a value of an enum without a new one',
      old: { n: sizes },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {none: "0"}}',
      rule: 'error upgrade-partial',
      said: '"one" has no new value',
      fails: true,
    },
    {
      name: 'a new value that the new schema refuses',
      old: { n: sizes },
      fresh: { n: { type: 'string', enum: ['0', '1'] } },
      ops: '  - map: {at: /n, values: {none: "0", one: "2"}}',
      rule: 'error upgrade-partial',
      said: '"2"',
      fails: true,
    },
    {
      name: 'a default that the new schema refuses',
      old: {},
      fresh: { c: { ...text, maxLength: 2 } },
      ops: '  - default: {at: /c, value: long}',
      rule: 'error upgrade-partial',
      said: 'at most 2',
      fails: true,
    },
    {
      name: 'another type',
      old: { n: text },
      fresh: { n: whole },
      ops: '  []',
      rule: 'error upgrade-partial',
      said: 'the type was string',
      fails: true,
    },
    {
      name: 'an enum of fewer values',
      old: { n: sizes },
      fresh: { n: { type: 'string', enum: ['one'] } },
      ops: '  []',
      rule: 'error upgrade-partial',
      said: '"none"',
      fails: true,
    },
    {
      name: 'an expression of another type',
      old: { n: text },
      fresh: { n: { type: 'boolean' } },
      ops: '  - compute: {at: /n, expr: string(input.n)}',
      rule: 'error upgrade-partial',
      said: 'the type was string',
      fails: true,
    },
    {
      name: 'a misspelt input',
      old: { HealthPath: text },
      fresh: { b: text },
      ops: '  - rename: {from: /HelthPath, to: /b}\n  - drop: {at: /HealthPath}',
      rule: 'error upgrade-path',
      said: 'have no /HelthPath',
      fails: false,
    },
    {
      name: 'an expression that reads nothing of the old schema',
      old: { cpu: whole },
      fresh: { cpu: whole },
      ops: '  - compute: {at: /cpu, expr: input.cpus}',
      rule: 'error upgrade-path',
      said: 'it reads /cpus',
      fails: false,
    },
    {
      name: 'a secret that is read',
      old: { pw: secret },
      fresh: { pw: secret, x: text },
      ops: '  - compute: {at: /x, expr: input.pw}',
      rule: 'error upgrade-secret',
      said: '/pw',
      fails: true,
    },
    {
      name: 'a secret that is laid open',
      old: { pw: secret },
      fresh: { x: text },
      ops: '  - rename: {from: /pw, to: /x}',
      rule: 'error upgrade-secret',
      said: '/x is not',
      fails: true,
    },
    {
      name: 'a secret in the bundle',
      old: {},
      fresh: { pw: secret },
      ops: '  - default: {at: /pw, value: changeme}',
      rule: 'error upgrade-secret',
      said: 'in the bundle',
      fails: false,
    },
    {
      name: 'a bound that is tighter',
      old: { n: { ...whole, maximum: 100 } },
      fresh: { n: { ...whole, maximum: 10 } },
      ops: '  []',
      rule: 'warning upgrade-uncertain',
      said: 'maximum',
      fails: true,
    },
    {
      name: 'a map over any text',
      old: { n: text },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {a: b}}',
      rule: 'warning upgrade-uncertain',
      said: 'other values',
      fails: true,
    },
    {
      name: 'a text that may have no parts',
      old: { hp: text },
      fresh: { h: text, p: text },
      ops: '  - split: {at: /hp, by: ":", into: [/h, /p]}',
      rule: 'warning upgrade-uncertain',
      said: 'exactly 1',
      fails: true,
    },
  ];
  test.each(cases)('$name', ({ rule, said, fails, ...given }) => {
    const { findings, trial } = world(given);
    const shown = findings.map(({ severity, rule: found, message }) => `${severity} ${found}: ${message}`);
    expect(
      shown.filter((line) => line.startsWith(rule) && line.includes(said)),
      shown.join('\n'),
    ).not.toEqual([]);
    expect(trial.failures.length > 0).toBe(fails);
  });

  test('what fails is shown with the fewest inputs', () => {
    const { trial } = world({
      old: { a: text, b: text, n: { ...whole, maximum: 100 } },
      fresh: { a: text, b: text, n: { ...whole, maximum: 10 } },
      ops: '  []',
    });
    expect(trial.failures.map(({ inputs }) => Object.keys(inputs))).toEqual([['n']]);
  });
});
