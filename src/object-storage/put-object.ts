import { type Db, transact } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { blobLink, blobUnlink } from './blob-store.ts';
import { bucketExists, objectFind, objectLock, objectUpsert, type StoredObjectRow } from './object-store.ts';
import type { ReceivedBlob } from './receive-blob.ts';
import {
  bucketNotFound,
  type Checksums,
  checkObjectKey,
  type ObjectName,
  type ObjectStorageTools,
  type StoredObject,
} from './stored-object.ts';

/** May an object of this name be written? To be asked before its bytes are received. @refuses BucketNotFound, ObjectKeyInvalid */
export async function checkObjectName({ db }: ObjectStorageTools, { bucket, key }: ObjectName): Promise<Result<void>> {
  if (!(await bucketExists(db, bucket))) return bucketNotFound(bucket);
  return checkObjectKey(key) ?? accept(undefined);
}

/** Makes received bytes an object, in place of the former one of that name. */
export async function putObject(
  { db, clock }: ObjectStorageTools,
  object: ObjectName & {
    readonly headers: Readonly<Record<string, string>>;
    readonly checksums: Checksums;
    readonly ownerTeam?: string;
  },
  blob: ReceivedBlob<unknown>,
): Promise<Result<StoredObject, never>> {
  const row = { ...object, sizeBytes: blob.sizeBytes, etag: blob.md5, blobIds: [blob.id], modifiedAt: clock.now() };
  return await transact(db, async (tx) => {
    await blobLink(tx, row.blobIds);
    await replaceObject(tx, row);
    return accept(row);
  });
}

/** Writes the object's row; the blobs of the former object of that name are free. */
export async function replaceObject(tx: Db, row: StoredObjectRow): Promise<void> {
  await objectLock(tx, row);
  const former = await objectFind(tx, row);
  await objectUpsert(tx, row);
  if (former) await blobUnlink(tx, former.blobIds, row.modifiedAt);
}
