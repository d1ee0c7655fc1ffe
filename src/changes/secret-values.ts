import type { PropertySchema } from '../bundles/index.ts';

/** The values that a schema calls secret, as texts. */
export function secretValuesIn(schema: PropertySchema, value: unknown): readonly string[] {
  if (schema.sensitive) return value === undefined || value === null ? [] : [String(value)];
  if (Array.isArray(value)) return value.flatMap((item) => secretValuesIn(schema.items ?? {}, item));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => secretValuesIn(schema.properties?.[name] ?? {}, member));
}
