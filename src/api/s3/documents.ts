import { XMLParser } from 'fast-xml-parser';
import { accept, type Result, refuse } from '../../errors/index.ts';
import type { ListedObjects, ListedPart, ListObjectsRequest } from '../../object-storage/index.ts';
import { element, textElement } from './xml.ts';

const partsMax = 10_000;

/** The parts that a CompleteMultipartUpload lists. @refuses BodyWrong */
export function readCompletion(text: string): Result<ListedPart[]> {
  const parts = completedParts(text);
  if (!parts || parts.length > partsMax) return bodyWrong();
  const listed: ListedPart[] = [];
  for (const part of parts) {
    const { PartNumber: number, ETag: etag } = part as { PartNumber?: unknown; ETag?: unknown };
    if (typeof number !== 'string' || !/^\d{1,5}$/.test(number) || typeof etag !== 'string') return bodyWrong();
    listed.push({ partNumber: Number(number), etag: etag.replace(/&quot;|&#34;|"/g, '') });
  }
  return accept(listed);
}

/** Entities are not expanded: a hostile document gains nothing by declaring any. */
function completedParts(text: string): readonly object[] | undefined {
  const parser = new XMLParser({ processEntities: false, parseTagValue: false, isArray: (name) => name === 'Part' });
  try {
    const parts = parser.parse(text, true)?.CompleteMultipartUpload?.Part;
    const isObject = (part: unknown) => typeof part === 'object' && part !== null;
    return Array.isArray(parts) && parts.every(isObject) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function bodyWrong() {
  return refuse({
    kind: 'invalid',
    code: 'BodyWrong',
    message: 'The body is not a CompleteMultipartUpload document with a PartNumber and an ETag for each Part.',
    remedy: 'Send it as the AWS SDKs do.',
  });
}

/** A continuation token is the text behind which the next page begins. */
export function writeContinuation(position: string): string {
  return Buffer.from(position, 'utf8').toString('base64');
}

/** @refuses ArgumentWrong for a token that is none of ours */
export function readContinuation(token: string | undefined, startAfter: string | undefined): Result<string> {
  if (token === undefined) return accept(startAfter ?? '');
  const position = Buffer.from(token, 'base64').toString('utf8');
  if (writeContinuation(position) === token && !position.includes('\0')) return accept(position);
  return refuse({
    kind: 'invalid',
    code: 'ArgumentWrong',
    message: `The continuation token '${token.slice(0, 100)}' is none of this server's.`,
    remedy: 'Give the NextContinuationToken of the answer before.',
  });
}

/** The answer of ListObjectsV2. Source: Amazon S3 API reference. */
export function writeListing(
  asked: ListObjectsRequest,
  listed: ListedObjects,
  query: ReadonlyMap<string, string>,
  next: string | undefined,
): string {
  const encode = query.get('encoding-type') === 'url' ? urlEncode : (text: string) => text;
  const contents = listed.objects.map((object) =>
    element(
      'Contents',
      textElement('Key', encode(object.key)),
      textElement('LastModified', object.modifiedAt.toISOString()),
      textElement('ETag', `"${object.etag}"`),
      textElement('Size', object.sizeBytes),
      textElement('StorageClass', 'STANDARD'),
    ),
  );
  const prefixes = listed.commonPrefixes.map((prefix) =>
    element('CommonPrefixes', textElement('Prefix', encode(prefix))),
  );
  return element(
    'ListBucketResult',
    textElement('Name', asked.bucket),
    textElement('Prefix', encode(asked.prefix)),
    textElement('Delimiter', asked.delimiter === '' ? undefined : encode(asked.delimiter)),
    textElement('MaxKeys', asked.entriesMax),
    textElement('EncodingType', query.get('encoding-type')),
    textElement('KeyCount', contents.length + prefixes.length),
    textElement('IsTruncated', next !== undefined),
    textElement('NextContinuationToken', next),
    textElement('ContinuationToken', query.get('continuation-token')),
    textElement('StartAfter', query.has('start-after') ? encode(query.get('start-after') ?? '') : undefined),
    contents,
    prefixes,
  );
}

function urlEncode(text: string): string {
  return encodeURIComponent(text).replaceAll('%2F', '/');
}
