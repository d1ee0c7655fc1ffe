import fc, { type Arbitrary } from 'fast-check';
import type { Tree, TreeMap } from './tree.ts';

/** As much of JSON Schema as our doors describe their requests with. */
export interface InputSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly Tree[];
  readonly const?: Tree;
  readonly default?: Tree;
  readonly properties?: Readonly<Record<string, InputSchema>>;
  readonly additionalProperties?: boolean | InputSchema;
  readonly required?: readonly string[];
  readonly items?: InputSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly anyOf?: readonly InputSchema[];
  readonly oneOf?: readonly InputSchema[];
  readonly $ref?: string;
}

export interface SchemaWords {
  /** Texts for a member of this name; undefined: any. Few, so that one request meets what another has made. */
  textsOf(name: string): readonly string[] | undefined;
  resolve?(ref: string): InputSchema | undefined;
}

const depthMax = 6;

/** A value as a schema asks for it, mostly valid. @param name of the member that it is for */
export function inputOfSchema(schema: InputSchema, words: SchemaWords, name = '', depth = 0): Arbitrary<Tree> {
  const resolved = schema.$ref === undefined ? schema : (words.resolve?.(schema.$ref) ?? {});
  if (depth > depthMax) return fc.constant(null);
  if (resolved.enum) return fc.constantFrom(...resolved.enum);
  if (resolved.const !== undefined) return fc.constant(resolved.const);
  const types = resolved.type === undefined ? [impliedType(resolved)] : [resolved.type].flat();
  const ofTypes = types.map((type) => inputOfType(type, resolved, words, name, depth));
  const choices = resolved.oneOf ?? (resolved.properties ? undefined : resolved.anyOf);
  const ofChoices = (choices ?? []).map((choice) => inputOfSchema(choice, words, name, depth + 1));
  return ofChoices.length > 0 ? fc.oneof(...ofChoices) : fc.oneof(...ofTypes);
}

function impliedType({ properties, items }: InputSchema): string {
  if (properties) return 'object';
  return items ? 'array' : 'string';
}

function inputOfType(
  type: string,
  schema: InputSchema,
  words: SchemaWords,
  name: string,
  depth: number,
): Arbitrary<Tree> {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
    case 'number': {
      const { minimum = 0, maximum = 100 } = schema;
      return fc.constantFrom(
        minimum,
        maximum,
        Math.min(maximum, minimum + 1),
        minimum,
        (schema.default as number) ?? 1,
      );
    }
    case 'array':
      return fc.array(inputOfSchema(schema.items ?? {}, words, name, depth + 1), {
        minLength: Math.min(1, schema.minItems ?? 0),
        maxLength: 2,
      });
    case 'object':
      return inputOfObject(schema, words, depth);
    default:
      return fc.constantFrom(
        ...(words.textsOf(name) ?? ['text', 'network', '1', ''.padEnd(schema.minLength ?? 0, 'x')]),
      );
  }
}

function inputOfObject(schema: InputSchema, words: SchemaWords, depth: number): Arbitrary<TreeMap> {
  const { properties = {}, required = [], additionalProperties } = schema;
  const members = Object.entries(properties).map(([member, of]) =>
    fc
      .tuple(inputOfSchema(of, words, member, depth + 1), fc.boolean())
      .map(([value, isGiven]) => (isGiven || required.includes(member) ? ([[member, value]] as const) : [])),
  );
  const others =
    typeof additionalProperties === 'object' || Object.keys(properties).length === 0
      ? fc.array(
          fc.tuple(
            fc.constantFrom('a', 'b', 'Name'),
            inputOfSchema(typeof additionalProperties === 'object' ? additionalProperties : {}, words, '', depth + 1),
          ),
          { maxLength: 2 },
        )
      : fc.constant([]);
  return fc.tuple(fc.tuple(...members), others).map(([known, more]) => ({ entries: [...known.flat(), ...more] }));
}
