import type { Refusal, RefusalKind } from '../../errors/index.ts';
import { element, textElement, xmlDocument } from './xml.ts';

export interface S3Error {
  /** One of S3's error codes. Source: Amazon S3 API reference, "Error responses". */
  readonly code: string;
  readonly status: number;
}

const errorOfCode: Readonly<Record<string, S3Error>> = {
  NotSigned: { code: 'AccessDenied', status: 403 },
  SignatureMalformed: { code: 'AuthorizationHeaderMalformed', status: 400 },
  SignatureForOtherService: { code: 'AuthorizationHeaderMalformed', status: 400 },
  SignatureExpired: { code: 'RequestTimeTooSkewed', status: 403 },
  SignatureWrong: { code: 'SignatureDoesNotMatch', status: 403 },
  HeaderNotSigned: { code: 'AccessDenied', status: 403 },
  AccessKeyUnknown: { code: 'InvalidAccessKeyId', status: 403 },
  SessionTokenWrong: { code: 'InvalidToken', status: 400 },
  PayloadHashWrong: { code: 'XAmzContentSHA256Mismatch', status: 400 },
  PayloadMalformed: { code: 'InvalidRequest', status: 400 },
  BucketNotFound: { code: 'NoSuchBucket', status: 404 },
  BucketNameInvalid: { code: 'InvalidBucketName', status: 400 },
  BucketExists: { code: 'BucketAlreadyOwnedByYou', status: 409 },
  BucketNotEmpty: { code: 'BucketNotEmpty', status: 409 },
  ObjectNotFound: { code: 'NoSuchKey', status: 404 },
  ObjectKeyInvalid: { code: 'KeyTooLongError', status: 400 },
  ObjectTooLarge: { code: 'EntityTooLarge', status: 400 },
  StorageFull: { code: 'QuotaExceeded', status: 403 },
  ChecksumWrong: { code: 'BadDigest', status: 400 },
  UploadNotFound: { code: 'NoSuchUpload', status: 404 },
  PartWrong: { code: 'InvalidPart', status: 400 },
  PartTooSmall: { code: 'EntityTooSmall', status: 400 },
  BodyWrong: { code: 'MalformedXML', status: 400 },
  ArgumentWrong: { code: 'InvalidArgument', status: 400 },
  UrlMalformed: { code: 'InvalidURI', status: 400 },
  RangeWrong: { code: 'InvalidRange', status: 416 },
  PreconditionFailed: { code: 'PreconditionFailed', status: 412 },
  S3OperationNotAvailable: { code: 'NotImplemented', status: 501 },
};

const errorOfKind: Readonly<Record<RefusalKind, S3Error>> = {
  invalid: { code: 'InvalidArgument', status: 400 },
  missing: { code: 'NoSuchKey', status: 404 },
  conflict: { code: 'OperationAborted', status: 409 },
  forbidden: { code: 'AccessDenied', status: 403 },
  limit: { code: 'QuotaExceeded', status: 403 },
  unavailable: { code: 'ServiceUnavailable', status: 503 },
};

export const unexpectedError: S3Error = { code: 'InternalError', status: 500 };

export function s3ErrorOf(refusal: Refusal): S3Error {
  return errorOfCode[refusal.code] ?? errorOfKind[refusal.kind];
}

export function errorDocument({ code }: S3Error, message: string, resource: string, requestId: string): string {
  return xmlDocument(
    element(
      'Error',
      textElement('Code', code),
      textElement('Message', message),
      textElement('Resource', resource),
      textElement('RequestId', requestId),
    ),
  );
}
