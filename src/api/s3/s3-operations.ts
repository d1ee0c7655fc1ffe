import { accept, type Result, refuse } from '../../errors/index.ts';
import {
  abortUpload,
  bucketList,
  type ChecksumAlgorithm,
  checkObjectName,
  completeUpload,
  createBucket,
  deleteBucket,
  deleteObject,
  findBucket,
  listObjects,
  type ObjectStorageTools,
  objectTooLarge,
  openObject,
  partNumberMax,
  putObject,
  putPart,
  type ReceivedBlob,
  receiveBlob,
  type StoredObject,
  startUpload,
} from '../../object-storage/index.ts';
import type { PlacementReach } from '../../organization/index.ts';
import { headerValue, type Payload, type RequestHead, type Trailers } from '../signature-v4/index.ts';
import { readRange } from './byte-range.ts';
import { announcedAlgorithms, checksumHeader, compareChecksums } from './checksums.ts';
import { readCompletion, readContinuation, writeContinuation, writeListing } from './documents.ts';
import type { S3OperationName, S3Request } from './s3-request.ts';
import { element, textElement, xmlDocument } from './xml.ts';

export interface S3Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** XML, or the bytes of an object. */
  readonly body?: string | AsyncIterable<Uint8Array>;
}

export interface S3Call {
  readonly storage: ObjectStorageTools;
  readonly head: RequestHead;
  readonly request: S3Request;
  /** The body, checked against its signature while it is read; to be called at most once. */
  readonly openBody: () => Payload;
  /** Whose an object is that is put. */
  readonly ownerTeam?: string;
  /** What a list may show of; absent: all. */
  readonly reach?: PlacementReach;
}

type S3Handler = (call: S3Call) => Promise<Result<S3Answer>>;

const documentBytesMax = 1024 * 1024;
const keptHeaders = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
];

export const s3Handlers: Readonly<Record<S3OperationName, S3Handler>> = {
  ListBuckets: async ({ storage }) => {
    const buckets = (await bucketList(storage.db)).map(({ name, createdAt }) =>
      element('Bucket', textElement('Name', name), textElement('CreationDate', createdAt.toISOString())),
    );
    return document(element('ListAllMyBucketsResult', element('Buckets', ...buckets)));
  },

  CreateBucket: async ({ storage, request, openBody }) => {
    const body = await readDocument(openBody());
    if (!body.ok) return body;
    const created = await createBucket(storage, request.bucket);
    return created.ok ? accept({ status: 200, headers: { location: `/${request.bucket}` } }) : created;
  },

  DeleteBucket: async ({ storage, request }) => noContent(await deleteBucket(storage, request.bucket)),

  HeadBucket: async ({ storage, request }) => {
    const found = await findBucket(storage, request.bucket);
    return found.ok ? accept({ status: 200, headers: { 'x-amz-bucket-region': 'us-east-1' } }) : found;
  },

  GetBucketLocation: async ({ storage, request }) => {
    const found = await findBucket(storage, request.bucket);
    // an empty element is how S3 spells us-east-1
    return found.ok ? document(element('LocationConstraint')) : found;
  },

  ListObjectsV2: async ({ storage, reach, request: { bucket, query } }) => {
    const entriesMax = readNumber(query, 'max-keys', 1000, 1000);
    const after = readContinuation(query.get('continuation-token'), query.get('start-after'));
    if (!entriesMax.ok) return entriesMax;
    if (!after.ok) return after;
    const [prefix, delimiter] = [query.get('prefix') ?? '', query.get('delimiter') ?? ''];
    const asked = { bucket, prefix, delimiter, after: after.value, entriesMax: entriesMax.value, reach };
    const listed = await listObjects(storage, asked);
    if (!listed.ok) return listed;
    const next = listed.value.next === undefined ? undefined : writeContinuation(listed.value.next);
    return document(writeListing(asked, listed.value, query, next));
  },

  PutObject: async (call) => {
    const { storage, head, request } = call;
    const named = await checkObjectName(storage, request);
    if (!named.ok) return named;
    const received = await receive(call);
    if (!received.ok) return received;
    const checksums = compareChecksums(head, received.value.end, received.value);
    if (!checksums.ok) return checksums;
    const { ownerTeam } = call;
    const object = { ...objectName(request), headers: headersToKeep(head), checksums: checksums.value, ownerTeam };
    const stored = await putObject(storage, object, received.value);
    if (!stored.ok) return stored;
    return accept({ status: 200, headers: { etag: quoted(stored.value.etag), ...checksumHeaders(stored.value) } });
  },

  GetObject: async ({ storage, head, request }) => {
    const opened = await openObject(storage, request);
    if (!opened.ok) return opened;
    const { object, read } = opened.value;
    const condition = checkConditions(head, object);
    if (!condition.ok || condition.value) return condition.ok ? accept(condition.value!) : condition;
    const range = readRange(headerValue(head, 'range'), object.sizeBytes);
    if (!range.ok) return range;
    const { start, end } = range.value ?? { start: 0, end: object.sizeBytes };
    const headers = { ...objectHeaders(object), 'content-length': String(end - start) };
    if (!range.value) {
      return accept({ status: 200, headers: { ...headers, ...checksumAnswer(head, object) }, body: read(start, end) });
    }
    const contentRange = `bytes ${start}-${end - 1}/${object.sizeBytes}`;
    return accept({ status: 206, headers: { ...headers, 'content-range': contentRange }, body: read(start, end) });
  },

  HeadObject: async ({ storage, head, request }) => {
    const opened = await openObject(storage, request);
    if (!opened.ok) return opened;
    const { object } = opened.value;
    const condition = checkConditions(head, object);
    if (!condition.ok || condition.value) return condition.ok ? accept(condition.value!) : condition;
    const headers = {
      ...objectHeaders(object),
      'content-length': String(object.sizeBytes),
      ...checksumAnswer(head, object),
    };
    return accept({ status: 200, headers });
  },

  DeleteObject: async ({ storage, request }) => noContent(await deleteObject(storage, request)),

  CreateMultipartUpload: async ({ storage, head, request }) => {
    const started = await startUpload(storage, { ...objectName(request), headers: headersToKeep(head) });
    if (!started.ok) return started;
    return document(
      element(
        'InitiateMultipartUploadResult',
        textElement('Bucket', request.bucket),
        textElement('Key', request.key),
        textElement('UploadId', started.value),
      ),
    );
  },

  UploadPart: async (call) => {
    const { storage, head, request } = call;
    const partNumber = readNumber(request.query, 'partNumber', 0, partNumberMax);
    if (!partNumber.ok) return partNumber;
    if (partNumber.value < 1) return argumentWrong('partNumber', request.query.get('partNumber') ?? '');
    const received = await receive(call);
    if (!received.ok) return received;
    const checksums = compareChecksums(head, received.value.end, received.value);
    if (!checksums.ok) return checksums;
    const uploadId = request.query.get('uploadId') ?? '';
    const part = await putPart(storage, objectName(request), uploadId, partNumber.value, received.value);
    if (!part.ok) return part;
    return accept({
      status: 200,
      headers: { etag: quoted(part.value.etag), ...checksumHeaders({ checksums: checksums.value }) },
    });
  },

  CompleteMultipartUpload: async ({ storage, request, openBody, ownerTeam }) => {
    const body = await readDocument(openBody());
    if (!body.ok) return body;
    const listed = readCompletion(body.value);
    if (!listed.ok) return listed;
    const uploadId = request.query.get('uploadId') ?? '';
    const object = await completeUpload(storage, { ...objectName(request), ownerTeam }, uploadId, listed.value);
    if (!object.ok) return object;
    return document(
      element(
        'CompleteMultipartUploadResult',
        textElement('Location', `/${request.bucket}/${request.key}`),
        textElement('Bucket', request.bucket),
        textElement('Key', request.key),
        textElement('ETag', quoted(object.value.etag)),
      ),
    );
  },

  AbortMultipartUpload: async ({ storage, request }) => {
    return noContent(await abortUpload(storage, objectName(request), request.query.get('uploadId') ?? ''));
  },
};

function objectName({ bucket, key }: S3Request) {
  return { bucket, key };
}

/** Stores the body. A body that announces to be too large is refused before it is read. */
async function receive({ storage, head, openBody }: S3Call): Promise<Result<ReceivedBlob<Trailers>>> {
  const announced = headerValue(head, 'x-amz-decoded-content-length') ?? headerValue(head, 'content-length');
  const { objectBytesMax } = storage.limits;
  if (Number(announced ?? 0) > objectBytesMax) return objectTooLarge(objectBytesMax);
  return await receiveBlob(storage, openBody(), announcedAlgorithms(head));
}

/** Reads a small XML body. @refuses BodyWrong when it is larger than 1 MiB */
async function readDocument(body: Payload): Promise<Result<string>> {
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const next = await body.next();
    if (next.done) return next.value.ok ? accept(Buffer.concat(pieces).toString('utf8')) : next.value;
    total += next.value.length;
    if (total > documentBytesMax) {
      const message = `The XML body is larger than ${documentBytesMax} bytes.`;
      return refuse({ kind: 'invalid', code: 'BodyWrong', message, remedy: 'Send less.' });
    }
    pieces.push(next.value);
  }
}

/** Headers to be given back with the object. `aws-chunked` frames only the upload. */
function headersToKeep(head: RequestHead): Readonly<Record<string, string>> {
  const kept: Record<string, string> = {};
  for (const [name] of head.headers) {
    if (!keptHeaders.includes(name) && !name.startsWith('x-amz-meta-')) continue;
    const value = headerValue(head, name) ?? '';
    kept[name] = name === 'content-encoding' ? value.replace(/\s*aws-chunked\s*,?/g, '').trim() : value;
  }
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== ''));
}

function objectHeaders(object: StoredObject): Record<string, string> {
  const headers = Object.entries({ 'content-type': 'binary/octet-stream', ...object.headers });
  return {
    ...Object.fromEntries(headers.map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')])),
    etag: quoted(object.etag),
    'last-modified': object.modifiedAt.toUTCString(),
    'accept-ranges': 'bytes',
    // an uploaded page must not act in the name of this address
    'content-security-policy': 'sandbox',
    'x-content-type-options': 'nosniff',
  };
}

function checksumAnswer(head: RequestHead, object: StoredObject): Record<string, string> {
  return headerValue(head, 'x-amz-checksum-mode')?.toUpperCase() === 'ENABLED' ? checksumHeaders(object) : {};
}

function checksumHeaders({ checksums }: Pick<StoredObject, 'checksums'>): Record<string, string> {
  const headers = Object.entries(checksums).map(([algorithm, value]) => [
    checksumHeader(algorithm as ChecksumAlgorithm),
    value,
  ]);
  return Object.fromEntries(headers);
}

/** The answer that a condition of the request calls for; undefined to go on. @refuses PreconditionFailed */
function checkConditions(head: RequestHead, object: StoredObject): Result<S3Answer | undefined> {
  const match = headerValue(head, 'if-match');
  if (match !== undefined && !namesEtag(match, object.etag)) {
    return refuse({
      kind: 'conflict',
      code: 'PreconditionFailed',
      message: `The object's ETag is ${quoted(object.etag)}, not ${match.slice(0, 100)}.`,
      remedy: 'The object was replaced meanwhile; read it again from the start.',
    });
  }
  const noneMatch = headerValue(head, 'if-none-match');
  if (noneMatch === undefined || !namesEtag(noneMatch, object.etag)) return accept(undefined);
  return accept({ status: 304, headers: { etag: quoted(object.etag) } });
}

function namesEtag(condition: string, etag: string): boolean {
  return condition.split(',').some((name) => name.trim() === '*' || name.trim().replace(/^W\/|"/g, '') === etag);
}

function readNumber(query: ReadonlyMap<string, string>, name: string, absent: number, max: number): Result<number> {
  const text = query.get(name);
  if (text === undefined) return accept(absent);
  return /^\d{1,9}$/.test(text) ? accept(Math.min(Number(text), max)) : argumentWrong(name, text);
}

function argumentWrong(name: string, value: string) {
  const message = `The query parameter ${name} is '${value.slice(0, 100)}'.`;
  return refuse({ kind: 'invalid', code: 'ArgumentWrong', message, remedy: 'Send a number within the bounds of S3.' });
}

function quoted(etag: string): string {
  return `"${etag}"`;
}

function document(root: string): Result<S3Answer> {
  return accept({ status: 200, headers: { 'content-type': 'application/xml' }, body: xmlDocument(root) });
}

function noContent(result: Result<unknown>): Result<S3Answer> {
  return result.ok ? accept({ status: 204, headers: {} }) : result;
}
