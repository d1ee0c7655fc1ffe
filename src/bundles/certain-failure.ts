import type { TemplateRefusal } from '../jinja/index.ts';
import { type InputTypeKey, inputSchema, type ParameterSchema } from './parameter-schema.ts';
import type { PropertySchema } from './property-schema.ts';

/** Where inputs stand in what a template is given: `service_instance.inputs`; `*` is any one part. */
export interface InputRoot {
  readonly prefix: string;
  readonly key: InputTypeKey;
}

/**
 * Whether a trial rendering that failed on made-up inputs and names would fail on every other too: `split('=')[1]` need
 * not. Failures of defaults count, for they are what a spec without the input gets.
 */
export function failsForEveryInput(
  { message, missingName, inputs = [] }: TemplateRefusal,
  roots: readonly InputRoot[],
  schema: ParameterSchema,
): boolean {
  if (missingName !== undefined) return !declaredAt(missingName, roots, schema).some(isPossible);
  const madeUp = inputs.filter((input) => !hasDefault(input, roots, schema));
  return madeUp.every((input) => isTypeError(message) && isSingleValue(input, roots, schema));
}

export function hasDefault(input: string, roots: readonly InputRoot[], schema: ParameterSchema): boolean {
  return inputsIn(input, roots).some(({ names: [name = ''], root }) => {
    const { properties = {} } = inputSchema(schema, root.key);
    return Object.hasOwn(properties, name) && 'default' in (properties[name] ?? {});
  });
}

/** Python refuses these whatever the values are, as long as they are of their types. */
function isTypeError(message: string): boolean {
  return /^can only concatenate|^unsupported operand type|not supported between instances|'(?:str|int|float|bool) object' has no attribute|object is not (?:iterable|callable|subscriptable)/.test(
    message,
  );
}

/** Names of things are texts; of inputs, those that the schema says are no lists and no maps. */
function isSingleValue(input: string, roots: readonly InputRoot[], schema: ParameterSchema): boolean {
  if (inputsIn(input, roots).length === 0) return true;
  return declaredAt(input, roots, schema).every(
    (found) => found !== 'anything' && ['string', 'number', 'integer', 'boolean'].includes(found?.type ?? ''),
  );
}

function inputsIn(name: string, roots: readonly InputRoot[]) {
  const parts = name.split('.');
  return roots.flatMap((root) => {
    const prefix = root.prefix.split('.');
    const isBelow = parts.length > prefix.length && prefix.every((part, at) => part === '*' || part === parts[at]);
    return isBelow ? [{ root, names: parts.slice(prefix.length) }] : [];
  });
}

/** What the schema says of a dotted name: undefined where it rules it out, `anything` where it leaves it open. */
type Declared = PropertySchema | 'anything' | undefined;

function isPossible(declared: Declared): boolean {
  return declared !== undefined;
}

function declaredAt(name: string, roots: readonly InputRoot[], schema: ParameterSchema): Declared[] {
  return inputsIn(name, roots).map(({ root, names }) =>
    names.reduce<Declared>((at, part) => memberOf(at, part), inputSchema(schema, root.key)),
  );
}

function memberOf(schema: Declared, name: string): Declared {
  if (schema === undefined || schema === 'anything') return schema;
  if (schema.allOf ?? schema.anyOf ?? schema.oneOf) return 'anything';
  switch (schema.type) {
    case 'array':
      return /^\d+$/.test(name) ? (schema.items ?? 'anything') : undefined;
    case 'object': {
      const { properties = {}, additionalProperties: additional } = schema;
      if (Object.hasOwn(properties, name)) return properties[name];
      return additional === true ? 'anything' : additional || undefined;
    }
    case undefined:
      return schema.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : 'anything';
    default:
      return undefined;
  }
}
