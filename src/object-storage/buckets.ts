import { transact } from '../database/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import { bucketDelete, bucketExists, bucketInsert, objectPage } from './object-store.ts';
import { bucketNotFound, type ObjectStorageTools } from './stored-object.ts';

/** Source: Amazon S3 user guide, "General purpose bucket naming rules". */
export function isBucketName(name: string): boolean {
  return /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
}

/** @refuses BucketNameInvalid, BucketExists */
export async function createBucket({ db, clock }: ObjectStorageTools, name: string): Promise<Result<void>> {
  if (!isBucketName(name)) {
    return refuse({
      kind: 'invalid',
      code: 'BucketNameInvalid',
      message: `'${name}' is no name for a bucket.`,
      remedy: 'Use 3 to 63 lower-case letters, digits, dots and hyphens, beginning and ending with a letter or digit.',
    });
  }
  return await transact(db, async (tx) => {
    if (await bucketInsert(tx, name, clock.now())) return accept(undefined);
    return refuse({
      kind: 'conflict',
      code: 'BucketExists',
      message: `There is a bucket '${name}' already.`,
      remedy: 'Use it as it is.',
    });
  });
}

/** @refuses BucketNotFound */
export async function findBucket({ db }: ObjectStorageTools, name: string): Promise<Result<void>> {
  return (await bucketExists(db, name)) ? accept(undefined) : bucketNotFound(name);
}

/** @refuses BucketNotFound, BucketNotEmpty */
export async function deleteBucket({ db }: ObjectStorageTools, name: string): Promise<Result<void>> {
  return await transact(db, async (tx) => {
    if (!(await bucketExists(tx, name))) return bucketNotFound(name);
    const [first] = await objectPage(tx, name, { prefix: '', after: '', limit: 1 });
    if (first) {
      return refuse({
        kind: 'conflict',
        code: 'BucketNotEmpty',
        message: `The bucket '${name}' has objects, for example '${first.key}'.`,
        remedy: `Delete them first: aws s3 rm s3://${name} --recursive --endpoint-url URL`,
      });
    }
    await bucketDelete(tx, name);
    return accept(undefined);
  });
}
