import { createHash, createHmac } from 'node:crypto';
import { type RequestHead, urlParts } from './request-head.ts';
import { type CredentialScope, type Signature, signatureAlgorithm } from './signature.ts';

/**
 * The text a signature covers, rebuilt from the request.
 * Source: AWS IAM user guide, "Create a signed AWS API request".
 *
 * @param payloadHash hex SHA-256 of the body, or the word that stands in for it
 */
export function canonicalRequest(head: RequestHead, signature: Signature, payloadHash: string): string {
  const { path, query } = urlParts(head.url) ?? { path: head.url, query: [] };
  return [
    head.method,
    canonicalPath(path, signature.scope.service),
    canonicalQuery(query),
    ...signature.signedHeaders.map((name) => `${name}:${canonicalHeader(head, name)}`),
    '',
    signature.signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** S3 signs the path encoded once; every other service encodes what is already encoded once more. */
function canonicalPath(path: string, service: string): string {
  const segments = (path || '/').split('/');
  return segments.map((segment) => uriEncode(service === 's3' ? decodeLeniently(segment) : segment)).join('/');
}

function decodeLeniently(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  return query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort(
      ([leftName, leftValue], [rightName, rightValue]) =>
        compare(leftName, rightName) || compare(leftValue, rightValue),
    )
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function canonicalHeader(head: RequestHead, name: string): string {
  return head.headers
    .filter(([header]) => header === name)
    .map(([, value]) => value.trim().replace(/\s+/g, ' '))
    .join(',');
}

/** Percent-encodes all but RFC 3986's unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function stringToSign(signature: Signature, canonical: string): string {
  return [signatureAlgorithm, signature.timestamp, scopeText(signature.scope), sha256Hex(canonical)].join('\n');
}

export function scopeText({ day, region, service }: CredentialScope): string {
  return `${day}/${region}/${service}/aws4_request`;
}

/** The key of one day, region and service, derived from the secret. */
export function signingKey(secret: string, { day, region, service }: CredentialScope): Buffer {
  return [day, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`, 'utf8'));
}

export function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}

export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
