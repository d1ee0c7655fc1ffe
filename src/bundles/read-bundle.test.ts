import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { usualBundleLimits } from './bundle.ts';
import { makeBundle, readBundleArchive } from './read-bundle.ts';

async function archive(
  members: readonly (Partial<Header> & { readonly name: string; readonly text?: string })[],
): Promise<Uint8Array> {
  const tar = pack();
  for (const { text, ...header } of members) tar.entry(header, text ?? '');
  tar.finalize();
  return gzipSync(await buffer(tar));
}

const schema = { name: 'schema/schema.yaml', text: 'schema: {}' };

describe('F2: an unsafe archive is refused as a whole, by the name of its member', () => {
  test.each([
    { name: 'a member that climbs out', member: { name: '../escape.txt', text: 'x' }, says: '../escape.txt' },
    { name: 'a climb in the middle', member: { name: 'schema/../../escape.txt', text: 'x' }, says: 'escape.txt' },
    { name: 'an absolute member', member: { name: '/etc/escape.txt', text: 'x' }, says: '/etc/escape.txt' },
    {
      name: 'a symbolic link',
      member: { name: 'infrastructure/cloudformation.yaml', type: 'symlink', linkname: '/etc/hostname' },
      says: 'symlink',
    },
    {
      name: 'a hard link',
      member: { name: 'infrastructure/a', type: 'link', linkname: 'schema/schema.yaml' },
      says: 'link',
    },
    { name: 'a device', member: { name: 'infrastructure/null', type: 'character-device' }, says: 'character-device' },
    { name: 'a pipe', member: { name: 'infrastructure/fifo', type: 'fifo' }, says: 'fifo' },
    {
      name: 'a name with a control character',
      member: { name: 'schema/a\u0007b', text: 'x' },
      says: 'control characters',
    },
    { name: 'one name twice', member: schema, says: 'twice' },
  ] as const)('$name', async ({ member, says }) => {
    const read = await readBundleArchive(await archive([schema, member]));
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-unsafe' } });
    expect(read.ok || read.refusal.message).toContain(says);
  });
});

describe('what is too large or damaged', () => {
  test('a gzip bomb is refused without being unpacked', async () => {
    const read = await readBundleArchive(gzipSync(Buffer.alloc(120 * 1024 * 1024)));
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-too-large', kind: 'limit' } });
  });
  test('too many files', async () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ name: `schema/${index}`, text: 'x' }));
    const read = await readBundleArchive(await archive(many), { ...usualBundleLimits, files: 10 });
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-too-large' } });
  });
  test.each([
    { name: 'no gzip', bytes: Buffer.from('not an archive') },
    { name: 'cut short', bytes: gzipSync(Buffer.from('x'.repeat(5_000))).subarray(0, 20) },
    { name: 'gzip of something else', bytes: gzipSync(Buffer.from('not a tar file'.repeat(100))) },
    { name: 'nothing', bytes: Buffer.alloc(0) },
  ])('$name', async ({ bytes }) => {
    expect(await readBundleArchive(bytes)).toMatchObject({ ok: false, refusal: { code: 'archive-unreadable' } });
  });
});

describe('how a bundle may be packed', () => {
  test.each([
    { name: 'plainly', prefix: '' },
    { name: 'with ./', prefix: './' },
    { name: 'in a folder', prefix: 'service/' },
  ])('$name: the same files give the same digest', async ({ prefix }) => {
    const files = [schema, { name: 'infrastructure/manifest.yaml', text: 'x' }];
    const read = await readBundleArchive(await archive(files.map((file) => ({ ...file, name: prefix + file.name }))));
    const direct = makeBundle(new Map(files.map(({ name, text }) => [name, Buffer.from(text)])));
    expect(read).toMatchObject({ ok: true, value: { digest: direct.digest } });
    expect(read.ok && [...read.value.files.keys()]).toEqual(['infrastructure/manifest.yaml', 'schema/schema.yaml']);
  });

  test("what macOS adds beside the files is no part of the bundle's content", async () => {
    const plain = await readBundleArchive(await archive([schema]));
    const extra = await readBundleArchive(
      await archive([schema, { name: 'schema/._schema.yaml', text: 'x' }, { name: '.DS_Store', text: 'y' }]),
    );
    expect(extra.ok && extra.value.digest).toBe(plain.ok && plain.value.digest);
  });
});

test('whatever bytes come, the answer is a bundle or a refusal', async () => {
  const valid = await archive([schema, { name: 'infrastructure/manifest.yaml', text: 'x'.repeat(600) }]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ at: fc.nat(valid.length - 1), byte: fc.nat(255) }), { maxLength: 8 }),
      async (edits) => {
        const bytes = Uint8Array.from(valid);
        for (const { at, byte } of edits) bytes[at] = byte;
        const read = await readBundleArchive(bytes);
        expect(typeof read.ok).toBe('boolean');
      },
    ),
    { numRuns: 200 },
  );
});
