import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseYaml, yamlAt, yamlData } from '../yaml-source/index.ts';
import { replaceSpecInputs } from './replace-spec-inputs.ts';

const spec = `# our orders
proton: ServiceSpec
pipeline:
  stage: one # first
instances:
  - name: live
    environment: production
    spec:
      # as the probe expects it
      HealthPath: "/ready"   # not /
      account: 012345670123
      size: 3
  - {name: trial, environment: sandbox, spec: {size: 1}}
`;

describe('a spec keeps its form', () => {
  test('of a renamed input, and of all that stays', () => {
    const before = { HealthCheckPath: '/ready', account: '012345670123', size: 3 };
    const moves = [{ from: ['HealthPath'], to: ['HealthCheckPath'] }];
    const after = { HealthCheckPath: '/ready', account: '012345670123', size: 4, owner: 'yes', rules: [{ port: 80 }] };
    expect(replaceSpecInputs(spec, { kind: 'instance', instance: 'live' }, { moves, before, after })).toBe(`# our orders
proton: ServiceSpec
pipeline:
  stage: one # first
instances:
  - name: live
    environment: production
    spec:
      # as the probe expects it
      HealthCheckPath: "/ready" # not /
      account: 012345670123
      size: 4
      owner: "yes"
      rules:
        - port: 80
  - { name: trial, environment: sandbox, spec: { size: 1 } }
`);
  });

  test('of the pipeline', () => {
    const replaced = replaceSpecInputs(
      spec,
      { kind: 'pipeline' },
      { moves: [], before: { stage: 'one' }, after: { stage: 'two' } },
    );
    expect(replaced).toContain('  stage: two # first');
  });

  test('to the letter when nothing changes', () => {
    const inputs = { size: 1 };
    expect(
      replaceSpecInputs(spec, { kind: 'instance', instance: 'trial' }, { moves: [], before: inputs, after: inputs }),
    ).toBe(spec);
  });

  test('of an input that is moved into a map', () => {
    const text = 'proton: EnvironmentSpec\nspec:\n  dbSize: 20 # GB\n  name: a\n';
    const moves = [{ from: ['dbSize'], to: ['database', 'size'] }];
    const inputs = { database: { size: 20 }, name: 'a' };
    const replaced = replaceSpecInputs(text, { kind: 'environment' }, { moves, before: inputs, after: inputs });
    expect(replaced).toBe('proton: EnvironmentSpec\nspec:\n  name: a\n  database:\n    size: 20 # GB\n');
  });

  test('is given up where one text stands for several values', () => {
    const text = 'proton: EnvironmentSpec\nspec:\n  a: &size 1\n  b: *size\n';
    const replaced = replaceSpecInputs(
      text,
      { kind: 'environment' },
      { moves: [], before: { a: 1, b: 1 }, after: { a: 2, b: 1 } },
    );
    expect(replaced).toBe('proton: EnvironmentSpec\nspec:\n  a: 2\n  b: 1\n');
  });

  test('a spec without inputs gets them', () => {
    const text = 'proton: EnvironmentSpec\nspec:\n';
    const replaced = replaceSpecInputs(text, { kind: 'environment' }, { moves: [], before: {}, after: { a: 'x' } });
    expect(replaced).toBe('proton: EnvironmentSpec\nspec:\n  a: x\n');
  });
});

test('whatever the inputs were and become, the text says what they are', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'true', '1', '__proto__', 'x y');
  const value = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 2 },
      fc.constantFrom('text', '007', 'true', '', ' a: b ', '# no', 'null', 'two\nlines'),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 2 }),
      fc.dictionary(name, tie('value'), { maxKeys: 2, noNullPrototype: false }),
    ),
  })).value;
  const inputs = fc.dictionary(name, value, { maxKeys: 4, noNullPrototype: false });
  fc.assert(
    fc.property(inputs, inputs, (before, after) => {
      const part = { kind: 'environment' } as const;
      const text = replaceSpecInputs('proton: EnvironmentSpec\nspec: {}\n', part, {
        moves: [],
        before: {},
        after: before,
      });
      const replaced = parseYaml(replaceSpecInputs(text, part, { moves: [], before, after }), 'spec');
      const found = replaced.ok && yamlAt(replaced.value, ['spec']);
      expect(JSON.stringify(found && sorted(yamlData(found)))).toBe(JSON.stringify(sorted(after)));
    }),
  );
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => [key, sorted(member)]);
}
