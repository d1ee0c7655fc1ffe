import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepOf, versionOf } from './testing/upgrade-world.ts';
import { upgradeInputs } from './upgrade-inputs.ts';
import type { KnownVersion } from './upgrade-path.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const flag = { type: 'boolean' };
const secret = { type: 'string', format: 'password' };

interface Case {
  readonly name: string;
  readonly old: Readonly<Record<string, object>>;
  readonly fresh: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
  readonly ops: string;
  readonly inputs: Record<string, unknown>;
}

function upgraded({ old, fresh, required, ops, inputs }: Omit<Case, 'name'>, answers?: ReadonlyMap<string, unknown>) {
  const step = stepOf(`ops:\n${ops}`);
  const versions = [versionOf('1.0', old), versionOf('2.0', fresh, required, [step])];
  const sight = {
    instance: { name: 'live', environment: 'production', service: 'orders' },
    env: { name: 'production', outputs: {} },
  };
  return upgradeInputs({
    versions,
    from: { major: 1, minor: 0 },
    to: { major: 2, minor: 0 },
    key: 'service_input_type',
    inputs,
    sight,
    answers,
  });
}

describe('one step', () => {
  const cases: readonly (Case & { readonly result: unknown })[] = [
    {
      name: 'rename',
      old: { a: text },
      fresh: { b: text },
      ops: '  - rename: {from: /a, to: /b}',
      inputs: { a: 'x' },
      result: { b: 'x' },
    },
    {
      name: 'rename of what is absent',
      old: { a: text },
      fresh: { b: text },
      ops: '  - rename: {from: /a, to: /b}',
      inputs: {},
      result: {},
    },
    {
      name: 'move makes the maps around it',
      old: { size: whole },
      fresh: { db: { type: 'object', properties: { size: whole } } },
      ops: '  - move: {from: /size, to: /db/size}',
      inputs: { size: 3 },
      result: { db: { size: 3 } },
    },
    {
      name: 'default where nothing is',
      old: {},
      fresh: { c: text },
      ops: '  - default: {at: /c, value: none}',
      inputs: {},
      result: { c: 'none' },
    },
    {
      name: 'default leaves what is there',
      old: { c: text },
      fresh: { c: text },
      ops: '  - default: {at: /c, value: none}',
      inputs: { c: 'own' },
      result: { c: 'own' },
    },
    {
      name: 'map',
      old: { n: text },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {none: "0", one: "1"}}',
      inputs: { n: 'one' },
      result: { n: '1' },
    },
    {
      name: 'map of true and false',
      old: { n: flag },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {true: "on", false: "off"}}',
      inputs: { n: false },
      result: { n: 'off' },
    },
    {
      name: 'map keeps',
      old: { n: text },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {a: b}, else: keep}',
      inputs: { n: 'c' },
      result: { n: 'c' },
    },
    {
      name: 'map to one for all others',
      old: { n: text },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {a: b}, else: {value: z}}',
      inputs: { n: 'c' },
      result: { n: 'z' },
    },
    {
      name: 'split',
      old: { hp: text },
      fresh: { host: text, port: whole },
      ops: '  - split: {at: /hp, by: ":", into: [/host, /port], types: [string, integer]}',
      inputs: { hp: 'db:5432' },
      result: { host: 'db', port: 5432 },
    },
    {
      name: 'join',
      old: { host: text, port: whole },
      fresh: { hp: text },
      ops: '  - join: {from: [/host, /port], with: ":", to: /hp}',
      inputs: { host: 'db', port: 1 },
      result: { hp: 'db:1' },
    },
    {
      name: 'drop',
      old: { a: text, b: text },
      fresh: { b: text },
      ops: '  - drop: {at: /a}',
      inputs: { a: 'x', b: 'y' },
      result: { b: 'y' },
    },
    {
      name: 'drop under a condition',
      old: { a: whole },
      fresh: { a: whole },
      ops: '  - drop: {at: /a, when: "input.a == 0"}',
      inputs: { a: 0 },
      result: {},
    },
    {
      name: 'drop whose condition is false',
      old: { a: whole },
      fresh: { a: whole },
      ops: '  - drop: {at: /a, when: "input.a == 0"}',
      inputs: { a: 1 },
      result: { a: 1 },
    },
    {
      name: 'compute',
      old: { cpu: whole },
      fresh: { cpu: whole, tier: text },
      ops: "  - compute: {at: /tier, expr: \"input.cpu > 1024 ? 'large' : 'small'\"}",
      inputs: { cpu: 2048 },
      result: { cpu: 2048, tier: 'large' },
    },
    {
      name: 'compute does not pin a default',
      old: { cpu: { ...whole, default: 512 } },
      fresh: { cpu: whole, tier: text },
      ops: "  - compute: {at: /tier, expr: 'string(input.cpu)'}",
      inputs: {},
      result: {},
    },
    {
      name: 'compute pins a default when it is told to',
      old: { cpu: { ...whole, default: 512 } },
      fresh: { tier: text },
      ops: "  - compute: {at: /tier, expr: 'string(input.cpu)', required: true}",
      inputs: {},
      result: { tier: '512' },
    },
    {
      name: 'compute from what it is for',
      old: {},
      fresh: { owner: text },
      ops: '  - compute: {at: /owner, expr: "instance.service + \'-\' + env.name"}',
      inputs: {},
      result: { owner: 'orders-production' },
    },
    {
      name: 'compute sees the inputs before the step',
      old: { a: text },
      fresh: { b: text, c: text },
      ops: '  - rename: {from: /a, to: /b}\n  - compute: {at: /c, expr: input.a}',
      inputs: { a: 'x' },
      result: { b: 'x', c: 'x' },
    },
    {
      name: 'an item of a list',
      old: { l: { type: 'array', items: text } },
      fresh: { l: { type: 'array', items: text }, first: text },
      ops: '  - move: {from: /l/0, to: /first}',
      inputs: { l: ['x', 'y'] },
      result: { l: ['y'], first: 'x' },
    },
    {
      name: 'a secret is moved',
      old: { pw: secret },
      fresh: { db: { type: 'object', properties: { pw: secret } } },
      ops: '  - move: {from: /pw, to: /db/pw}',
      inputs: { pw: 's3cret' },
      result: { db: { pw: 's3cret' } },
    },
    {
      name: 'a number becomes the text that the schema asks for',
      old: { n: whole },
      fresh: { n: text },
      ops: '  []',
      inputs: { n: 5 },
      result: { n: '5' },
    },
    {
      name: 'a name like a prototype is a name',
      old: { __proto__x: text },
      fresh: { constructor: text },
      ops: '  - rename: {from: /__proto__x, to: /constructor}',
      inputs: { __proto__x: 'x' },
      result: { constructor: 'x' },
    },
  ];
  test.each(cases)('$name', ({ result, ...given }) => {
    const before = structuredClone(given.inputs);
    const made = upgraded(given);
    expect(made.ok ? made.value.inputs : made.refusal.message).toEqual(result);
    expect(given.inputs, 'the inputs themselves are never changed').toEqual(before);
  });

  const refused: readonly (Case & { readonly code: string; readonly said: string })[] = [
    {
      name: 'a required operation on what is absent',
      old: { a: text },
      fresh: { b: text },
      ops: '  - rename: {from: /a, to: /b, required: true}',
      inputs: {},
      code: 'upgrade-step-failed',
      said: 'required: true',
    },
    {
      name: 'a place that is taken',
      old: { a: text, b: text },
      fresh: { b: text },
      ops: '  - rename: {from: /a, to: /b}',
      inputs: { a: 'x', b: 'y' },
      code: 'upgrade-step-failed',
      said: '/b is there already',
    },
    {
      name: 'a value without a new one',
      old: { n: text },
      fresh: { n: text },
      ops: '  - map: {at: /n, values: {a: b}}',
      inputs: { n: 'c' },
      code: 'upgrade-step-failed',
      said: '"c" is not among',
    },
    {
      name: 'a text with other parts',
      old: { hp: text },
      fresh: { h: text, p: text },
      ops: '  - split: {at: /hp, by: ":", into: [/h, /p]}',
      inputs: { hp: '::1' },
      code: 'upgrade-step-failed',
      said: '3 parts',
    },
    {
      name: 'a part of another type',
      old: { hp: text },
      fresh: { h: text, p: whole },
      ops: '  - split: {at: /hp, by: ":", into: [/h, /p], types: [string, integer]}',
      inputs: { hp: 'a:b' },
      code: 'upgrade-step-failed',
      said: 'no integer',
    },
    {
      name: 'parts of which one is absent',
      old: { h: text, p: text },
      fresh: { hp: text },
      ops: '  - join: {from: [/h, /p], with: ":", to: /hp}',
      inputs: { h: 'a' },
      code: 'upgrade-step-failed',
      said: '/p is absent',
    },
    {
      name: 'a secret that is read',
      old: { pw: secret },
      fresh: { x: text },
      ops: '  - compute: {at: /x, expr: input.pw}',
      inputs: { pw: 's3cret' },
      code: 'upgrade-step-failed',
      said: 'secrets can be moved',
    },
    {
      name: 'a secret that is mapped',
      old: { pw: secret },
      fresh: { pw: secret },
      ops: '  - map: {at: /pw, values: {a: b}}',
      inputs: { pw: 's3cret' },
      code: 'upgrade-step-failed',
      said: 'secrets can be moved',
    },
    {
      name: 'a secret that was moved first',
      old: { pw: secret },
      fresh: { x: secret },
      ops: '  - rename: {from: /pw, to: /x}\n  - map: {at: /x, values: {a: b}, else: keep}',
      inputs: { pw: 's3cret' },
      code: 'upgrade-step-failed',
      said: 'secrets can be moved',
    },
    {
      name: 'a secret that would be laid open',
      old: { pw: secret },
      fresh: { name: text },
      ops: '  - rename: {from: /pw, to: /name}',
      inputs: { pw: 's3cret' },
      code: 'upgrade-step-failed',
      said: 'bring a secret to /name',
    },
    {
      name: 'an expression that fails',
      old: { a: text },
      fresh: { a: whole },
      ops: '  - compute: {at: /a, expr: int(input.a)}',
      inputs: { a: 'many' },
      code: 'upgrade-step-failed',
      said: 'int(input.a)',
    },
    {
      name: 'a result that the schema refuses',
      old: { a: text },
      fresh: { a: text },
      required: ['b'],
      ops: '  - drop: {at: /nope}',
      inputs: { a: 'x' },
      code: 'upgrade-result-invalid',
      said: 'after the upgrade step 1.x to 2.0',
    },
    {
      name: 'an input that is left over',
      old: { a: text },
      fresh: { b: text },
      ops: '  []',
      inputs: { a: 'x' },
      code: 'upgrade-result-invalid',
      said: 'a: is not an input',
    },
    {
      name: 'a question',
      old: {},
      fresh: { owner: text },
      required: ['owner'],
      ops: '  - ask: {at: /owner, question: Who owns it?}',
      inputs: {},
      code: 'upgrade-unanswered',
      said: '/owner (owner): Who owns it?',
    },
  ];
  test.each(refused)('$name is refused', ({ code, said, ...given }) => {
    const fresh = given.required?.includes('b') ? { ...given.fresh, b: text } : given.fresh;
    const made = upgraded({ ...given, fresh });
    expect(made).toMatchObject({ ok: false, refusal: { code } });
    expect(made.ok || made.refusal.message).toContain(said);
    expect(made.ok || made.refusal.message, 'no secret is told').not.toContain('s3cret');
  });

  test('an answer to a question is taken', () => {
    const made = upgraded(
      { old: {}, fresh: { owner: text }, ops: '  - ask: {at: /owner, question: Who owns it?}', inputs: {} },
      new Map([['/owner', 'team-a']]),
    );
    expect(made).toMatchObject({ ok: true, value: { inputs: { owner: 'team-a' } } });
  });

  test('the trace tells every operation, and no secret', () => {
    const ops = '  - rename: {from: /pw, to: /password}\n  - drop: {at: /gone}\n  - map: {at: /n, values: {one: "1"}}';
    const made = upgraded({
      old: { pw: secret, n: text, gone: text },
      fresh: { password: secret, n: text },
      ops,
      inputs: { pw: 's3cret', n: 'one' },
    });
    expect(
      made.ok && made.value.trace.map(({ operation, outcome, detail }) => `${operation}: ${outcome}, ${detail}`),
    ).toEqual([
      'rename /pw to /password: done, a secret value',
      'drop /gone: skipped, /gone is absent',
      'map /n: done, "one" becomes "1"',
    ]);
  });
});

describe('several versions at once', () => {
  const toTwo = stepOf('ops:\n  - rename: {from: /a, to: /b}\ndown:\n  - rename: {from: /b, to: /a}');
  const toThree = stepOf('ops:\n  - rename: {from: /b, to: /c}', 'migrations/2-to-3.yaml');
  const versions: readonly KnownVersion[] = [
    versionOf('1.2', { a: text }),
    versionOf('2.0', { b: text }, [], [toTwo]),
    versionOf('2.1', { b: text, extra: { ...text, default: 'e' } }, [], []),
    versionOf('3.1', { c: text }, [], [toThree]),
  ];
  const request = { versions, key: 'service_input_type' as const, inputs: { a: 'x' } };

  test('every step on the way is taken', () => {
    const made = upgradeInputs({ ...request, from: { major: 1, minor: 2 }, to: { major: 3, minor: 1 } });
    expect(made).toMatchObject({ ok: true, value: { inputs: { c: 'x' } } });
    expect(made.ok && made.value.trace.map(({ step }) => step)).toEqual(['1.x to 2.0', '2.x to 3.0']);
  });

  test('what fails in between names its step', () => {
    const strict = versionOf('2.5', { b: { ...text, maxLength: 3 } });
    const made = upgradeInputs({
      ...request,
      versions: [...versions, strict],
      inputs: { a: 'long text' },
      from: { major: 1, minor: 2 },
      to: { major: 3, minor: 1 },
    });
    expect(made.ok || made.refusal.message).toContain('version 2.5, after the upgrade step 1.x to 2.0');
  });

  test('a version that must be deployed stops the way behind it, not the way to it', () => {
    const stopping = versions.map((version) => ({
      ...version,
      steps: version.steps.map((step) => (step === toTwo ? { ...step, stop: true } : step)),
    }));
    expect(
      upgradeInputs({ ...request, versions: stopping, from: { major: 1, minor: 2 }, to: { major: 3, minor: 1 } }),
    ).toMatchObject({ refusal: { code: 'upgrade-stop' } });
    expect(
      upgradeInputs({ ...request, versions: stopping, from: { major: 1, minor: 2 }, to: { major: 2, minor: 1 } }),
    ).toMatchObject({ ok: true });
  });

  test('down again, where the step says how', () => {
    expect(
      upgradeInputs({ ...request, inputs: { b: 'x' }, from: { major: 2, minor: 1 }, to: { major: 1, minor: 2 } }),
    ).toMatchObject({ ok: true, value: { inputs: { a: 'x' } } });
    expect(
      upgradeInputs({ ...request, inputs: { c: 'x' }, from: { major: 3, minor: 1 }, to: { major: 2, minor: 1 } }),
    ).toMatchObject({ refusal: { code: 'upgrade-down-missing' } });
  });

  test('without steps inputs stay as they are, if they fit', () => {
    const plain = [versionOf('1.0', { a: text }), versionOf('2.0', { a: text, b: { ...text, default: 'y' } })];
    expect(
      upgradeInputs({ ...request, versions: plain, from: { major: 1, minor: 0 }, to: { major: 2, minor: 0 } }),
    ).toMatchObject({ ok: true, value: { inputs: { a: 'x' }, trace: [] } });
  });

  test('a schema that was forgotten lets nobody read what may be secret', () => {
    const forgetting = versions.map((version) => (version.major === 1 ? { ...version, schema: undefined } : version));
    const computing = stepOf('ops:\n  - compute: {at: /b, expr: input.a}\n  - drop: {at: /a}');
    const reading = forgetting.map((version) => ({
      ...version,
      steps: version.steps.includes(toTwo) ? [computing] : version.steps,
    }));
    const way = { from: { major: 1, minor: 2 }, to: { major: 2, minor: 1 } };
    expect(upgradeInputs({ ...request, versions: forgetting, ...way })).toMatchObject({ ok: true });
    expect(upgradeInputs({ ...request, versions: reading, ...way })).toMatchObject({
      refusal: { code: 'upgrade-step-failed' },
    });
  });
});

test('a rename there and back loses nothing, whatever the inputs', () => {
  const step = stepOf(
    'ops:\n  - rename: {from: /a, to: /b}\n  - move: {from: /c, to: /d/e/f}\ndown:\n  - move: {from: /d/e/f, to: /c}\n  - drop: {at: /d}\n  - rename: {from: /b, to: /a}',
  );
  const any = {};
  const versions = [
    versionOf('1.0', { a: any, c: any, z: any }),
    versionOf('2.0', { b: any, d: any, z: any }, [], [step]),
  ];
  const way = { versions, key: 'service_input_type' as const };
  const [one, two] = [
    { major: 1, minor: 0 },
    { major: 2, minor: 0 },
  ];
  const inputs = fc.record({ a: fc.jsonValue(), c: fc.jsonValue(), z: fc.jsonValue() }, { requiredKeys: [] });
  fc.assert(
    fc.property(inputs, (given) => {
      const up = upgradeInputs({ ...way, from: one, to: two, inputs: given });
      const down = up.ok ? upgradeInputs({ ...way, from: two, to: one, inputs: up.value.inputs }) : up;
      expect(down.ok ? JSON.parse(JSON.stringify(down.value.inputs)) : down.refusal).toEqual(
        JSON.parse(JSON.stringify(given)),
      );
    }),
  );
});
