import { isDeepStrictEqual } from 'node:util';
import {
  type Bundle,
  type InputTypeKey,
  inputSchema,
  type ParameterSchema,
  type PartName,
  type PropertySchema,
  pointerText,
  trialRendering,
} from '../../bundles/index.ts';
import type { Version } from './upgrade-path.ts';

/** A version's files, and what they ask for. */
export interface ReadBundle {
  readonly bundle: Bundle;
  readonly schema: ParameterSchema;
}

export interface ProposedRename {
  readonly key: InputTypeKey;
  readonly from: string;
  readonly to: string;
}

const parts: readonly { readonly key: InputTypeKey; readonly part: PartName }[] = [
  { key: 'environment_input_type', part: 'environment' },
  { key: 'service_input_type', part: 'instance' },
  { key: 'pipeline_input_type', part: 'pipeline' },
];
/** Each candidate is rendered twice on both sides. */
const candidatesMax = 12;

/**
 * Inputs that were certainly renamed: one is gone, one of the same rules is new, and what they are given comes out at
 * the very same places of the rendered template, which are other places than those of every other candidate.
 */
export function certainRenames(before: ReadBundle, after: ReadBundle): ProposedRename[] {
  return parts.flatMap(({ key, part }) => {
    if (before.schema.inputTypes[key] === undefined || after.schema.inputTypes[key] === undefined) return [];
    const [was, is] = [
      inputSchema(before.schema, key).properties ?? {},
      inputSchema(after.schema, key).properties ?? {},
    ];
    const gone = Object.keys(was)
      .filter((name) => !Object.hasOwn(is, name))
      .slice(0, candidatesMax);
    const added = Object.keys(is)
      .filter((name) => !Object.hasOwn(was, name))
      .slice(0, candidatesMax);
    if (gone.length === 0 || added.length === 0) return [];
    const places = (read: ReadBundle, properties: typeof was, name: string) =>
      placesOf(read, part, key, name, twoValues(properties[name] ?? {}));
    const left = gone.map((name) => ({ name, rules: rulesOf(was[name] ?? {}), places: places(before, was, name) }));
    const right = added.map((name) => ({ name, rules: rulesOf(is[name] ?? {}), places: places(after, is, name) }));
    return left.flatMap((one) => {
      const isLike = (other: typeof one) => one.places !== undefined && isDeepStrictEqual(one.places, other.places);
      const [match, ...others] = right.filter(isLike);
      const isAlone = left.filter(isLike).length === 1 && others.length === 0;
      return match && isAlone && isDeepStrictEqual(one.rules, match.rules)
        ? [{ key, from: one.name, to: match.name }]
        : [];
    });
  });
}

/**
 * The text of a step file for renames that are certain; undefined when none is.
 * @param from the major that the inputs are of
 */
export function proposeStep(
  before: ReadBundle,
  after: ReadBundle,
  from: Version,
  to: Version,
): { readonly file: string; readonly text: string } | undefined {
  const renames = certainRenames(before, after);
  if (renames.length === 0) return undefined;
  const lines = (each: readonly ProposedRename[], indent: string) =>
    each.map((rename) => `${indent}- rename: { from: ${pointerOf(rename.from)}, to: ${pointerOf(rename.to)} }`);
  const back = (each: readonly ProposedRename[]) =>
    each.map((rename) => ({ ...rename, from: rename.to, to: rename.from }));
  const own = renames.filter(({ key }) => key !== 'pipeline_input_type');
  const pipeline = renames.filter(({ key }) => key === 'pipeline_input_type');
  const text = [
    `from: ${from.major}.x`,
    `to: ${to.major}.${to.minor}`,
    'pure: true',
    ...(own.length > 0 ? ['ops:', ...lines(own, '  '), 'down:', ...lines(back(own), '  ')] : ['ops: []']),
    ...(pipeline.length > 0
      ? ['pipeline:', '  ops:', ...lines(pipeline, '    '), '  down:', ...lines(back(pipeline), '    ')]
      : []),
    '',
  ].join('\n');
  return { file: `migrations/${from.major}-to-${to.major}.yaml`, text };
}

function pointerOf(name: string): string {
  const text = pointerText([name]);
  return /^[\w/~.-]+$/.test(text) ? text : JSON.stringify(text);
}

/** All that restricts or presets an input; not what only describes it. */
function rulesOf({ title: _, description: __, ...rules }: PropertySchema): unknown {
  return rules;
}

/** Two values that an input may have; undefined where no two are known. */
function twoValues({ type, enum: values, minimum, maximum }: PropertySchema): readonly [unknown, unknown] | undefined {
  if (values) return values.length > 1 ? [values[0], values[1]] : undefined;
  switch (type) {
    case 'boolean':
      return [true, false];
    case 'string':
      return ['renamed-input-one', 'renamed-input-two'];
    case 'integer':
    case 'number': {
      const low = minimum ?? (maximum === undefined ? 7_001 : maximum - 1);
      return maximum !== undefined && low >= maximum ? undefined : [low, low + 1];
    }
    default:
      return undefined;
  }
}

/** Where a part's rendered template differs between two values of an input, and what stands there; undefined: nowhere. */
function placesOf(
  { bundle, schema }: ReadBundle,
  part: PartName,
  key: InputTypeKey,
  name: string,
  values: readonly [unknown, unknown] | undefined,
): unknown {
  if (!values) return undefined;
  const [one, two] = values.map((value) => trialRendering(bundle, part, schema, { key, inputs: { [name]: value } }));
  if (one === undefined || two === undefined) return undefined;
  const found = differences(one, two, '');
  return found.length > 0 ? found : undefined;
}

function differences(one: unknown, two: unknown, place: string): unknown[] {
  if (isDeepStrictEqual(one, two)) return [];
  const isBoth = (test: (value: unknown) => boolean) => test(one) && test(two);
  if (isBoth((value) => typeof value === 'object' && value !== null) && Array.isArray(one) === Array.isArray(two)) {
    const [left, right] = [one as Record<string, unknown>, two as Record<string, unknown>];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(left[key], right[key], `${place}/${key}`),
    );
  }
  return [{ place, one, two }];
}
