/**
 * Object storage: uploaded template bundles, and reading bundles from S3.
 *
 * Lives here: buckets, objects, multipart uploads in PostgreSQL; fetchObject; where large templates lie for a provider.
 * Never here: S3's wire protocol (api/s3).
 * Start at stored-object.ts. Bytes lie in blobs (receive-blob.ts), which an object refers to.
 */
export { createBucket, deleteBucket, findBucket } from './buckets.ts';
export { deleteObject } from './delete-object.ts';
export {
  createFetchObject,
  createS3Source,
  type FetchObject,
  type S3Source,
  type S3SourceOptions,
} from './fetch-object.ts';
export { type ListedObjects, type ListObjectsRequest, listObjects } from './list-objects.ts';
export {
  abortUpload,
  completeUpload,
  type ListedPart,
  partNumberMax,
  putPart,
  startUpload,
} from './multipart-upload.ts';
export { bucketList, objectFind } from './object-store.ts';
export { checkObjectName, putObject } from './put-object.ts';
export { type OpenObject, openObject } from './read-object.ts';
export { objectTooLarge, type ReceivedBlob, receiveBlob } from './receive-blob.ts';
export {
  type ByteSource,
  type ChecksumAlgorithm,
  type Checksums,
  checksumAlgorithms,
  defaultBucket,
  type ObjectName,
  type ObjectStorageLimits,
  type ObjectStorageTools,
  objectStorageLimits,
  objectStorageRefusalCodes,
  type StoredObject,
} from './stored-object.ts';
export {
  createTemplateBucket,
  type TemplateBucket,
  type TemplateBucketOptions,
  type TemplateBucketRefusal,
} from './template-bucket.ts';
export { openTemplateShelf, type TemplateShelf } from './template-shelf.ts';
