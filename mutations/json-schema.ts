import type { PropertySchema } from '../src/bundles/index.ts';

/** JSON Schema draft 7 as the cases write it. */
export interface JsonSchema {
  readonly [keyword: string]: unknown;
}

/** The same schema in the form that template bundles have (OpenAPI 3.0): exclusive bounds, constants, several types. */
export function propertySchemaFrom(schema: JsonSchema): PropertySchema {
  const { type, properties, items, additionalProperties, exclusiveMinimum, exclusiveMaximum, ...rest } = schema;
  const types = Array.isArray(type) ? (type as readonly string[]) : [type as string | undefined];
  const [only, ...others] = types.filter((each) => each !== 'null');
  const made: Record<string, unknown> = {
    ...rest,
    ...(types.includes('null') && { nullable: true }),
    ...('const' in schema && { enum: [schema.const] }),
    ...(typeof exclusiveMinimum === 'number' && { minimum: exclusiveMinimum, exclusiveMinimum: true }),
    ...(typeof exclusiveMaximum === 'number' && { maximum: exclusiveMaximum, exclusiveMaximum: true }),
  };
  if (others.length > 0) made.anyOf = [only, ...others].map((each) => ({ type: each }));
  else if (only !== undefined) made.type = only;
  if (isSchema(properties)) {
    made.properties = Object.fromEntries(
      Object.entries(properties).map(([name, member]) => [name, propertySchemaFrom(member as JsonSchema)]),
    );
  }
  if (isSchema(items)) made.items = propertySchemaFrom(items);
  // In JSON Schema everything is open that does not say otherwise.
  if (types.includes('object') || isSchema(properties)) {
    made.additionalProperties = isSchema(additionalProperties)
      ? propertySchemaFrom(additionalProperties)
      : (additionalProperties ?? true);
  }
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const members = schema[keyword];
    if (Array.isArray(members)) made[keyword] = members.map((member) => propertySchemaFrom(member as JsonSchema));
  }
  if (isSchema(schema.not)) made.not = propertySchemaFrom(schema.not);
  return made as PropertySchema;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
