import { expect, test } from 'vitest';
import { isStorable } from './index.ts';

const deep = Array.from({ length: 100_000 }).reduce<unknown>((inner) => [inner], 'text');

test.each([
  { name: 'text of any language', value: { a: ['grüße', '\u{1f600}', ''] }, expected: true },
  { name: 'what is no text and no number', value: [null, true, undefined], expected: true },
  { name: 'a number', value: { a: -1.5e300 }, expected: true },
  { name: 'nested deeper than a stack is', value: deep, expected: true },
  { name: 'bytes, whatever they are', value: { archive: new Uint8Array([0, 255]) }, expected: true },
  { name: 'U+0000', value: { a: ['x\0'] }, expected: false },
  { name: 'U+0000 in a key', value: { a: { '\0': 1 } }, expected: false },
  { name: 'half a pair', value: ['\ud83d'], expected: false },
  { name: 'infinity', value: { limit: Number.POSITIVE_INFINITY }, expected: false },
  { name: 'no number', value: Number.NaN, expected: false },
])('$name', ({ value, expected }) => {
  expect(isStorable(value)).toBe(expected);
});
