import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRecord, encodeRecord } from './record-codec.ts';

function roundTrip(value: unknown): unknown {
  return decodeRecord(JSON.parse(encodeRecord(value)));
}

test('dates, maps and sets come back as what they were, at any depth', () => {
  const record = {
    at: new Date('2026-01-02T03:04:05.678Z'),
    tasks: new Map([['A', { startedAt: new Date(0), seen: new Set(['x', 'y']) }]]),
    former: new Map([['B', null]]),
  };
  expect(roundTrip(record)).toEqual(record);
});

test('data that looks like a mark is data', () => {
  const data = { $map: [[1, 2]], $$date: '2026', inner: [{ $set: ['a'], $date: 'no date' }] };
  expect(roundTrip(data)).toEqual(data);
});

test('any JSON comes back unchanged', () => {
  const keys = fc.oneof(fc.constantFrom('$map', '$set', '$date', '$$map', '__proto__', '$'), fc.string());
  const json = fc.letrec((tie) => ({
    value: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(keys, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  })).value;
  fc.assert(
    fc.property(json, (value) => {
      expect(roundTrip(value)).toEqual(value);
    }),
  );
});
