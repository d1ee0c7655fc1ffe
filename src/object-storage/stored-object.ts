import type { Clock } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import { type Refusal, type Result, refuse } from '../errors/index.ts';

export interface ObjectStorageTools {
  readonly db: Db;
  readonly clock: Clock;
  readonly limits: ObjectStorageLimits;
}

export interface ObjectStorageLimits {
  readonly objectBytesMax: number;
  /** All that is stored, parts of unfinished uploads included. */
  readonly totalBytesMax: number;
}

export const objectStorageLimits: ObjectStorageLimits = {
  objectBytesMax: 50 * 1024 * 1024,
  totalBytesMax: 10 * 1024 * 1024 * 1024,
};

/** Exists from the start, so that a first upload needs no preparation. */
export const defaultBucket = 'deuteron';

export interface ObjectName {
  readonly bucket: string;
  readonly key: string;
}

export interface StoredObject extends ObjectName {
  readonly sizeBytes: number;
  /** Without quotes: the MD5 of the bytes in hex; of a multipart upload the MD5 of its parts' MD5s and their number. */
  readonly etag: string;
  /** HTTP headers to be given back with the object, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksums: Checksums;
  readonly modifiedAt: Date;
  /** Absent: nobody's. */
  readonly ownerTeam?: string;
}

/** Of the whole object, in base64. */
export type Checksums = Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
export const checksumAlgorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

/** Bytes as they arrive. What the source returns at its end says whether they were the right ones. */
export type ByteSource<End> = AsyncGenerator<Uint8Array, Result<End>, undefined>;

export const objectStorageRefusalCodes = [
  'BucketNotFound',
  'BucketNameInvalid',
  'BucketExists',
  'BucketNotEmpty',
  'ObjectNotFound',
  'ObjectKeyInvalid',
  'ObjectTooLarge',
  'StorageFull',
  'ChecksumWrong',
  'UploadNotFound',
  'PartWrong',
  'PartTooSmall',
  'ObjectForbidden',
  'ObjectSourceUnavailable',
] as const;
export type ObjectStorageRefusalCode = (typeof objectStorageRefusalCodes)[number];
export type ObjectStorageRefusal = Refusal<ObjectStorageRefusalCode>;

const keyBytesMax = 1024;

/** @refuses ObjectKeyInvalid for a key that is empty, longer than 1024 bytes, or not storable as text */
export function checkObjectKey(key: string): ReturnType<typeof refuse<'ObjectKeyInvalid'>> | undefined {
  const bytes = Buffer.byteLength(key, 'utf8');
  if (bytes >= 1 && bytes <= keyBytesMax && !key.includes('\0') && key.isWellFormed()) return undefined;
  return refuse({
    kind: 'invalid',
    code: 'ObjectKeyInvalid',
    message: `The key '${key.slice(0, 100).replaceAll('\0', '\\0')}' is ${bytes} bytes long or contains the character U+0000.`,
    remedy: `Choose a key of 1 to ${keyBytesMax} bytes.`,
  });
}

export function bucketNotFound(bucket: string) {
  return refuse({
    kind: 'missing',
    code: 'BucketNotFound',
    message: `There is no bucket '${bucket}' here.`,
    remedy: `Use the bucket '${defaultBucket}', or make your own: aws s3 mb s3://${bucket} --endpoint-url URL`,
  });
}

export function objectNotFound({ bucket, key }: ObjectName) {
  return refuse({
    kind: 'missing',
    code: 'ObjectNotFound',
    message: `There is no object '${key}' in the bucket '${bucket}'.`,
    remedy: `Upload it: aws s3 cp FILE s3://${bucket}/${key} --endpoint-url URL`,
  });
}
