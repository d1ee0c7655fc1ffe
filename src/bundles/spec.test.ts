import { describe, expect, test } from 'vitest';
import { parseYaml } from '../yaml-source/index.ts';
import {
  currentValue,
  type PropertySchema,
  parseEnvironmentSpec,
  parseServiceSpec,
  resolveInputs,
  substituteCurrentValues,
  withPartOf,
} from './index.ts';

describe('F10: a malformed spec says everything that is wrong, with line and column', () => {
  const text = `proton: ServicSpec
pipeline: {}
instances:
  - name: "qa 1"
    environment: nowhere
    spec: {port: "80"}
  - environment: north-qa
  - {name: qa1, environment: e}
  - {name: qa1, environment: e}
extra: 1
`;
  test('all at once', () => {
    const parsed = parseServiceSpec(text);
    const lines = parsed.ok
      ? []
      : parsed.refusal.message
          .split('\n')
          .slice(1)
          .map((line) => line.split(': ').slice(0, 2).join(': '));
    expect(lines).toEqual([
      'spec:1:9: proton',
      'spec:10:1: extra',
      'spec:4:11: instances[0].name',
      'spec:7:5: instances[1].name',
      'spec:9:5: instances[3].name',
    ]);
  });
  test.each([
    {
      name: 'instances as a map',
      text: 'proton: ServiceSpec\ninstances: {}\n',
      says: 'instances: found a map, expected a list',
    },
    { name: 'no YAML', text: 'proton: [', says: 'not valid YAML' },
    {
      name: 'a second document',
      text: 'proton: ServiceSpec\ninstances: []\n---\nproton: ServiceSpec\n',
      says: 'spec:3:1: The file has multiple documents; the second begins here.',
    },
    { name: 'another kind', text: 'proton: EnvironmentSpec\nspec: {}\n', says: 'expected ServiceSpec' },
  ])('$name', ({ text: spec, says }) => {
    const parsed = parseServiceSpec(spec);
    expect(parsed).toMatchObject({ ok: false, refusal: { code: 'spec-malformed' } });
    expect(parsed.ok || parsed.refusal.message).toContain(says);
  });
  test('an environment spec without inputs is fine', () => {
    expect(parseEnvironmentSpec('proton: "EnvironmentSpec"\nspec:\n').ok).toBe(true);
  });
});

describe('CURRENT_VAL', () => {
  const current =
    'proton: ServiceSpec\ninstances:\n  - name: b\n    environment: e\n    spec: {port: 81, tags: [x, "1"]}\n  - {name: a, environment: e, spec: {port: 80}}\n';
  test('is replaced by what the same instance has, comments and order kept', () => {
    const spec = `proton: ServiceSpec # mine\ninstances:\n  - name: a\n    environment: e\n    spec: {port: "${currentValue}"}\n  - {name: b, environment: e, spec: {port: 1, tags: "${currentValue}"}}\n`;
    const replaced = substituteCurrentValues(spec, current);
    expect(replaced.ok && replaced.value).toBe(
      'proton: ServiceSpec # mine\ninstances:\n  - name: a\n    environment: e\n    spec: {port: 80}\n  - {name: b, environment: e, spec: {port: 1, tags: ["x", "1"]}}\n',
    );
  });
  test('without a current value is refused', () => {
    const refused = substituteCurrentValues(
      `proton: ServiceSpec\ninstances:\n  - {name: c, environment: e, spec: {port: "${currentValue}"}}\n`,
      current,
    );
    expect(refused.ok || refused.refusal.message).toContain('spec:3:44: instances.c.spec.port');
  });
  test('a text without it comes back byte for byte', () => {
    expect(substituteCurrentValues(current, undefined)).toEqual({ ok: true, value: current });
  });
});

test('the spec of one part is taken over, the rest is left as it is', () => {
  const current =
    'proton: ServiceSpec\ninstances:\n  - {name: a, environment: e, spec: {port: 80}} # first\n  - {name: b, environment: e, spec: {port: 81}}\n';
  const merged = withPartOf(current, current.replace('81', '90').replace('80', '99'), { instance: 'b' });
  expect(merged).toContain('port: 80');
  expect(merged).toContain('# first');
  expect(merged).toContain('port: 90');
});

test('F4: the spec of a part is taken over with the characters that were written', () => {
  const long = 'word '.repeat(40).trim();
  const current = 'proton: ServiceSpec\ninstances:\n  - name: a\n    environment: e\n    spec: {peer: 012345670123}\n';
  const from = `proton: ServiceSpec\ninstances:\n  - name: b\n    environment: e\n    spec:\n      serial: 90071992547409931234\n      build: 1e10\n      flag: "true"\n      port: 080\n      text: ${long}\n`;
  const merged = withPartOf(current, from, { instance: 'b' });
  for (const kept of [
    'peer: 012345670123',
    'serial: 90071992547409931234',
    'build: 1e10',
    'flag: "true"',
    'port: 080',
    long,
  ])
    expect(merged).toContain(kept);
  expect(withPartOf(merged, from, { instance: 'b' }), 'a second time changes nothing').toBe(merged);
});

test('a part that says the same already leaves the text as it is, comments and spaces included', () => {
  const current = 'proton: ServiceSpec # ours\npipeline:   {a: 1}\ninstances:\n- {name: a,environment: e}\n';
  const from = 'proton: ServiceSpec\npipeline: {a: 1}\ninstances:\n  - name: a\n    environment: e\n';
  expect(withPartOf(current, from, { instance: 'a' })).toBe(current);
  expect(withPartOf(current, from, 'pipeline')).toBe(current);
});

test('what is secret is not told when it does not fit', () => {
  const secret = { sensitive: true, type: 'string', pattern: '^[a-z]+$', enum: ['quiet'] } as const;
  const schema: PropertySchema = {
    type: 'object',
    properties: {
      text: secret,
      pin: { sensitive: true, type: 'integer', maximum: 9 },
      huge: { sensitive: true, type: 'integer' },
      kind: { sensitive: true, type: 'boolean' },
      nested: { sensitive: true, type: 'object', properties: { token: { type: 'string', maxLength: 3 } } },
      open: { type: 'integer' },
    },
  };
  const text =
    'proton: EnvironmentSpec\nspec: {text: HUSH1, pin: 7341, huge: 90071992547409931234, kind: HUSH2, nested: {token: [HUSH3]}, open: seen}\n';
  const spec = parseEnvironmentSpec(text);
  if (!spec.ok) throw new Error(spec.refusal.message);
  const resolved = resolveInputs(schema, spec.value.inputs, spec.value.position);
  const said = resolved.ok ? '' : resolved.refusal.message;
  for (const path of ['text', 'pin', 'huge', 'kind', 'nested.token', 'open']) expect(said).toContain(`: ${path}: `);
  expect(said).toContain('seen');
  expect(said).not.toMatch(/HUSH|7341|9931234/);
});

describe('inputs', () => {
  const schema: PropertySchema = {
    type: 'object',
    required: ['port'],
    properties: {
      port: { type: 'integer', minimum: 1, maximum: 65_535 },
      peer_account: { type: 'string', pattern: '^[0-9]{12}$' },
      serial: { type: 'string' },
      build: { type: 'string' },
      mac: { type: 'string' },
      size: { type: 'string', enum: ['small', 'large'], default: 'small' },
      zones: { type: 'array', items: { type: 'string' }, minItems: 2 },
      nested: { type: 'object', properties: { a: { type: 'integer', default: 1 }, b: { type: 'boolean' } } },
      note: { type: 'string', nullable: true },
    },
  };
  function resolve(text: string) {
    const parsed = parseYaml(text, 'spec');
    if (!parsed.ok) throw new Error(parsed.refusal.message);
    return resolveInputs(schema, parsed.value, parsed.value.position);
  }

  test('F4: text inputs keep the characters that were written', () => {
    const resolved = resolve(
      'port: 80\npeer_account: 012345670123\nserial: 90071992547409931234\nbuild: 1e10\nmac: 12:30:45',
    );
    expect(resolved.ok && resolved.value).toMatchObject({
      peer_account: '012345670123',
      serial: '90071992547409931234',
      build: '1e10',
      mac: '12:30:45',
    });
  });
  test('defaults are filled in, nested ones where the object is given; what is optional and not given is absent', () => {
    const resolved = resolve('port: 80\nnested: {b: true}\nnote: ~');
    expect(resolved.ok && resolved.value).toEqual({ port: 80, size: 'small', nested: { a: 1, b: true }, note: null });
  });
  test('F9: every violation with its path, what was found and what was expected', () => {
    const resolved = resolve('port: "80"\nsize: huge\nzones: [a]\nnested: {a: x}\nprot: 1\npeer_account: 1');
    const paths = resolved.ok
      ? []
      : resolved.refusal.issues.map(({ path, position }) => `${path} ${position.line}:${position.column}`);
    expect(paths).toEqual(['port 1:7', 'peer_account 6:15', 'size 2:7', 'zones 3:8', 'nested.a 4:13', 'prot 5:1']);
    expect(resolved.ok || resolved.refusal.message).toContain('Did you mean port?');
  });
  describe('compositions', () => {
    const network: PropertySchema = {
      type: 'object',
      properties: {
        base: {
          allOf: [
            { type: 'object', required: ['id'], properties: { id: { type: 'string' } } },
            { properties: { size: { type: 'integer', default: 1, maximum: 9 } } },
          ],
        },
        source: {
          oneOf: [
            { type: 'object', required: ['image'], properties: { image: { type: 'string' } } },
            {
              type: 'object',
              required: ['path'],
              properties: { path: { type: 'string' }, depth: { type: 'integer', default: 3 } },
            },
          ],
        },
        width: { anyOf: [{ type: 'integer' }, { type: 'string', enum: ['full'] }] },
        other: { type: 'string', not: { enum: ['x'] } },
        free: { type: 'object', additionalProperties: { type: 'string' }, maxProperties: 2 },
        step: { type: 'number', multipleOf: 0.5, minimum: 0, exclusiveMinimum: true },
      },
    };
    function resolveOf(text: string): unknown {
      const parsed = parseYaml(text, 'spec');
      if (!parsed.ok) throw new Error(parsed.refusal.message);
      const resolved = resolveInputs(network, parsed.value, parsed.value.position);
      return resolved.ok ? resolved.value : resolved.refusal.issues.map(({ path, message }) => `${path}: ${message}`);
    }
    test.each([
      {
        name: 'allOf: defaults of all, texts as they were written',
        text: 'base: {id: 0123}',
        gives: { base: { id: '0123', size: 1 } },
      },
      {
        name: 'allOf: the rules of all',
        text: 'base: {size: 10}',
        gives: ['base.id: is required and was not given.', 'base.size: found 10, expected at most 9.'],
      },
      {
        name: 'oneOf: what the fitting one makes of it',
        text: 'source: {path: 1e5}',
        gives: { source: { path: '1e5', depth: 3 } },
      },
      {
        name: 'oneOf: two that fit',
        text: 'source: {path: a, image: b}',
        gives: ['source: fits 2 of the 2 alternatives, expected exactly one (oneOf).'],
      },
      {
        name: 'oneOf: none that fits, and what the nearest lacks',
        text: 'source: {path: []}',
        gives: ['source: fits none of the 2 alternatives (oneOf).', 'source.image: is required and was not given.'],
      },
      { name: 'anyOf', text: 'width: full', gives: { width: 'full' } },
      { name: 'not', text: 'other: x', gives: ['other: has a form that the schema rules out (not).'] },
      { name: 'additional properties', text: 'free: {a: 010, b: x}', gives: { free: { a: '010', b: 'x' } } },
      {
        name: 'too many of them',
        text: 'free: {a: b, c: d, e: f}',
        gives: ['free: found 3 members, expected at most 2.'],
      },
      { name: 'a multiple', text: 'step: 1.5', gives: { step: 1.5 } },
      { name: 'no multiple, and an exclusive bound', text: 'step: 0', gives: ['step: found 0, expected more than 0.'] },
    ])('$name', ({ text, gives }) => {
      expect(resolveOf(text)).toEqual(gives);
    });
  });

  test('alternatives that multiply are given up', () => {
    const twenty = Array.from({ length: 20 }, () => ({
      oneOf: [{ maxLength: 1 }, { maxLength: 2 }, { maxLength: 3 }],
    }));
    const parsed = parseYaml('a: text', 'spec');
    const hostile: PropertySchema = { properties: { a: { type: 'string', allOf: twenty } } };
    const resolved = parsed.ok && resolveInputs(hostile, parsed.value, parsed.value.position);
    expect(resolved).toMatchObject({ ok: false });
  });

  test('a hostile pattern and value are matched in bounded time', () => {
    const hostile: PropertySchema = { type: 'object', properties: { a: { type: 'string', pattern: '^(a+)+$' } } };
    const parsed = parseYaml(`a: ${'a'.repeat(5_000)}b`, 'spec');
    const resolved = parsed.ok && resolveInputs(hostile, parsed.value, parsed.value.position);
    expect(resolved).toMatchObject({ ok: false });
  });
});

test('a very long name is refused, and not thought about for long', () => {
  const name = `${'x'.repeat(40_000)}!`;
  const spec = parseServiceSpec(`proton: ServiceSpec\ninstances:\n  - {name: "${name}", environment: e}\n`);
  expect(spec).toMatchObject({ ok: false, refusal: { code: 'spec-malformed', position: { line: 3 } } });
});
