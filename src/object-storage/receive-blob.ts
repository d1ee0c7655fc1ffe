import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { newId } from '../identifiers/index.ts';
import { blobAppend, blobDelete, blobInsert, blobPrune, blobTotalBytes } from './blob-store.ts';
import { checksumDigester, type Digester, md5Digester } from './digests.ts';
import type { ByteSource, ChecksumAlgorithm, Checksums, ObjectStorageTools } from './stored-object.ts';
import { uploadPrune } from './upload-store.ts';

/** Bytes are stored in rows of this size: the most that one upload or download holds in memory. */
export const chunkBytes = 1024 * 1024;
const unlinkedMinutesMax = 60;
const uploadDaysMax = 7;

export interface ReceivedBlob<End> {
  readonly id: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly md5: string;
  /** Base64, of the algorithms asked for, where Node can compute them. */
  readonly checksums: Checksums;
  /** What the source said at its end. */
  readonly end: End;
}

/**
 * Stores bytes as they arrive, as a blob that nothing refers to yet. Nothing of a refused source stays.
 * @refuses ObjectTooLarge, StorageFull, whatever the source refuses
 */
export async function receiveBlob<End>(
  tools: ObjectStorageTools,
  source: ByteSource<End>,
  algorithms: readonly ChecksumAlgorithm[] = [],
): Promise<Result<ReceivedBlob<End>>> {
  const { db, clock } = tools;
  await prune(tools);
  const room = await roomLeft(tools);
  const id = newId();
  await blobInsert(db, id, clock.now());
  const received = await receiveInto(tools, id, source, algorithms, room);
  if (!received.ok) await blobDelete(db, id);
  return received;
}

interface Room {
  readonly bytesMax: number;
  refuse(): { readonly ok: false; readonly refusal: Refusal };
}

async function receiveInto<End>(
  { db }: ObjectStorageTools,
  id: string,
  source: ByteSource<End>,
  algorithms: readonly ChecksumAlgorithm[],
  room: Room,
): Promise<Result<ReceivedBlob<End>>> {
  const md5 = md5Digester();
  const checksums = new Map(algorithms.map((algorithm) => [algorithm, checksumDigester(algorithm)]));
  const chunks = inChunks(source);
  let sizeBytes = 0;
  for (let chunkIndex = 0; ; chunkIndex += 1) {
    const next = await chunks.next();
    if (next.done) {
      if (!next.value.ok) return next.value;
      const digest = md5.digest().toString('hex');
      return accept({ id, sizeBytes, md5: digest, checksums: base64Digests(checksums), end: next.value.value });
    }
    sizeBytes += next.value.length;
    if (sizeBytes > room.bytesMax) {
      await source.return(room.refuse());
      return room.refuse();
    }
    for (const digester of [md5, ...checksums.values()]) digester?.update(next.value);
    await blobAppend(db, id, chunkIndex, next.value);
  }
}

/** The same bytes in pieces of equal size, the last one shorter. */
async function* inChunks<End>(source: ByteSource<End>): AsyncGenerator<Buffer, Result<End>, undefined> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  for (;;) {
    const next = await source.next();
    if (next.done) {
      if (pendingBytes > 0) yield Buffer.concat(pending);
      return next.value;
    }
    for (let rest = next.value; rest.length > 0; ) {
      const piece = rest.subarray(0, chunkBytes - pendingBytes);
      rest = rest.subarray(piece.length);
      pending.push(piece);
      pendingBytes += piece.length;
      if (pendingBytes < chunkBytes) continue;
      yield Buffer.concat(pending);
      pending = [];
      pendingBytes = 0;
    }
  }
}

function base64Digests(digesters: ReadonlyMap<ChecksumAlgorithm, Digester | undefined>): Checksums {
  const computed = [...digesters].flatMap(([algorithm, digester]) =>
    digester ? [[algorithm, digester.digest().toString('base64')]] : [],
  );
  return Object.fromEntries(computed);
}

/** What one more blob may take: the limit of an object, or what the whole store has left. */
async function roomLeft({ db, limits }: ObjectStorageTools): Promise<Room> {
  const left = limits.totalBytesMax - (await blobTotalBytes(db));
  if (left < limits.objectBytesMax) {
    return { bytesMax: Math.max(left, 0), refuse: () => storageFull(limits.totalBytesMax) };
  }
  return { bytesMax: limits.objectBytesMax, refuse: () => objectTooLarge(limits.objectBytesMax) };
}

async function prune({ db, clock }: ObjectStorageTools): Promise<void> {
  const now = clock.now();
  await uploadPrune(db, new Date(now.getTime() - uploadDaysMax * 24 * 3_600_000), now);
  await blobPrune(db, new Date(now.getTime() - unlinkedMinutesMax * 60_000));
}

export function objectTooLarge(bytesMax: number) {
  return refuse({
    kind: 'limit',
    code: 'ObjectTooLarge',
    message: `The object is larger than ${bytesMax} bytes.`,
    remedy: 'Template bundles are small; leave out what is no template. An administrator can raise the limit.',
  });
}

function storageFull(bytesMax: number) {
  return refuse({
    kind: 'limit',
    code: 'StorageFull',
    message: `The object store may hold ${bytesMax} bytes, and this object would exceed them.`,
    remedy:
      'Delete objects that are no longer needed; their room is free an hour later. An administrator can raise the limit.',
  });
}
