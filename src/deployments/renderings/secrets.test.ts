import { describe, expect, test } from 'vitest';
import type { PropertySchema } from '../../bundles/index.ts';
import { maskedInputs, maskedText, secretNames, secretValues, secretWords, withoutSecrets } from './secrets.ts';

const secret: PropertySchema = { type: 'string', sensitive: true };
const schema: PropertySchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    password: secret,
    database: { type: 'object', properties: { user: { type: 'string' }, password: secret } },
    keys: { type: 'array', items: secret },
    users: { type: 'array', items: { type: 'object', properties: { login: { type: 'string' }, token: secret } } },
  },
  oneOf: [{ properties: { pin: { type: 'integer', sensitive: true } } }, { properties: { card: { type: 'string' } } }],
  additionalProperties: secret,
};

test('secret inputs are masked at every depth, and nothing else is', () => {
  const inputs = {
    name: 'shop',
    password: 'p1',
    database: { user: 'u', password: 'p2' },
    keys: ['k1', 'k2'],
    users: [{ login: 'ana', token: 't1' }],
    pin: 1234,
    card: 'c',
    more: 'm',
  };
  const shown = maskedInputs(inputs, schema);
  expect(shown).toMatchObject({
    name: 'shop',
    password: '***',
    database: { user: 'u', password: '***' },
    keys: ['***', '***'],
    users: [{ login: 'ana', token: '***' }],
    pin: '***',
  });
  expect(JSON.stringify(shown)).not.toMatch(/p1|p2|k1|k2|t1|1234/);
});

test('secret names are dotted; a list or a free map with secrets in it is one itself', () => {
  expect(secretNames(schema, 'environment.inputs')).toEqual([
    'environment.inputs.password',
    'environment.inputs.database.password',
    'environment.inputs.keys',
    'environment.inputs.users',
    'environment.inputs.pin',
    'environment.inputs',
  ]);
});

describe('a rendered line', () => {
  const cases = [
    {
      name: 'with a secret keeps its key',
      line: '  MasterPassword: "p1"',
      reads: ['in.password'],
      shown: '  MasterPassword: ***',
    },
    { name: 'in a list keeps its key', line: '    - Value: p1', reads: ['in.password'], shown: '    - Value: ***' },
    { name: 'without a key keeps its indentation', line: '    p1', reads: ['in.password'], shown: '    ***' },
    { name: 'that prints a whole with a secret in it', line: 'All: {a: p1}', reads: ['in'], shown: 'All: ***' },
    { name: 'that prints a part of a secret', line: 'A: p', reads: ['in.password.first'], shown: 'A: ***' },
    { name: 'without a secret', line: '  Name: shop', reads: ['in.name', 'in.password_hint'], shown: '  Name: shop' },
  ] as const;
  test.each(cases)('$name', ({ line, reads, shown }) => {
    expect(maskedText(line, ['in.password'], () => reads)).toBe(shown);
  });
});

test('secret values are found at every depth, and none that is too short to be told from other words', () => {
  const inputs = {
    name: 'shop',
    password: 'pass-one',
    database: { password: 'x' },
    keys: ['key-one'],
    pin: 1234,
    more: 'm3m',
  };
  expect([...secretValues(inputs, schema)].sort()).toEqual(['1234', 'key-one', 'm3m', 'pass-one']);
});

describe("a provider's message", () => {
  const text = [
    'Resources:',
    '  Db:',
    '    Password: "s3cret!"',
    '    Url: !Sub "pg://app:hushhush@host/db"',
    '    Name: shop',
  ];
  const reads = (line: number) => (line === 3 || line === 4 ? ['in.password'] : line === 5 ? ['in.name'] : []);
  const secrets = secretWords(text.join('\n'), ['in.password'], reads);
  const cases = [
    { said: 'The parameter s3cret! is not allowed', shown: 'The parameter *** is not allowed' },
    { said: 'cannot log in with hushhush', shown: 'cannot log in with ***' },
    { said: 'pg://app:hushhush@host/db is unknown', shown: '*** is unknown' },
    { said: 'Db of shop is broken', shown: 'Db of shop is broken' },
  ];
  test.each(cases)('$said', ({ said, shown }) => {
    expect(withoutSecrets(said, secrets)).toBe(shown);
  });
});
