import { accept, type Result, refuse } from '../../errors/index.ts';
import { headerValue, type RequestHead, urlParts } from '../signature-v4/index.ts';

export const s3Operations = [
  'ListBuckets',
  'CreateBucket',
  'DeleteBucket',
  'HeadBucket',
  'GetBucketLocation',
  'ListObjectsV2',
  'PutObject',
  'GetObject',
  'HeadObject',
  'DeleteObject',
  'CreateMultipartUpload',
  'UploadPart',
  'CompleteMultipartUpload',
  'AbortMultipartUpload',
] as const;
export type S3OperationName = (typeof s3Operations)[number];

export interface S3Request {
  readonly operation: S3OperationName;
  /** Empty where the operation names none. */
  readonly bucket: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

interface Route {
  readonly on: 'service' | 'bucket' | 'object';
  readonly method: string;
  /** Query parameters that choose the operation. */
  readonly chosenBy?: readonly string[];
  /** Query parameters that it reads besides. */
  readonly reads?: readonly string[];
}

const listParameters = [
  'prefix',
  'delimiter',
  'start-after',
  'continuation-token',
  'max-keys',
  'encoding-type',
  'fetch-owner',
];

const routes: Readonly<Record<S3OperationName, Route>> = {
  ListBuckets: {
    on: 'service',
    method: 'GET',
    reads: ['max-buckets', 'continuation-token', 'prefix', 'bucket-region'],
  },
  CreateBucket: { on: 'bucket', method: 'PUT' },
  DeleteBucket: { on: 'bucket', method: 'DELETE' },
  HeadBucket: { on: 'bucket', method: 'HEAD' },
  GetBucketLocation: { on: 'bucket', method: 'GET', chosenBy: ['location'] },
  ListObjectsV2: { on: 'bucket', method: 'GET', chosenBy: ['list-type'], reads: listParameters },
  PutObject: { on: 'object', method: 'PUT' },
  GetObject: { on: 'object', method: 'GET' },
  HeadObject: { on: 'object', method: 'HEAD' },
  DeleteObject: { on: 'object', method: 'DELETE' },
  CreateMultipartUpload: { on: 'object', method: 'POST', chosenBy: ['uploads'] },
  UploadPart: { on: 'object', method: 'PUT', chosenBy: ['partNumber', 'uploadId'] },
  CompleteMultipartUpload: { on: 'object', method: 'POST', chosenBy: ['uploadId'] },
  AbortMultipartUpload: { on: 'object', method: 'DELETE', chosenBy: ['uploadId'] },
};

/** Headers that ask for what this server does not do; ignoring them would promise it. */
const unavailableHeaders = [
  'x-amz-copy-source',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-customer-algorithm',
  'x-amz-object-lock-mode',
  'x-amz-write-offset-bytes',
];

/**
 * Which operation a request means. Buckets stand in the path.
 * @refuses S3OperationNotAvailable for all of S3 that is not in `s3Operations`, UrlMalformed, ObjectKeyInvalid
 */
export function readS3Request(head: RequestHead): Result<S3Request> {
  const parts = urlParts(head.url);
  const names = parts && decodeNames(parts.path);
  if (!parts || !names) {
    return refuse({
      kind: 'invalid',
      code: 'UrlMalformed',
      message: 'The URL is malformed.',
      remedy: 'Encode it in UTF-8.',
    });
  }
  const query = new Map(parts.query);
  if ([names.bucket, ...query.keys(), ...query.values()].some((text) => text.includes('\0')))
    return withNul('UrlMalformed');
  if (names.key.includes('\0')) return withNul('ObjectKeyInvalid');
  const on = names.bucket === '' ? 'service' : names.key === '' ? 'bucket' : 'object';
  const parameters = [...query.keys()].filter((name) => name !== 'x-id' && !/^x-amz-/i.test(name));
  const operation = s3Operations.find((name) => matches(routes[name], on, head.method, parameters));
  if (!operation) return notAvailable(`${head.method} of a ${on} with [${parameters.join(', ').slice(0, 200)}]`);
  const header = unavailableHeaders.find((name) => headerValue(head, name) !== undefined);
  if (header) return notAvailable(`The header ${header}`);
  const conditional = ['if-match', 'if-none-match'].find((name) => headerValue(head, name) !== undefined);
  if (conditional && !['GetObject', 'HeadObject'].includes(operation))
    return notAvailable(`${conditional} of ${operation}`);
  return accept({ operation, ...names, query });
}

/** No bucket, key or parameter can hold it, in S3 or here. */
function withNul(code: 'UrlMalformed' | 'ObjectKeyInvalid') {
  return refuse({
    kind: 'invalid',
    code,
    message: 'The URL contains the character U+0000.',
    remedy: 'Leave it out.',
  });
}

function matches(route: Route, on: Route['on'], method: string, parameters: readonly string[]): boolean {
  const { chosenBy = [], reads = [] } = route;
  return (
    route.on === on &&
    route.method === method &&
    chosenBy.every((name) => parameters.includes(name)) &&
    parameters.every((name) => chosenBy.includes(name) || reads.includes(name))
  );
}

function decodeNames(path: string): { bucket: string; key: string } | undefined {
  try {
    const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
    return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
  } catch {
    return undefined;
  }
}

function notAvailable(what: string) {
  return refuse({
    kind: 'invalid',
    code: 'S3OperationNotAvailable',
    message: `${what} is not available here.`,
    remedy: 'This server keeps template bundles: it knows aws s3 cp, ls, rm, mb and rb, and what they are made of.',
  });
}
