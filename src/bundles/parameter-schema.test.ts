import { expect, test } from 'vitest';
import { readParameterSchema } from './parameter-schema.ts';

function readInput(property: string, beside = '') {
  const text = `schema:\n  format: {openapi: "3.0.0"}\n  environment_input_type: In\n  types:\n    In:\n      type: object\n${beside}      properties:\n        a: {${property}}\n`;
  const { schema, findings } = readParameterSchema(text, 'environment');
  return {
    input: schema?.types.In?.properties?.a,
    findings: findings.map(({ severity, rule }) => `${severity} ${rule}`),
  };
}

test.each([
  { written: 'yes', means: true },
  { written: 'Off', means: false },
  { written: 'NO', means: false },
  { written: 'true', means: true },
])('the default of a boolean may be written $written', ({ written, means }) => {
  expect(readInput(`type: boolean, default: ${written}`)).toEqual({
    input: { type: 'boolean', default: means },
    findings: [],
  });
});

test.each([
  { property: 'type: boolean, default: "yes"' },
  { property: 'type: boolean, default: y' },
  { property: 'type: string, default: true' },
  { property: 'type: string, default: null' },
  { property: 'type: number, default: "80"' },
])('a default of another type: $property', ({ property }) => {
  expect(readInput(property).findings).toEqual(['error schema-default-type']);
});

test.each([
  { written: 'yes', means: 'yes' },
  { written: '1.20', means: '1.20' },
  { written: '012345670123', means: '012345670123' },
])('the default of a text is the characters that were written: $written', ({ written, means }) => {
  expect(readInput(`type: string, default: ${written}`)).toMatchObject({ input: { default: means }, findings: [] });
});

test('a list of required inputs may be left empty', () => {
  expect(readInput('type: string', '      required:\n').findings).toEqual([]);
});

test('an object of which nothing is declared may hold anything, unless it says otherwise', () => {
  expect(readInput('type: object').input).toEqual({ type: 'object', additionalProperties: true });
  expect(readInput('type: object, additionalProperties: false').input).toMatchObject({ additionalProperties: false });
  expect(readInput('type: object, properties: {b: {type: string}}').input).not.toHaveProperty('additionalProperties');
});

test.each([{ type: '{string: null}' }, { type: '[string]' }, { type: '{}' }])('$type is no type', ({ type }) => {
  expect(readInput(`type: ${type}`).findings).toContain('error schema-construct');
});
