import { transact } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { blobUnlink } from './blob-store.ts';
import { bucketExists, objectDelete, objectLock } from './object-store.ts';
import { bucketNotFound, type ObjectName, type ObjectStorageTools } from './stored-object.ts';

/** Deleting what is not there succeeds, as in S3. @refuses BucketNotFound */
export async function deleteObject({ db, clock }: ObjectStorageTools, name: ObjectName): Promise<Result<void>> {
  if (!(await bucketExists(db, name.bucket))) return bucketNotFound(name.bucket);
  return await transact(db, async (tx) => {
    await objectLock(tx, name);
    await blobUnlink(tx, await objectDelete(tx, name), clock.now());
    return accept(undefined);
  });
}
