import { type PropertySchema, resolveStoredInputs } from '../../bundles/index.ts';
import { copyOf, type InputData } from './inputs-at.ts';

/** How many values of one input are tried, and how many sets of inputs there may be. */
const valuesMax = 12;
const setsMax = 3_000;
const depthMax = 6;

interface Choice {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly values: readonly unknown[];
}

/**
 * Sets of inputs that fit a schema, the edges first: only what is required, everything, every value of each input beside
 * the least of the others, and every two values together as long as there is room. The same schema gives the same sets.
 * @returns also the inputs for which no value could be made up, most often because of their pattern
 */
export function generateInputs(schema: PropertySchema): {
  readonly sets: readonly InputData[];
  readonly untried: readonly string[];
} {
  const properties = Object.entries(schema.properties ?? {});
  const required = new Set(schema.required);
  const choices: Choice[] = properties.map(([name, property]) => ({
    name,
    isNeeded: required.has(name) && !('default' in property),
    values: edgeValues(property, 0).filter((value) => fits(property, value)),
  }));
  const untried = choices.filter(({ values }) => values.length === 0).map(({ name }) => name);
  const least: InputData = Object.create(null);
  const most: InputData = Object.create(null);
  for (const { name, isNeeded, values } of choices) {
    if (values.length === 0) continue;
    if (isNeeded) least[name] = values[0];
    most[name] = values.at(-1);
  }
  const singles = choices.flatMap(({ name, values }) => values.map((value) => ({ ...least, [name]: value })));
  const sets = [least, most, ...singles, ...pairs(choices, least, setsMax - singles.length)];
  const fitting = sets.map(copyOf).filter((set) => resolveStoredInputs(schema, set).ok);
  return { sets: distinct(fitting), untried };
}

function pairs(choices: readonly Choice[], least: InputData, countMax: number): InputData[] {
  const made: InputData[] = [];
  for (const [index, first] of choices.entries())
    for (const second of choices.slice(index + 1))
      for (const left of first.values)
        for (const right of second.values) {
          if (made.length >= countMax) return made;
          made.push({ ...least, [first.name]: left, [second.name]: right });
        }
  return made;
}

function fits(property: PropertySchema, value: unknown): boolean {
  return resolveStoredInputs({ type: 'object', properties: { value: property } }, { value }).ok;
}

function distinct(sets: readonly InputData[]): InputData[] {
  return [...new Map(sets.map((set) => [JSON.stringify(set), set])).values()];
}

/** Values on and beside the edges of what a schema allows; some may lie outside. */
function edgeValues(schema: PropertySchema, depth: number): unknown[] {
  const preset = 'default' in schema ? [schema.default] : [];
  if (schema.enum) return [...preset, ...schema.enum].slice(0, 200);
  const values = [...preset, ...typedValues(schema, depth), ...(schema.nullable ? [null] : [])];
  return values.slice(0, valuesMax + preset.length);
}

function typedValues(schema: PropertySchema, depth: number): unknown[] {
  switch (schema.type) {
    case 'boolean':
      return [false, true];
    case 'integer':
      return numbers(schema).map(Math.trunc);
    case 'number':
      return [...numbers(schema), (schema.minimum ?? 0) + 0.5];
    case 'string':
      return texts(schema);
    case 'array': {
      const items = depth < depthMax ? edgeValues(schema.items ?? { type: 'string' }, depth + 1) : [];
      const counts = new Set([
        schema.minItems ?? 0,
        Math.max(1, schema.minItems ?? 0),
        Math.min(schema.maxItems ?? 3, 3),
      ]);
      return [...counts].map((count) =>
        Array.from({ length: count }, (_, index) => items[index % Math.max(1, items.length)]),
      );
    }
    case 'object':
      return depth < depthMax ? objects(schema, depth) : [];
    default: {
      const alternatives = [...(schema.oneOf ?? []), ...(schema.anyOf ?? []), ...(schema.allOf ?? [])];
      return depth < depthMax ? alternatives.flatMap((each) => edgeValues(each, depth + 1)) : [];
    }
  }
}

function objects(schema: PropertySchema, depth: number): InputData[] {
  const members = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    values: edgeValues(property, depth + 1),
  }));
  const least = members
    .filter(({ name }) => schema.required?.includes(name))
    .map(({ name, values }) => [name, values[0]] as const);
  const most = members.map(({ name, values }) => [name, values.at(-1)] as const);
  const each = members.flatMap(({ name, values }) =>
    values.slice(0, 3).map((value) => [...least, [name, value] as const]),
  );
  return [least, most, ...each].map((entries) => Object.assign(Object.create(null), Object.fromEntries(entries)));
}

function numbers({ minimum, maximum, multipleOf }: PropertySchema): number[] {
  const step = multipleOf ?? 1;
  const low = minimum === undefined ? [0, -step, step] : [minimum, minimum + step];
  const high = maximum === undefined ? [(minimum ?? 0) + 1_000 * step, 65_536 * step] : [maximum - step, maximum];
  const onStep = multipleOf && minimum !== undefined ? [Math.ceil(minimum / step) * step] : [];
  return [...low, ...onStep, ...high];
}

const usualTexts = [
  ...['a', 'text', 'Text-1', '0', '1', 'true', 'false', '007', '1.5', 'a b', 'ä€'],
  ...[
    'host:80',
    '/path',
    '10.0.0.0/16',
    'name@example.com',
    'https://example.com/',
    'arn:aws:iam::111122223333:role/name',
  ],
];

function texts({ minLength = 0, maxLength, pattern, format }: PropertySchema): string[] {
  const longest = 'x'.repeat(Math.min(maxLength ?? 64, 4_096));
  const dates = format === 'date' || format === 'date-time' ? ['2024-02-29', '2024-02-29T23:59:59Z'] : [];
  const plain = ['x'.repeat(minLength), longest, ...dates];
  const candidates =
    pattern === undefined
      ? [...plain, '', ...usualTexts.slice(0, 8)]
      : [...plain, ...byPattern(pattern), ...usualTexts];
  const fitting = candidates.filter((text) => fits({ type: 'string', minLength, maxLength, pattern }, text));
  return [...new Set(fitting)];
}

/** Texts for the usual patterns of names and numbers: an anchored sequence of letters, classes and counts. */
function byPattern(pattern: string): string[] {
  const pieces = [
    ...pattern
      .replace(/^\^|\$$/g, '')
      .matchAll(/(\[(?:\\.|[^\]\\])+\]|\\.|[^\\[\](){}*+?|.^$])(\{\d+(?:,\d*)?\}|[*+?])?/g),
  ];
  if (pieces.map(([whole]) => whole).join('') !== pattern.replace(/^\^|\$$/g, '')) return [];
  const made = (least: boolean) =>
    pieces
      .map(([, atom = '', count = '']) => {
        const [, low = '1', comma, high = ''] = /^\{(\d+)(,?)(\d*)\}$/.exec(count) ?? [];
        const counts: Readonly<Record<string, readonly [number, number]>> = {
          '*': [0, 3],
          '+': [1, 3],
          '?': [0, 1],
          '': [1, 1],
        };
        const [lowest, highest] = counts[count] ?? [Number(low), comma ? Number(high || Number(low) + 3) : Number(low)];
        return memberOf(atom).repeat(Math.min(least ? lowest : highest, 200));
      })
      .join('');
  return [made(true), made(false)];
}

function memberOf(atom: string): string {
  if (atom === '\\d') return '7';
  if (atom === '\\w') return 'w';
  if (atom === '\\s') return ' ';
  if (atom.startsWith('\\')) return atom.slice(1);
  if (!atom.startsWith('[')) return atom;
  const candidates = 'aA0-_./: zZ9'.split('');
  const expression = new RegExp(`^${atom}$`);
  return candidates.find((character) => expression.test(character)) ?? '';
}
