import { expect, test } from 'vitest';
import type { PropertySchema } from './property-schema.ts';
import { schemaIncompatibilities } from './schema-compatibility.ts';

const schema = (type: PropertySchema) => ({
  inputTypes: { service_input_type: 'In' },
  types: { In: { type: 'object' as const, ...type } },
});

test.each([
  {
    name: 'the same',
    before: { properties: { a: { type: 'string' } } },
    after: { properties: { a: { type: 'string' } } },
    found: [],
  },
  { name: 'an optional input', before: {}, after: { properties: { a: { type: 'string' } } }, found: [] },
  {
    name: 'a required one with a default',
    before: {},
    after: { required: ['a'], properties: { a: { type: 'string', default: 'x' } } },
    found: [],
  },
  {
    name: 'a required one',
    before: {},
    after: { required: ['a'], properties: { a: { type: 'string' } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'an input removed',
    before: { properties: { a: { type: 'string' } } },
    after: {},
    found: ['service_input_type.a'],
  },
  {
    name: 'another type',
    before: { properties: { a: { type: 'string' } } },
    after: { properties: { a: { type: 'integer' } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'an integer becomes a number',
    before: { properties: { a: { type: 'integer' } } },
    after: { properties: { a: { type: 'number' } } },
    found: [],
  },
  {
    name: 'a value of an enum lost',
    before: { properties: { a: { enum: ['x', 'y'] } } },
    after: { properties: { a: { enum: ['x'] } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'a value of an enum more',
    before: { properties: { a: { enum: ['x'] } } },
    after: { properties: { a: { enum: ['x', 'y'] } } },
    found: [],
  },
  {
    name: 'a higher minimum',
    before: { properties: { a: { minimum: 1 } } },
    after: { properties: { a: { minimum: 2 } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'a lower maximum',
    before: { properties: { a: { maximum: 5 } } },
    after: { properties: { a: { maximum: 4 } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'another pattern',
    before: { properties: { a: { pattern: 'x' } } },
    after: { properties: { a: { pattern: 'y' } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'a bound that no longer counts itself, a coarser step',
    before: { properties: { a: { minimum: 1 }, b: { multipleOf: 2 }, c: { multipleOf: 4 } } },
    after: { properties: { a: { minimum: 1, exclusiveMinimum: true }, b: { multipleOf: 4 }, c: { multipleOf: 2 } } },
    found: ['service_input_type.a', 'service_input_type.b'],
  },
  {
    name: 'no more inputs of any name',
    before: { properties: { a: { additionalProperties: true } } },
    after: { properties: { a: {} } },
    found: ['service_input_type.a'],
  },
  {
    name: 'items that were free',
    before: { properties: { a: { type: 'array' } } },
    after: { properties: { a: { type: 'array', items: { type: 'string' } } } },
    found: ['service_input_type.a'],
  },
  {
    name: 'deep inside',
    before: { properties: { a: { properties: { b: { maxLength: 5 } } } } },
    after: { properties: { a: { properties: { b: { maxLength: 4 } } } } },
    found: ['service_input_type.a.b'],
  },
] as { name: string; before: PropertySchema; after: PropertySchema; found: string[] }[])(
  '$name',
  ({ before, after, found }) => {
    expect(schemaIncompatibilities(schema(before), schema(after)).map(({ path }) => path)).toEqual(found);
  },
);
