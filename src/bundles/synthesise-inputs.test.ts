import { expect, test } from 'vitest';
import type { PropertySchema } from './property-schema.ts';
import { synthesiseInputs } from './synthesise-inputs.ts';

test('inputs have the form that the schema asks for', () => {
  const properties: Record<string, PropertySchema> = {
    name: { type: 'string', minLength: 6 },
    size: { type: 'string', enum: ['small', 'large'] },
    ports: { type: 'array', minItems: 2, items: { type: 'integer', minimum: 1024 } },
    open: { type: 'object', properties: { yes: { type: 'boolean' } } },
  };
  expect(synthesiseInputs({ type: 'object', properties })).toEqual({
    name: 'namexx',
    size: 'small',
    ports: [1024, 1024],
    open: { yes: true },
  });
});

test.each<{ name: string; schema: PropertySchema }>([
  { name: 'a text without end', schema: { type: 'string', minLength: 2 ** 53, maxLength: 2 ** 53 } },
  { name: 'a list without end', schema: { type: 'array', minItems: 2 ** 53 } },
  {
    name: 'lists of lists of lists',
    schema: [1, 2, 3, 4, 5].reduce<PropertySchema>((items) => ({ type: 'array', minItems: 1_000, items }), {
      type: 'string',
      minLength: 9_000,
      maxLength: 9_000,
    }),
  },
])('of $name only the beginning is made', ({ schema }) => {
  const made = synthesiseInputs({ type: 'object', properties: { a: schema } });
  expect(JSON.stringify(made).length).toBeLessThan(3_000_000);
});
