import type { AuditAttempt } from '../../audit/index.ts';
import type { Principal } from '../../organization/index.ts';
import type { S3OperationName, S3Request } from './s3-request.ts';

/** Parts of an upload that is not complete are no object yet: nobody can read them. */
const audited: ReadonlySet<S3OperationName> = new Set([
  'CreateBucket',
  'DeleteBucket',
  'PutObject',
  'CompleteMultipartUpload',
  'DeleteObject',
]);

/** What is to be written down of a request; undefined when it leaves all buckets and objects as they are. */
export function auditAttempt(
  { operation, bucket, key }: S3Request,
  {
    caller,
    partition,
    requestId,
  }: { readonly caller: Principal; readonly partition: string; readonly requestId: string },
): AuditAttempt | undefined {
  if (!audited.has(operation)) return undefined;
  const target = `arn:${partition}:s3:::${key === '' ? bucket : `${bucket}/${key}`}`;
  return { principalId: caller.id, principal: caller.name, verb: `s3:${operation}`, target, requestId };
}
