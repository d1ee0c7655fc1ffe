import type { PropertySchema } from './property-schema.ts';

/** What is made up at most, whatever a schema demands at least: a trial needs no billion of anything. */
const valuesMax = 10_000;
const itemsMax = 100;
const lengthMax = 10_000;
const charactersPerValue = 100;

/**
 * Inputs that fit a schema, every declared one given: what a template is tried with when it is registered. Only the form
 * counts; patterns that no simple text fits are met by the default or the example text, and of texts and lists that must
 * be very long only the beginning is made.
 */
export function synthesiseInputs(schema: PropertySchema): Record<string, unknown> {
  return membersOf(schema, { valuesLeft: valuesMax });
}

interface Budget {
  valuesLeft: number;
}

function membersOf({ properties }: PropertySchema, budget: Budget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties ?? {}).map(([name, property]) => [name, synthesise(property, name, budget)]),
  );
}

function synthesise(schema: PropertySchema, name: string, budget: Budget): unknown {
  budget.valuesLeft -= 1;
  if ('default' in schema && schema.default !== null) return schema.default;
  if (schema.enum) return schema.enum[0];
  switch (schema.type) {
    case 'boolean':
      return true;
    case 'integer':
    case 'number':
      return schema.minimum ?? schema.maximum ?? 1;
    case 'array': {
      const items: unknown[] = [];
      const count = Math.min(itemsMax, Math.max(1, schema.minItems ?? 1));
      while (items.length < count && budget.valuesLeft > 0)
        items.push(synthesise(schema.items ?? {}, `${name}${items.length}`, budget));
      return items;
    }
    case 'object':
      return membersOf(schema, budget);
    default: {
      const text = name.replace(/[^A-Za-z0-9-]/g, '-') || 'text';
      const length = Math.min(lengthMax, schema.minLength ?? 0);
      budget.valuesLeft -= length / charactersPerValue;
      return text.padEnd(budget.valuesLeft > 0 ? length : 0, 'x').slice(0, schema.maxLength ?? 200);
    }
  }
}
