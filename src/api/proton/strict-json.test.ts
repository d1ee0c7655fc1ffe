import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStrictJson } from './strict-json.ts';

function read(text: string) {
  return parseStrictJson(Buffer.from(text, 'utf8'));
}

describe('a body is refused', () => {
  const cases = [
    { name: 'that is empty', text: '', says: 'not valid JSON' },
    { name: 'that is cut off', text: '{"name": "x', says: 'not valid JSON' },
    { name: 'that is an array', text: '[]', says: 'not a JSON object' },
    { name: 'that is null', text: 'null', says: 'not a JSON object' },
    { name: 'with a key twice', text: '{"a": 1, "a": 2}', says: "key 'a' twice" },
    { name: 'with a key twice, once escaped', text: '{"a": 1, "\\u0061": 2}', says: "key 'a' twice" },
    { name: 'with a key twice deep inside', text: '{"x": [{"a": 1, "b": {"a": 1}, "a": 2}]}', says: "key 'a' twice" },
    { name: 'with the key __proto__', text: '{"a": {"__proto__": {}}}', says: '__proto__' },
    { name: 'with half a surrogate pair', text: '{"a": "\\ud800"}', says: 'surrogate' },
    { name: 'that is too deep', text: `{"a":${'['.repeat(64)}${']'.repeat(64)}}`, says: 'deeper than 64' },
    { name: 'that is absurdly deep', text: `${'['.repeat(200_000)}${']'.repeat(200_000)}`, says: 'deeper than 64' },
    { name: 'of unclosed brackets', text: '['.repeat(500_000), says: 'not valid JSON' },
    { name: 'of quotes without end', text: `"${'\\"'.repeat(300_000)}`, says: 'not valid JSON' },
  ];
  test.each(cases)('$name', ({ text, says }) => {
    expect(read(text)).toMatchObject({
      ok: false,
      refusal: { code: 'JsonMalformed', message: expect.stringContaining(says) },
    });
  });

  test('that is no UTF-8', () => {
    expect(parseStrictJson(Uint8Array.from([0x7b, 0xff, 0x7d]))).toMatchObject({
      ok: false,
      refusal: { code: 'JsonMalformed' },
    });
  });
});

test('brackets, quotes and keys inside strings mean nothing', () => {
  const value = { a: '{"a":1,"a":2}', b: '\\"[[[', c: ['a', 'a'], d: { a: 1 } };
  expect(read(JSON.stringify(value))).toEqual({ ok: true, value });
});

test('every honest object comes back as it is', () => {
  const honest = fc.dictionary(
    fc.string().filter((key) => key !== '__proto__'),
    fc.jsonValue({ maxDepth: 5 }),
  );
  fc.assert(
    fc.property(honest, (value) => {
      const text = JSON.stringify(value);
      if (text.includes('__proto__')) return;
      expect(read(text)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
    { numRuns: 300 },
  );
});

test('no text makes it throw', () => {
  const text = fc.array(fc.constantFrom('{', '}', '[', ']', '"', '\\', ':', ',', 'a', '1', ' ', '\\u00'), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (pieces) => {
      expect(typeof read(pieces.join('')).ok).toBe('boolean');
    }),
    { numRuns: 2000 },
  );
});
