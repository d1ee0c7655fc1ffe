import { gunzipSync, gzipSync } from 'node:zlib';
import fc, { type Arbitrary } from 'fast-check';
import { editedBytes } from './byte-edits.ts';
import { oddTexts } from './odd-values.ts';

const blockBytes = 512;
/** Where each field of a header begins, and how long it is. Source: POSIX pax, "ustar Interchange Format". */
const fields = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  size: [124, 12],
  time: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  link: [157, 100],
  magic: [257, 8],
  prefix: [345, 155],
} as const;

const fieldTexts = [
  ...oddTexts,
  ...[
    '0',
    '1',
    '2',
    '5',
    '7',
    'x',
    'g',
    'L',
    'K',
    'S',
    'V',
    '77777777777',
    '00000000000',
    '-1',
    '99999999999',
    'ustar  \0',
  ],
  ...[
    './',
    'schema/schema.yaml',
    'schema',
    'infrastructure/manifest.yaml',
    '\u0080\u0000\u0000\u0000\u0000\u0000\u00ff',
    '52 path=../x\n',
    'a/'.repeat(49),
  ],
];

/** Archives after edits of their packed bytes, of their unpacked ones, and of header fields under a right checksum. */
export function editedArchives(archives: readonly Uint8Array[]): Arbitrary<Uint8Array> {
  const unpacked = archives.map((archive) => new Uint8Array(gunzipSync(archive)));
  return fc.oneof(
    editedBytes(archives),
    editedBytes(unpacked).map(packed),
    fc
      .tuple(fc.constantFrom(...unpacked), fc.array(headerEdit, { minLength: 1, maxLength: 4 }))
      .map(([bytes, edits]) => packed(edits.reduce<Uint8Array>((edited, edit) => edit(edited), bytes))),
  );
}

function packed(bytes: Uint8Array): Uint8Array {
  return gzipSync(bytes, { level: 1 });
}

const headerEdit: Arbitrary<(bytes: Uint8Array) => Uint8Array> = fc
  .record({
    member: fc.nat(20),
    field: fc.constantFrom(...(Object.keys(fields) as (keyof typeof fields)[])),
    text: fc.oneof(fc.constantFrom(...fieldTexts), fc.string({ unit: 'binary', maxLength: 12 })),
    isSummed: fc.integer({ min: 0, max: 9 }).map((chance) => chance > 0),
  })
  .map(({ member, field, text, isSummed }) => (bytes: Uint8Array) => {
    const copy = Buffer.from(bytes);
    const starts = headerStarts(copy);
    const start = starts[member % starts.length];
    if (start === undefined) return copy;
    const [at, length] = fields[field];
    copy.fill(0, start + at, start + at + length);
    copy.write(text, start + at, length, text.charCodeAt(0) === 0x80 ? 'latin1' : 'utf8');
    return isSummed && field !== 'checksum' ? summed(copy, start) : copy;
  });

function headerStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at + blockBytes <= bytes.length; at += blockBytes) {
    if (bytes.toString('latin1', at + 257, at + 262) === 'ustar') starts.push(at);
  }
  return starts;
}

function summed(bytes: Buffer, start: number): Buffer {
  const header = bytes.subarray(start, start + blockBytes);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return bytes;
}
