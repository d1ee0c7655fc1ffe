import type { Result, SourcePosition } from '../errors/index.ts';
import type { YamlNode } from '../yaml-source/index.ts';
import type { PropertySchema } from './property-schema.ts';
import { type Inputs, type InputsRefusal, resolveInputs } from './resolve-inputs.ts';

/**
 * The inputs that were given, typed and checked by the schema: as resolveInputs, but what was not given stays absent,
 * whatever its default. An upgrade stores these: a default stays a default.
 */
export function givenInputs(
  schema: PropertySchema,
  given: YamlNode | undefined,
  position: SourcePosition,
): Result<Inputs, InputsRefusal> {
  return resolveInputs(withoutDefaults(schema), given, position);
}

const stripped = new WeakMap<PropertySchema, PropertySchema>();

function withoutDefaults(schema: PropertySchema): PropertySchema {
  const known = stripped.get(schema);
  if (known) return known;
  const { default: _, properties, items, additionalProperties, allOf, anyOf, oneOf, required, ...rest } = schema;
  const each = (schemas: readonly PropertySchema[] | undefined) => schemas?.map(withoutDefaults);
  const optional = (name: string) => 'default' in (properties?.[name] ?? {});
  const made: PropertySchema = {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, member]) => [name, withoutDefaults(member)]),
      ),
    }),
    ...(required && { required: required.filter((name) => !optional(name)) }),
    ...(items && { items: withoutDefaults(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'object' ? withoutDefaults(additionalProperties) : additionalProperties,
    }),
    ...(allOf && { allOf: each(allOf) }),
    ...(anyOf && { anyOf: each(anyOf) }),
    ...(oneOf && { oneOf: each(oneOf) }),
  };
  stripped.set(schema, made);
  return made;
}
