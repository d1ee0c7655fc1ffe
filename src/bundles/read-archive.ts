import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type Bundle, type BundleLimits, isIgnored, makeBundle, usualBundleLimits } from './bundle.ts';

export type ReadArchiveRefusal = Refusal<'archive-unreadable' | 'archive-unsafe' | 'archive-too-large'>;

/** Directories that a bundle itself has: an archive that wraps them in one more folder is unwrapped. */
const ownDirectories = new Set([
  'schema',
  'infrastructure',
  'instance_infrastructure',
  'pipeline_infrastructure',
  'pipeline',
]);

const megabyte = 1024 * 1024;
const nameLengthMax = 1_000;

/**
 * Reads a gzipped tar archive. Nothing is written to a disk, and no more is unpacked than the limits allow.
 * @refuses an archive that is damaged, too large when unpacked, or that has links, devices, sparse files, absolute or
 * climbing names, control characters in names, or one name twice: as a whole, naming the member
 */
export async function readBundleArchive(
  archive: Uint8Array,
  limits: BundleLimits = usualBundleLimits,
): Promise<Result<Bundle, ReadArchiveRefusal>> {
  if (archive.byteLength > limits.archiveBytes)
    return tooLarge(`The archive has ${archive.byteLength} bytes; at most ${limits.archiveBytes} are taken.`);
  if (archive[0] !== 0x1f || archive[1] !== 0x8b) return unreadable('it is not gzip-compressed');
  const files = new Members(limits);
  const members = extract();
  const ends = await Promise.allSettled([
    pipeline(Readable.from([archive]), createGunzip(), bounded(archive.byteLength, limits), members),
    files.readAll(members),
  ]);
  const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason as Error] : []));
  // when one side stops, the other fails for want of it: a refusal is the cause
  const cause = failures.find((failure) => failure instanceof ArchiveFailure) ?? failures[0];
  if (!cause) return files.bundle();
  return cause instanceof ArchiveFailure ? { ok: false, refusal: cause.refusal } : unreadable(cause.message);
}

/** Passes on what was unpacked, as long as it is within the limits: a bomb is stopped while it goes off. */
function bounded(packedBytes: number, limits: BundleLimits) {
  // headers and padding: at most 2 KiB a file
  const bytesMax = limits.unpackedBytes + limits.files * 2_048;
  return async function* (chunks: AsyncIterable<Uint8Array>) {
    let bytes = 0;
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > bytesMax) throw new ArchiveFailure(unpacksTooLarge(limits));
      if (bytes > megabyte && bytes > packedBytes * limits.compressionRatio) {
        throw new ArchiveFailure(
          tooLarge(`The archive unpacks to more than ${limits.compressionRatio} times its own ${packedBytes} bytes.`),
        );
      }
      yield chunk;
    }
  };
}

/** The members of an archive, each judged before it is read. */
class Members {
  readonly #limits: BundleLimits;
  readonly #files = new Map<string, Uint8Array>();
  readonly #directories = new Set<string>();
  #bytes = 0;

  constructor(limits: BundleLimits) {
    this.#limits = limits;
  }

  async readAll(members: ReturnType<typeof extract>): Promise<void> {
    for await (const member of members) {
      const { header } = member;
      const unsafe = unsafeHeader(header);
      if (unsafe) throw new ArchiveFailure(refusedAsUnsafe(header.name, unsafe));
      const path = cleanName(header.name);
      // before POSIX, the slash at the end alone made a directory
      if (header.type === 'directory' || header.name.endsWith('/')) {
        this.#addDirectory(header.name, path);
        member.resume();
        continue;
      }
      this.#addFile(header, path);
      const chunks: Uint8Array[] = [];
      for await (const chunk of member) chunks.push(chunk as Uint8Array);
      this.#files.set(path, Buffer.concat(chunks));
    }
  }

  bundle(): Result<Bundle, ReadArchiveRefusal> {
    return this.#files.size > 0 ? accept(makeBundle(unwrapped(this.#files))) : unreadable('it has no files');
  }

  #addDirectory(name: string, path: string): void {
    if (this.#files.has(path)) throw new ArchiveFailure(refusedAsUnsafe(name, 'is a file and a directory'));
    this.#directories.add(path);
  }

  #addFile({ name, size = 0 }: Header, path: string): void {
    this.#bytes += size;
    if (this.#bytes > this.#limits.unpackedBytes) throw new ArchiveFailure(unpacksTooLarge(this.#limits));
    if (this.#files.size >= this.#limits.files)
      throw new ArchiveFailure(tooLarge(`The archive has more than ${this.#limits.files} files.`));
    if (path === '') throw new ArchiveFailure(refusedAsUnsafe(name, 'has no name'));
    if (this.#files.has(path)) throw new ArchiveFailure(refusedAsUnsafe(name, 'is there twice'));
    const parents = parentsOf(path);
    if (this.#directories.has(path) || parents.some((parent) => this.#files.has(parent)))
      throw new ArchiveFailure(refusedAsUnsafe(name, 'is a file and a directory'));
    for (const parent of parents) this.#directories.add(parent);
  }
}

/** `a/b` and `a` for `a/b/c`. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function cleanName(name: string): string {
  return name
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
}

/** Why a member is refused, before its content is looked at. */
function unsafeHeader({ name, type, size, pax }: Header): string | undefined {
  if (type !== 'file' && type !== 'contiguous-file' && type !== 'directory')
    return `is a ${type ?? 'thing of unknown kind'}; only files and directories are taken`;
  if (Object.keys(pax ?? {}).some((key) => key.startsWith('GNU.sparse'))) return 'is a sparse file';
  // null for a field that is no number: of such a member no content would ever come, and no end
  if (!Number.isSafeInteger(size) || (size ?? 0) < 0) return 'has no proper size';
  if (name.length > nameLengthMax) return `has a name of more than ${nameLengthMax} characters`;
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return 'has an absolute path';
  if (name.split(/[/\\]/).includes('..')) return 'climbs out of the archive';
  if (/[\p{Cc}\\\ufffd]/u.test(name)) return 'has control characters, backslashes or broken UTF-8 in its name';
  return undefined;
}

/** Official instructions pack a folder such as `service/`: one folder around everything is taken off. */
function unwrapped(files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const paths = [...files.keys()].filter((path) => !isIgnored(path));
  const [top = '', ...others] = new Set(paths.map((path) => path.slice(0, path.indexOf('/') + 1)));
  if (others.length > 0 || top === '' || ownDirectories.has(top.slice(0, -1))) return files;
  return new Map(
    [...files].filter(([path]) => path.startsWith(top)).map(([path, data]) => [path.slice(top.length), data]),
  );
}

class ArchiveFailure extends Error {
  readonly refusal: ReadArchiveRefusal;
  constructor({ refusal }: { readonly refusal: ReadArchiveRefusal }) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

function unreadable(why: string) {
  return refuse({
    kind: 'invalid',
    code: 'archive-unreadable' as const,
    message: `The bundle cannot be read: ${why.replace(/\.$/, '')}.`,
    remedy: 'Pack it anew, e.g. tar czf bundle.tar.gz schema infrastructure.',
  });
}

function refusedAsUnsafe(name: string, why: string) {
  return refuse({
    kind: 'invalid',
    code: 'archive-unsafe' as const,
    message: `The bundle is refused as a whole: the member ${JSON.stringify(name.slice(0, 200))} ${why}.`,
    remedy: 'Pack plain files under relative names only.',
  });
}

function unpacksTooLarge({ unpackedBytes }: BundleLimits) {
  return tooLarge(`The archive unpacks to more than ${unpackedBytes} bytes.`);
}

function tooLarge(message: string) {
  return refuse({
    kind: 'limit',
    code: 'archive-too-large' as const,
    message,
    remedy: 'Leave out what the template does not use; an administrator can raise the limit.',
  });
}
