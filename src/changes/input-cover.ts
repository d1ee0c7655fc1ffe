import { type Inputs, type PropertySchema, resolveStoredInputs } from '../bundles/index.ts';

export interface Cover {
  /** Sets of inputs that fit the schema, the default path first. */
  readonly sets: readonly Inputs[];
  /** Inputs for which no value could be made up. */
  readonly untried: readonly string[];
}

interface Choice {
  readonly name: string;
  readonly isNeeded: boolean;
  readonly values: readonly unknown[];
  /** Those that a condition can tell apart: of an enumeration, of a boolean, or compared with in a template. */
  readonly deciding: readonly unknown[];
}

/** Around how many stored sets of inputs the values are varied. */
const basesMax = 3;
/** Most renderings for one version, but for the single values. */
export const coverMax = 500;
const valuesMax = 24;
/** Most texts of one input that are paired with values of others. */
const decidingMax = 4;

/** Texts of the forms that patterns ask for most often. */
const commonTexts = [
  'sample',
  'a',
  'abc',
  'sample-1',
  'Sample1',
  '1',
  '10',
  '10.0.0.0/16',
  'ami-0123456789abcdef0',
  'sample.example.com',
  'arn:aws:iam::111122223333:role/sample',
  '/sample',
  'sample@example.com',
  'https://example.com',
];

/**
 * Inputs that reach every branch as far as it can be seen: for each input all values of an enumeration, both of a
 * boolean, the edges of a number, both defaults, and the texts that a condition compares with; each beside the defaults
 * of the others, then every two that a condition can tell apart, while there is room.
 * Around stored inputs the same is tried: they hold values that nobody could make up.
 * @param other the schema of the other version, whose defaults and edges are worth trying too
 */
export function coverInputs(
  schema: PropertySchema,
  other: PropertySchema,
  literals: readonly string[],
  stored: readonly Inputs[] = [],
): Cover {
  const required = new Set(schema.required);
  const choices: readonly Choice[] = Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    isNeeded: required.has(name) && !('default' in property),
    values: valuesFor(property, other.properties?.[name], literals),
    deciding: decidingValues(property, literals),
  }));
  const untried = choices.filter(({ values }) => values.length === 0).map(({ name }) => name);
  const least = Object.fromEntries(
    choices.flatMap(({ name, isNeeded, values }) => (isNeeded ? [[name, values[0]]] : [])),
  );
  const bases = [least, ...stored.slice(0, basesMax)];
  const single = bases.flatMap((base) => [
    base,
    ...choices.flatMap(({ name, values }) => values.map((value) => ({ ...base, [name]: value }))),
  ]);
  const sets: Inputs[] = [...single, ...pairs(choices, least, coverMax - single.length)];
  const distinct = [...new Map(sets.map((set) => [JSON.stringify(set), set])).values()];
  return { sets: distinct.filter((set) => resolveStoredInputs(schema, set).ok), untried };
}

function pairs(choices: readonly Choice[], least: Inputs, countMax: number): Inputs[] {
  const made: Inputs[] = [];
  for (const [index, first] of choices.entries())
    for (const second of choices.slice(index + 1))
      for (const left of first.deciding)
        for (const right of second.deciding) {
          if (made.length >= countMax) return made;
          made.push({ ...least, [first.name]: left, [second.name]: right });
        }
  return made;
}

function decidingValues(schema: PropertySchema, literals: readonly string[]): readonly unknown[] {
  if (schema.enum || schema.type === 'boolean') return typedValues(schema, undefined, literals).slice(0, valuesMax);
  if (schema.type !== 'string') return [];
  return literals.filter((text) => fits(schema, text)).slice(0, decidingMax);
}

function valuesFor(schema: PropertySchema, other: PropertySchema | undefined, literals: readonly string[]): unknown[] {
  const defaults = [schema.default, other?.default].filter((value) => value !== undefined);
  const candidates = [...defaults, ...typedValues(schema, other, literals)];
  const distinct = [...new Map(candidates.map((value) => [JSON.stringify(value), value])).values()];
  return distinct.filter((value) => fits(schema, value)).slice(0, valuesMax);
}

function typedValues(
  schema: PropertySchema,
  other: PropertySchema | undefined,
  literals: readonly string[],
): unknown[] {
  if (schema.enum) return [...schema.enum];
  switch (schema.type) {
    case 'boolean':
      return [true, false];
    case 'integer':
    case 'number': {
      const edges = [schema.minimum, schema.maximum, other?.minimum, other?.maximum].filter(
        (edge) => edge !== undefined,
      );
      const beside = edges.flatMap((edge) => [edge, edge + 1, edge - 1]);
      return [...beside, ...literals.map(Number).filter(Number.isFinite), 1, 2, 10, 100];
    }
    case 'array': {
      const items = valuesFor(schema.items ?? {}, other?.items, literals);
      const lengths = [schema.minItems ?? 1, schema.maxItems ?? 2];
      const lists = lengths.map((length) =>
        Array.from({ length: Math.min(length, 20) }, (_, index) => items[index % Math.max(1, items.length)]),
      );
      return [...lists, [], ...items.slice(0, 3).map((item) => [item])];
    }
    case 'object': {
      const { sets } = coverInputs(schema, other ?? {}, literals);
      return sets.slice(0, valuesMax);
    }
    default:
      return textsFor(schema, literals);
  }
}

function textsFor({ minLength = 0, maxLength = 200 }: PropertySchema, literals: readonly string[]): string[] {
  const sized = commonTexts.map((text) => text.padEnd(minLength, 'x').slice(0, Math.max(1, maxLength)));
  const [sample] = sized.slice(0, 1);
  return [...literals, ...(sample === undefined ? [] : [sample]), ...sized];
}

function fits(schema: PropertySchema, value: unknown): boolean {
  return resolveStoredInputs({ type: 'object', properties: { value: schema } }, { value }).ok;
}
