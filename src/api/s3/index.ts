/**
 * S3's wire protocol, as far as `aws s3 cp`, `ls`, `rm`, `mb` and `rb` need it.
 *
 * Lives here: routing, XML, error codes, ranges, checksums of the wire. Never here: keeping objects (object-storage).
 * Start at s3-door.ts; which operations there are: s3-request.ts.
 */
export { type S3DoorTools, s3Door } from './s3-door.ts';
export { type S3OperationName, s3Operations } from './s3-request.ts';
