import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type Bundle, type BundleLimits, usualBundleLimits } from './bundle.ts';

export type ReadBundleRefusal = Refusal<
  'archive-unreadable' | 'archive-unsafe' | 'archive-too-large' | 'folder-unreadable'
>;

/** Directories that a bundle itself has: an archive that wraps them in one more folder is unwrapped. */
const ownDirectories = new Set([
  'schema',
  'infrastructure',
  'instance_infrastructure',
  'pipeline_infrastructure',
  'pipeline',
]);

/**
 * Reads a gzipped tar archive. Nothing is written to a disk.
 * @refuses an archive that is damaged, too large when unpacked, or that has links, devices, absolute or climbing names,
 * control characters in names, or one name twice: as a whole, naming the member
 */
export async function readBundleArchive(
  archive: Uint8Array,
  limits: BundleLimits = usualBundleLimits,
): Promise<Result<Bundle, ReadBundleRefusal>> {
  if (archive.byteLength > limits.archiveBytes)
    return tooLarge(`The archive has ${archive.byteLength} bytes; at most ${limits.archiveBytes} are taken.`);
  const unpacked = await unzip(archive, limits);
  return unpacked.ok ? readTar(unpacked.value, limits) : unpacked;
}

async function unzip(archive: Uint8Array, limits: BundleLimits): Promise<Result<Uint8Array, ReadBundleRefusal>> {
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) return unreadable('it is not gzip-compressed');
  // tar adds at most 1 KiB a file, and pads
  const maxOutputLength = limits.unpackedBytes + limits.files * 2_048;
  return new Promise((resolve) => {
    gunzip(archive, { maxOutputLength }, (error, data) => {
      if (!error) return resolve(accept(data));
      const isBomb = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
      resolve(
        isBomb
          ? tooLarge(`The archive unpacks to more than ${limits.unpackedBytes} bytes.`)
          : unreadable(error.message),
      );
    });
  });
}

async function readTar(data: Uint8Array, limits: BundleLimits): Promise<Result<Bundle, ReadBundleRefusal>> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  try {
    const entries = extract();
    Readable.from([data]).pipe(entries);
    for await (const entry of entries) {
      const unsafe = unsafeMember(entry.header, files);
      if (unsafe) return unsafe;
      if (entry.header.type === 'directory') {
        entry.resume();
        continue;
      }
      bytes += entry.header.size ?? 0;
      if (bytes > limits.unpackedBytes)
        return tooLarge(`The archive unpacks to more than ${limits.unpackedBytes} bytes.`);
      if (files.size >= limits.files) return tooLarge(`The archive has more than ${limits.files} files.`);
      const chunks: Uint8Array[] = [];
      for await (const chunk of entry) chunks.push(chunk as Uint8Array);
      files.set(cleanName(entry.header.name), Buffer.concat(chunks));
    }
  } catch (error) {
    return unreadable((error as Error).message);
  }
  if (files.size === 0) return unreadable('it has no files');
  return accept(makeBundle(unwrapped(files)));
}

function cleanName(name: string): string {
  return name.replace(/^(?:\.\/)+/, '').replace(/\/+/g, '/');
}

const metadataTypes = new Set(['pax-header', 'pax-global-header', 'gnu-long-path', 'gnu-long-link-path']);

function unsafeMember(header: Header, files: ReadonlyMap<string, Uint8Array>) {
  const { name, type } = header;
  const shown = JSON.stringify(name.slice(0, 200));
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory' && !metadataTypes.has(type ?? '')) {
    return unsafe(`the member ${shown} is a ${type ?? 'thing of unknown kind'}; only files and directories are taken`);
  }
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return unsafe(`the member ${shown} has an absolute path`);
  if (name.split(/[/\\]/).includes('..')) return unsafe(`the member ${shown} climbs out of the archive`);
  if (/[\u0000-\u001f\u007f\\]/.test(name))
    return unsafe(`the name of the member ${shown} has control characters or backslashes`);
  if (name.length > 1_000) return unsafe(`the name of the member ${shown}... is longer than 1000 characters`);
  if (type !== 'directory' && files.has(cleanName(name))) return unsafe(`the member ${shown} is there twice`);
  return undefined;
}

/** Official instructions pack a folder such as `service/`: one folder around everything is taken off. */
function unwrapped(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const tops = new Set([...files.keys()].filter((path) => !isIgnored(path)).map((path) => path.split('/')[0] ?? ''));
  const [top] = tops;
  const isWrapped =
    tops.size === 1 && top && !ownDirectories.has(top) && [...files.keys()].some((path) => path.startsWith(`${top}/`));
  if (!isWrapped) return files;
  return new Map(
    [...files].filter(([path]) => path.startsWith(`${top}/`)).map(([path, data]) => [path.slice(top.length + 1), data]),
  );
}

/** macOS adds these beside every file. */
function isIgnored(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('._') || part === '.DS_Store' || part === '__MACOSX');
}

/** A bundle of these files; the digest does not depend on how they were packed. */
export function makeBundle(files: ReadonlyMap<string, Uint8Array>): Bundle {
  const kept = [...files].filter(([path]) => !isIgnored(path)).sort(([left], [right]) => (left < right ? -1 : 1));
  const hash = createHash('sha256');
  for (const [path, data] of kept) {
    hash.update(`${path.length}:${path}${data.byteLength}:`);
    hash.update(data);
  }
  return { files: new Map(kept), digest: `sha256:${hash.digest('hex')}` };
}

/**
 * Reads a folder, as the command line does. Links are not followed.
 * @refuses a folder that cannot be read, and one beyond the limits
 */
export async function readBundleFolder(
  folder: string,
  limits: BundleLimits = usualBundleLimits,
): Promise<Result<Bundle, ReadBundleRefusal>> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = new Map<string, Uint8Array>();
    let bytes = 0;
    for (const entry of entries.filter((each) => each.isFile())) {
      const path = join(entry.parentPath, entry.name);
      bytes += (await stat(path)).size;
      if (bytes > limits.unpackedBytes)
        return tooLarge(`The folder ${folder} has more than ${limits.unpackedBytes} bytes.`);
      if (files.size >= limits.files) return tooLarge(`The folder ${folder} has more than ${limits.files} files.`);
      files.set(path.slice(join(folder, '/').length).replaceAll('\\', '/'), await readFile(path));
    }
    return accept(makeBundle(files));
  } catch (error) {
    return refuse({
      kind: 'invalid',
      code: 'folder-unreadable',
      message: `The folder ${folder} cannot be read: ${(error as Error).message}.`,
      remedy: 'Name a folder that holds schema/ and the infrastructure directories.',
    });
  }
}

function unreadable(why: string) {
  return refuse({
    kind: 'invalid',
    code: 'archive-unreadable' as const,
    message: `The bundle cannot be read: ${why}.`,
    remedy: 'Pack it anew, e.g. tar czf bundle.tar.gz schema infrastructure.',
  });
}

function unsafe(why: string) {
  return refuse({
    kind: 'invalid',
    code: 'archive-unsafe' as const,
    message: `The bundle is refused as a whole: ${why}.`,
    remedy: 'Pack plain files under relative names only.',
  });
}

function tooLarge(message: string) {
  return refuse({
    kind: 'limit',
    code: 'archive-too-large' as const,
    message,
    remedy: 'Leave out what the template does not use; an administrator can raise the limit.',
  });
}
