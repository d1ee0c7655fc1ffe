import { expect, test } from 'vitest';
import { schemaPosition } from './schema-position.ts';

const schema = `schema:
  format: {openapi: "3.0.0"}
  service_input_type: In
  types:
    In:
      type: object
      properties:
        name: {type: string}
        ports:
          type: array
          items:
            type: object
            properties:
              number: {type: integer}
`;

test.each([
  { path: 'service_input_type.name', line: 8, column: 9, reason: 'an input' },
  { path: 'service_input_type.ports[].number', line: 14, column: 15, reason: 'an input of the items of a list' },
  { path: 'service_input_type.ports[].gone', line: 9, column: 9, reason: 'what is nearest to a removed input' },
  { path: 'service_input_type.gone', line: 5, column: 5, reason: 'the type that has lost an input' },
  { path: 'service_input_type', line: 5, column: 5, reason: 'the type as a whole' },
  { path: 'pipeline_input_type', line: 1, column: 1, reason: 'an input type that has disappeared' },
])('$path: $reason', ({ path, line, column }) => {
  expect(schemaPosition(schema, path)).toEqual({ file: 'schema/schema.yaml', line, column });
});

test('a text that is no schema has only a beginning', () => {
  expect(schemaPosition('{', 'service_input_type.name')).toEqual({ file: 'schema/schema.yaml', line: 1, column: 1 });
});
