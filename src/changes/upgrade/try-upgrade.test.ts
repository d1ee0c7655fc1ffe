import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inputSchema, resolveStoredInputs } from '../../bundles/index.ts';
import { generateInputs } from './generate-inputs.ts';
import { stepOf, versionOf } from './testing/upgrade-world.ts';
import { tryRoundTrip, tryStoredInputs } from './try-upgrade.ts';

const text = { type: 'string' };

describe('made-up inputs', () => {
  const schema = (inputs: Readonly<Record<string, object>>, required: readonly string[] = []) => {
    const known = versionOf('1.0', inputs, required).schema;
    if (!known) throw new Error('no schema');
    return inputSchema(known, 'service_input_type');
  };

  test('stand on the edges', () => {
    const { sets } = generateInputs(schema({ n: { type: 'integer', minimum: 1, maximum: 20, default: 2 } }));
    const values = new Set(sets.map(({ n }) => n));
    for (const edge of [undefined, 1, 2, 19, 20]) expect(values).toContain(edge);
    expect(values).not.toContain(0);
  });

  test.each([
    { pattern: '^[a-z]+$' },
    { pattern: '^[a-z][a-z0-9-]{2,20}$' },
    { pattern: '^\\d{12}$' },
    { pattern: '^arn:aws:iam::\\d{12}:role/\\w+$' },
    { pattern: '^/[a-z]*$' },
  ])('fit the pattern $pattern', ({ pattern }) => {
    const { sets, untried } = generateInputs(schema({ name: { type: 'string', pattern } }, ['name']));
    expect(untried).toEqual([]);
    expect(sets.length).toBeGreaterThan(0);
    for (const { name } of sets) expect(name).toMatch(new RegExp(pattern));
  });

  test('an input that no value is known for is told', () => {
    const { untried } = generateInputs(schema({ name: { type: 'string', pattern: '^(?=.*q)(?!.*z)[^a-p]{5}$' } }));
    expect(untried).toEqual(['name']);
  });

  test('all fit their schema, whatever it is, and are the same again', () => {
    const property = fc.oneof(
      fc.record({
        type: fc.constant('integer'),
        minimum: fc.integer({ min: -5, max: 5 }),
        maximum: fc.integer({ min: 6, max: 9 }),
      }),
      fc.record({ type: fc.constant('string'), minLength: fc.nat(4), maxLength: fc.integer({ min: 4, max: 80 }) }),
      fc.record({
        type: fc.constant('string'),
        enum: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', '1'), { minLength: 1 }),
      }),
      fc.record({ type: fc.constant('boolean'), default: fc.boolean() }),
      fc.record({
        type: fc.constant('array'),
        items: fc.constant(text),
        minItems: fc.nat(2),
        maxItems: fc.integer({ min: 2, max: 4 }),
      }),
      fc.constant({ type: 'object', properties: { x: { type: 'integer' }, y: text }, required: ['x'] }),
    );
    const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1 });
    fc.assert(
      fc.property(
        names,
        fc.array(property, { minLength: 4, maxLength: 4 }),
        fc.boolean(),
        (chosen, properties, isRequired) => {
          const made = schema(
            Object.fromEntries(chosen.map((name, index) => [name, properties[index] ?? text])),
            isRequired ? chosen : [],
          );
          const { sets, untried } = generateInputs(made);
          expect(untried).toEqual([]);
          expect(sets.length).toBeGreaterThan(0);
          for (const set of sets) expect(resolveStoredInputs(made, set).ok).toBe(true);
          expect(JSON.stringify(generateInputs(made).sets)).toBe(JSON.stringify(sets));
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('inputs in use', () => {
  const versions = [
    versionOf('1.0', { a: text }),
    versionOf('1.1', { a: text, b: { ...text, default: 'x' } }),
    versionOf('2.0', { c: { ...text, maxLength: 5 }, b: text }, [], [stepOf('ops:\n  - rename: {from: /a, to: /c}')]),
  ];
  const way = { versions, to: { major: 2, minor: 0 }, key: 'service_input_type' as const };

  test('each has its row', () => {
    const rows = tryStoredInputs(way, [
      { name: 'one', from: { major: 1, minor: 0 }, inputs: { a: 'short' } },
      { name: 'two', from: { major: 1, minor: 1 }, inputs: { a: 'far too long', b: 'y' } },
    ]);
    expect(rows.map(({ name, refusal }) => [name, refusal?.code])).toEqual([
      ['one', undefined],
      ['two', 'upgrade-result-invalid'],
    ]);
  });
});

describe('there and back', () => {
  const trip = (ops: string) => {
    const versions = [
      versionOf('1.0', { a: text, n: { type: 'string', enum: ['x', 'y'] } }),
      versionOf('2.0', { b: text, n: text }, [], [stepOf(ops)]),
    ];
    return tryRoundTrip({
      versions,
      from: { major: 1, minor: 0 },
      to: { major: 2, minor: 0 },
      key: 'service_input_type',
    });
  };

  test('nothing is lost by renames', () => {
    const { lost, tried } = trip('ops:\n  - rename: {from: /a, to: /b}\ndown:\n  - rename: {from: /b, to: /a}');
    expect(tried).toBeGreaterThan(5);
    expect([...lost]).toEqual([]);
  });

  test('what is lost is told', () => {
    const { lost } = trip(
      'ops:\n  - rename: {from: /a, to: /b}\n  - map: {at: /n, values: {x: x, y: x}}\ndown:\n  - drop: {at: /b}',
    );
    expect([...lost.keys()].sort()).toEqual(['a', 'n']);
    expect(lost.get('n')).toEqual({ before: 'y', after: 'x' });
  });

  test('a step without a way back says so', () => {
    expect(trip('ops:\n  - rename: {from: /a, to: /b}')).toMatchObject({ refusal: { code: 'upgrade-down-missing' } });
  });
});
