import { type Act, acts, type Governed, lists, onInstallation } from '../authorisation/index.ts';
import type { S3OperationName, S3Request } from './s3-request.ts';

/** What each operation does: buckets are the installation's, objects those of the teams that put them. */
export function requestActs({ operation, bucket, key }: S3Request): Governed {
  const kind = operations[operation];
  if (kind === 'list') return lists;
  if (kind === 'organization:read' || kind === 'settings:write') return acts(onInstallation(kind));
  const act: Act = { to: 'object', object: { bucket, key }, does: kind };
  return acts(act);
}

const operations = {
  ListBuckets: 'organization:read',
  CreateBucket: 'settings:write',
  DeleteBucket: 'settings:write',
  HeadBucket: 'organization:read',
  GetBucketLocation: 'organization:read',
  ListObjectsV2: 'list',
  PutObject: 'put',
  GetObject: 'read',
  HeadObject: 'read',
  DeleteObject: 'delete',
  CreateMultipartUpload: 'put',
  UploadPart: 'put',
  CompleteMultipartUpload: 'put',
  AbortMultipartUpload: 'put',
} as const satisfies Record<S3OperationName, string>;
