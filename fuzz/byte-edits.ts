import fc, { type Arbitrary } from 'fast-check';

type ByteEdit = (bytes: Uint8Array) => Uint8Array;

const fractionMax = 0xffff;

/** Valid bytes after up to five edits: bits turned, cut, pieces dropped, doubled, overwritten, anything behind. */
export function editedBytes(bases: readonly Uint8Array[]): Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...bases), fc.array(byteEdit, { maxLength: 5 }))
    .map(([bytes, edits]) => edits.reduce((edited, edit) => edit(edited), bytes));
}

const edits = {
  turnBit: (bytes, from, size) => replaced(bytes, from, [(bytes[from] ?? 0) ^ (1 << (size % 8))]),
  setByte: (bytes, from, size) => replaced(bytes, from, [size % 256]),
  cut: (bytes, from) => bytes.subarray(0, from),
  drop: (bytes, from, size) => Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + size)]),
  double: (bytes, from, size) =>
    Buffer.concat([bytes.subarray(0, from + size), bytes.subarray(from, from + size), bytes.subarray(from + size)]),
  twice: (bytes) => Buffer.concat([bytes, bytes]),
  zeros: (bytes, from, size) => replaced(bytes, from, new Array(Math.min(size, bytes.length - from)).fill(0)),
  ones: (bytes, from, size) => replaced(bytes, from, new Array(Math.min(size, bytes.length - from)).fill(255)),
  behind: (bytes, _, size) => Buffer.concat([bytes, Buffer.alloc(size, size)]),
} satisfies Record<string, (bytes: Uint8Array, from: number, size: number) => Uint8Array>;

const byteEdit: Arbitrary<ByteEdit> = fc
  .record({
    name: fc.constantFrom('turnBit', 'turnBit', 'setByte', ...(Object.keys(edits) as (keyof typeof edits)[])),
    at: fc.nat(fractionMax),
    size: fc.nat(1_024),
  })
  .map(({ name, at, size }) => {
    const edit: (bytes: Uint8Array, from: number, size: number) => Uint8Array = edits[name as keyof typeof edits];
    return (bytes: Uint8Array) => edit(bytes, Math.floor((at * bytes.length) / fractionMax), size);
  });

function replaced(bytes: Uint8Array, from: number, by: readonly number[]): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.set(by.slice(0, Math.max(0, copy.length - from)), Math.min(from, copy.length));
  return copy;
}
