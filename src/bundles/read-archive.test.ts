import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Header, type Pack, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usualBundleLimits } from './bundle.ts';
import { readBundleArchive } from './read-archive.ts';
import { readBundleFolder } from './read-folder.ts';

type Member = Partial<Header> & { readonly name: string; readonly content?: string | Uint8Array };

function tar(members: readonly Member[]): Promise<Uint8Array> {
  const packed = pack();
  return collect(packed, () => {
    for (const { content = '', ...header } of members) packed.entry(header, Buffer.from(content as string));
    packed.finalize();
  });
}

async function collect(packed: Pack, fill: () => void): Promise<Uint8Array> {
  fill();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packed) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

async function archive(...members: Member[]): Promise<Uint8Array> {
  return gzipSync(await tar(members));
}

/** An archive in which the second member's header is changed, and its checksum right. */
async function withHeader(members: readonly Member[], change: (header: Buffer) => unknown): Promise<Uint8Array> {
  const bytes = Buffer.from(await tar(members));
  const header = bytes.subarray(1024, 1536);
  change(header);
  header.write('        ', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return gzipSync(bytes);
}

const schema: Member = { name: 'schema/schema.yaml', content: 'schema: {}' };
const manifest: Member = { name: 'infrastructure/manifest.yaml', content: 'infrastructure: {}' };

async function paths(bytes: Uint8Array): Promise<string[]> {
  const read = await readBundleArchive(bytes);
  if (!read.ok) throw new Error(read.refusal.message);
  return [...read.value.files.keys()];
}

describe('archives that are read', () => {
  const expected = ['infrastructure/manifest.yaml', 'schema/schema.yaml'];
  test.each([
    { name: 'as packed by tar czf', members: [schema, manifest], expected },
    {
      name: 'with directories of their own',
      members: [{ name: 'schema/', type: 'directory' as const }, schema, manifest],
      expected,
    },
    {
      name: 'as packed before POSIX',
      members: [{ name: 'schema/', type: 'file' as const }, schema, manifest],
      expected,
    },
    {
      name: 'packed from "."',
      members: [
        { name: './', type: 'directory' as const },
        { ...schema, name: './schema/schema.yaml' },
        { ...manifest, name: './infrastructure/./manifest.yaml' },
      ],
      expected,
    },
    {
      name: 'one folder around everything, as the official instructions pack it',
      members: [
        { ...schema, name: 'service/schema/schema.yaml' },
        { ...manifest, name: 'service/infrastructure/manifest.yaml' },
      ],
      expected,
    },
    {
      name: 'only a schema is no folder around everything: a customer-managed environment',
      members: [schema],
      expected: ['schema/schema.yaml'],
    },
    {
      name: 'what macOS adds is left out, and does not hide the folder around everything',
      members: [
        { ...schema, name: 'b/schema/schema.yaml' },
        { name: 'b/schema/._schema.yaml', content: 'x' },
        { name: '._b', content: 'x' },
        { name: '.DS_Store', content: 'x' },
      ],
      expected: ['schema/schema.yaml'],
    },
    {
      name: 'names longer than a tar header has room for',
      members: [{ ...schema, name: `schema/${'long/'.repeat(60)}file.yaml` }],
      expected: [`schema/${'long/'.repeat(60)}file.yaml`],
    },
    {
      name: 'names beyond ASCII',
      members: [schema, { name: 'infrastructure/größe-静か.tf', content: 'x' }],
      expected: ['infrastructure/größe-静か.tf', 'schema/schema.yaml'],
    },
  ])('$name', async ({ members, expected }) => {
    expect(await paths(await archive(...members))).toEqual(expected);
  });

  test('the digest tells contents apart, not how they were packed', async () => {
    const digest = async (...members: Member[]) => {
      const read = await readBundleArchive(await archive(...members));
      return read.ok ? read.value.digest : undefined;
    };
    const usual = await digest(schema, manifest);
    expect(usual).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await digest({ ...manifest, mtime: new Date(0), mode: 0o600 }, schema)).toBe(usual);
    expect(
      await digest(
        { ...schema, name: 'b/schema/schema.yaml' },
        { ...manifest, name: 'b/infrastructure/manifest.yaml' },
      ),
    ).toBe(usual);
    expect(await digest({ ...schema, content: 'schema: {} ' }, manifest)).not.toBe(usual);
    // the same characters, cut differently into name and content
    expect(await digest({ name: 'schema/a', content: 'b1' })).not.toBe(
      await digest({ name: 'schema/ab', content: '1' }),
    );
  });
});

describe('F2: archives that are refused as a whole, naming the member', () => {
  test.each([
    {
      name: 'a member that climbs',
      member: { name: '../escape.txt' },
      code: 'archive-unsafe',
      says: '"../escape.txt" climbs',
    },
    {
      name: 'one that climbs further down',
      member: { name: 'a/../../escape.txt' },
      code: 'archive-unsafe',
      says: 'climbs',
    },
    {
      name: 'an absolute member',
      member: { name: '/etc/passwd' },
      code: 'archive-unsafe',
      says: '"/etc/passwd" has an absolute path',
    },
    { name: 'a drive letter', member: { name: 'C:/x' }, code: 'archive-unsafe', says: 'absolute path' },
    { name: 'backslashes', member: { name: 'a\\..\\b' }, code: 'archive-unsafe', says: 'climbs' },
    {
      name: 'a symlink',
      member: { name: 'infrastructure/cloudformation.yaml', type: 'symlink' as const, linkname: '/etc/hostname' },
      code: 'archive-unsafe',
      says: '"infrastructure/cloudformation.yaml" is a symlink',
    },
    {
      name: 'a hard link',
      member: { name: 'x', type: 'link' as const, linkname: 'schema/schema.yaml' },
      code: 'archive-unsafe',
      says: '"x" is a link',
    },
    {
      name: 'a device',
      member: { name: 'x', type: 'character-device' as const },
      code: 'archive-unsafe',
      says: 'character-device',
    },
    {
      name: 'a block device',
      member: { name: 'x', type: 'block-device' as const },
      code: 'archive-unsafe',
      says: 'block-device',
    },
    { name: 'a pipe', member: { name: 'x', type: 'fifo' as const }, code: 'archive-unsafe', says: 'fifo' },
    { name: 'a name twice', member: { name: './schema//schema.yaml' }, code: 'archive-unsafe', says: 'is there twice' },
    {
      name: 'a file that is a directory too',
      member: { name: 'schema' },
      code: 'archive-unsafe',
      says: 'a file and a directory',
    },
    {
      name: 'a directory that is a file too',
      member: { name: 'schema/schema.yaml/x' },
      code: 'archive-unsafe',
      says: 'a file and a directory',
    },
    {
      name: 'a directory entry in the place of a file',
      member: { name: 'schema/schema.yaml', type: 'directory' as const },
      code: 'archive-unsafe',
      says: 'a file and a directory',
    },
    {
      name: 'control characters in a name',
      member: { name: 'a\u001b[2Jb' },
      code: 'archive-unsafe',
      says: 'control characters',
    },
    {
      name: 'a sparse file in the form of PAX',
      member: { name: 'x', pax: { 'GNU.sparse.major': '1', 'GNU.sparse.realsize': '99999999999' } },
      code: 'archive-unsafe',
      says: 'sparse',
    },
    {
      name: 'a very long name',
      member: { name: `${'a/'.repeat(600)}b` },
      code: 'archive-unsafe',
      says: 'more than 1000 characters',
    },
  ])('$name', async ({ member, code, says }) => {
    const read = await readBundleArchive(await archive(schema, member as Member));
    expect(read).toMatchObject({ ok: false, refusal: { code } });
    expect(read.ok || read.refusal.message).toContain(says);
  });

  test('an old GNU sparse file is of unknown kind', async () => {
    const bytes = await withHeader([schema, { name: 'x', content: 'abc' }], (header) => {
      header[156] = 'S'.charCodeAt(0);
    });
    expect(await readBundleArchive(bytes)).toMatchObject({ ok: false, refusal: { code: 'archive-unsafe' } });
  });

  test('a member whose size is no number', async () => {
    const bytes = await withHeader([schema, { name: 'x', content: 'abc' }], (header) => header.fill(0xf2, 124, 136));
    const read = await readBundleArchive(bytes);
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-unsafe' } });
    expect(read.ok || read.refusal.message).toContain('"x" has no proper size');
  });
});

describe('limits', () => {
  const limits = { ...usualBundleLimits, unpackedBytes: 10_000, files: 3 };
  test.each([
    {
      name: 'bytes of one file',
      members: [{ name: 'schema/a', content: 'x'.repeat(10_001) }],
      says: 'more than 10000 bytes',
    },
    {
      name: 'bytes of all files together',
      members: [1, 2, 3].map((n) => ({ name: `schema/${n}`, content: 'x'.repeat(4_000) })),
      says: 'more than 10000 bytes',
    },
    { name: 'files', members: [1, 2, 3, 4].map((n) => ({ name: `schema/${n}` })), says: 'more than 3 files' },
  ])('$name', async ({ members, says }) => {
    const read = await readBundleArchive(await archive(...members), limits);
    expect(read).toMatchObject({ ok: false, refusal: { kind: 'limit', code: 'archive-too-large' } });
    expect(read.ok || read.refusal.message).toContain(says);
  });

  test('the packed size', async () => {
    const read = await readBundleArchive(new Uint8Array(100), { ...usualBundleLimits, archiveBytes: 99 });
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-too-large' } });
  });

  test('a gzip bomb is stopped while it is unpacked, and memory stays flat', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const before = process.memoryUsage().rss;
    const read = await readBundleArchive(bomb);
    expect(read).toMatchObject({ ok: false, refusal: { code: 'archive-too-large' } });
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
    const ratio = await readBundleArchive(
      gzipSync(await tar([{ name: 'schema/a', content: Buffer.alloc(3_000_000) }])),
    );
    expect(ratio.ok || ratio.refusal.message).toContain('more than 200 times');
  });
});

describe('archives that are damaged', () => {
  test.each([
    { name: 'not gzip', make: (bytes: Uint8Array) => bytes.subarray(1) },
    { name: 'nothing', make: () => new Uint8Array() },
    { name: 'cut off', make: (bytes: Uint8Array) => bytes.subarray(0, bytes.length - 20) },
    { name: 'no tar inside', make: () => gzipSync('this is a text, and no archive at all'.repeat(50)) },
    { name: 'an archive without files', make: () => gzipSync(Buffer.alloc(1024)) },
    { name: 'a tar that ends in a file', make: (_: Uint8Array, plain: Uint8Array) => gzipSync(plain.subarray(0, 520)) },
  ])('$name', async ({ make }) => {
    const plain = await tar([{ ...schema, content: 'x'.repeat(3_000) }]);
    const read = await readBundleArchive(make(gzipSync(plain), plain));
    expect(read).toMatchObject({ ok: false, refusal: { kind: 'invalid', code: 'archive-unreadable' } });
  });

  test('whatever the bytes, the answer is a bundle or a refusal', async () => {
    const plain = await tar([schema, manifest, { name: 'a/b', type: 'symlink', linkname: 'c' }]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ at: fc.nat(plain.length - 1), byte: fc.nat(255) }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (changes, isPackedChanged) => {
          const bytes = Buffer.from(isPackedChanged ? gzipSync(plain) : plain);
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          const read = await readBundleArchive(isPackedChanged ? bytes : gzipSync(bytes));
          if (read.ok) for (const path of read.value.files.keys()) expect(path).not.toMatch(/(^|\/)\.\.(\/|$)|^\//);
          else expect(read.refusal.code).toMatch(/^archive-/);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('folders', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deuteron-bundle-'));
    await mkdir(join(folder, 'plain', 'schema'), { recursive: true });
    await writeFile(join(folder, 'plain', 'schema', 'schema.yaml'), 'schema: {}');
    await mkdir(join(folder, 'linked'));
    await symlink('/etc/hostname', join(folder, 'linked', 'file'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a folder is the bundle that its archive is', async () => {
    const [fromFolder, fromArchive] = [
      await readBundleFolder(join(folder, 'plain')),
      await readBundleArchive(await archive(schema)),
    ];
    expect(fromFolder.ok && fromFolder.value.digest).toBe(fromArchive.ok && fromArchive.value.digest);
  });

  test.each([
    { name: 'a link', path: 'linked', code: 'folder-unsafe', says: '"file" is a link' },
    { name: 'no folder', path: 'nowhere', code: 'folder-unreadable', says: 'nowhere' },
  ])('$name', async ({ path, code, says }) => {
    const read = await readBundleFolder(join(folder, path));
    expect(read).toMatchObject({ ok: false, refusal: { code } });
    expect(read.ok || read.refusal.message).toContain(says);
  });

  test('a folder beyond the limits is left before all of it was read', async () => {
    const read = await readBundleFolder(join(folder, 'plain'), { ...usualBundleLimits, files: 0 });
    expect(read).toMatchObject({ ok: false, refusal: { kind: 'limit', code: 'folder-too-large' } });
    expect(await readdir(join(folder, 'plain'))).toEqual(['schema']);
  });
});
