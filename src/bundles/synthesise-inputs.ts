import type { PropertySchema } from './property-schema.ts';

/**
 * Inputs that fit a schema, every declared one given: what a template is tried with when it is registered. Only the form
 * counts; patterns that no simple text fits are met by the default or the example text.
 */
export function synthesiseInputs(schema: PropertySchema): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [name, synthesise(property, name)]),
  );
}

function synthesise(schema: PropertySchema, name: string): unknown {
  if ('default' in schema && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? schema.maximum ?? 1;
    case 'array': {
      const count = Math.max(1, schema.minItems ?? 1);
      return Array.from({ length: count }, (_, index) => synthesise(schema.items ?? {}, `${name}${index}`));
    }
    case 'object':
      return synthesiseInputs(schema);
    default: {
      const text = name.replace(/[^A-Za-z0-9-]/g, '-') || 'text';
      return text.padEnd(schema.minLength ?? 0, 'x').slice(0, schema.maxLength ?? 200);
    }
  }
}
