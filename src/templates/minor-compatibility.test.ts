import { expect, test } from 'vitest';
import { minorIncompatibilities } from './minor-compatibility.ts';
import { schemaOf } from './testing/template-world.ts';

const minor = (minor: number, properties: string, required = '') => ({
  major: 1,
  minor,
  schemaText: schemaOf('service', properties, required),
});
const size = 'size: {type: integer}';

test.each([
  { name: 'the first minor', others: [], said: [] },
  { name: 'the same schema', others: [minor(0, size), minor(5, size)], said: [] },
  {
    name: 'several that break alike: said once, for the lowest',
    others: [minor(0, `${size}, old: {type: string}`), minor(1, `${size}, old: {type: string}, b: {type: string}`)],
    said: ['old: was removed. Inputs that fit version 1.0', 'b: was removed. Inputs that fit version 1.1'],
  },
  {
    name: 'a later one, registered meanwhile, that demands more',
    others: [minor(9, `${size}, need: {type: string}`, 'need')],
    said: ['need: is new and required, without a default. Compared with this version, that is so in version 1.9'],
  },
  { name: 'a schema that cannot be read', others: [{ major: 1, minor: 0, schemaText: '{' }], said: [] },
])('$name', ({ others, said }) => {
  const findings = minorIncompatibilities('service', minor(3, size), others);
  expect(findings.map(({ message }) => message)).toEqual(said.map((each) => expect.stringContaining(each)));
  expect(findings.every(({ severity, rule }) => severity === 'error' && rule === 'schema-incompatible')).toBe(true);
});
