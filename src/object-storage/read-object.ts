import { accept, type Result } from '../errors/index.ts';
import { blobChunkFind, blobSizes } from './blob-store.ts';
import { bucketExists, objectFind } from './object-store.ts';
import { chunkBytes } from './receive-blob.ts';
import {
  bucketNotFound,
  type ObjectName,
  type ObjectStorageTools,
  objectNotFound,
  type StoredObject,
} from './stored-object.ts';

export interface OpenObject {
  readonly object: StoredObject;
  /** The bytes from `start` up to but without `end`, in pieces. What is replaced meanwhile can still be read for an hour. */
  read(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined>;
}

/** @refuses BucketNotFound, ObjectNotFound */
export async function openObject(
  { db }: Pick<ObjectStorageTools, 'db'>,
  name: ObjectName,
): Promise<Result<OpenObject>> {
  const object = await objectFind(db, name);
  if (!object) return (await bucketExists(db, name.bucket)) ? objectNotFound(name) : bucketNotFound(name.bucket);
  return accept({ object, read: (start, end) => readBlobs(db, object.blobIds, start, end) });
}

async function* readBlobs(
  db: ObjectStorageTools['db'],
  ids: readonly string[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const sizes = await blobSizes(db, ids);
  let offset = 0;
  for (const [index, id] of ids.entries()) {
    const size = sizes[index]!;
    yield* readBlob(db, id, Math.max(start - offset, 0), Math.min(end - offset, size));
    offset += size;
  }
}

async function* readBlob(
  db: ObjectStorageTools['db'],
  id: string,
  start: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = start; at < end; ) {
    const chunkIndex = Math.floor(at / chunkBytes);
    const chunk = await blobChunkFind(db, id, chunkIndex);
    if (!chunk) throw new Error(`The blob ${id} lacks its chunk ${chunkIndex}.`);
    const piece = chunk.subarray(at - chunkIndex * chunkBytes, end - chunkIndex * chunkBytes);
    yield piece;
    at += piece.length;
  }
}
