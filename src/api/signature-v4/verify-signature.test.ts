import { createHash } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hmac, scopeText, sha256Hex, signingKey } from './canonical-request.ts';
import { openPayload } from './payload.ts';
import type { RequestHead } from './request-head.ts';
import { readSignature, signedService } from './signature.ts';
import { type VerifiedSignature, verifySignature } from './verify-signature.ts';

const now = new Date('2026-11-25T08:00:00Z');
const credentials = { accessKeyId: 'DTRNAAAAAAAAAAAAAAAA', secretAccessKey: 'secret/with+signs=' };

interface Request {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string | string[]>;
  readonly headers: Record<string, string>;
  readonly body: string;
}

function headOf(
  method: string,
  path: string,
  query: Record<string, unknown>,
  headers: Record<string, string>,
): RequestHead {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((item) => `${encodeURIComponent(name)}=${encodeURIComponent(String(item))}`),
  );
  const url = pairs.length > 0 ? `${path}?${pairs.join('&')}` : path;
  return { method, url, headers: Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const) };
}

async function signed(service: string, request: Request): Promise<RequestHead> {
  const signer = new SignatureV4({
    service,
    region: 'eu-west-1',
    credentials,
    sha256: Sha256,
    uriEscapePath: service !== 's3',
  });
  const { headers } = await signer.sign(
    { ...request, protocol: 'http:', hostname: 'localhost', headers: { host: 'localhost', ...request.headers } },
    { signingDate: now },
  );
  return headOf(request.method, request.path, request.query, headers);
}

function verify(head: RequestHead, body: string, service: string, secret = credentials.secretAccessKey) {
  const signature = readSignature(head);
  if (!signature.ok) return signature;
  return verifySignature(head, signature.value, { secret }, { service, payloadHash: sha256Hex(body), now });
}

const plain: Request = { method: 'POST', path: '/', query: {}, headers: {}, body: '{}' };
const cases: { name: string; service: string; request: Request }[] = [
  {
    name: 'a JSON request',
    service: 'proton',
    request: { ...plain, headers: { 'x-amz-target': 'AwsProton20200720.X' } },
  },
  { name: 'spaces in headers', service: 'proton', request: { ...plain, headers: { 'x-amz-meta-a': '  a   b  ' } } },
  {
    name: 'a query to be sorted',
    service: 'proton',
    request: { ...plain, query: { b: '2', a: ['z', 'y'], 'a-b': '' } },
  },
  { name: 'a query to be encoded', service: 's3', request: { ...plain, query: { prefix: "a b/ü*'()~+" } } },
  {
    name: "S3's path, encoded once",
    service: 's3',
    request: { ...plain, method: 'GET', path: '/b/a%20b/%C3%BC%2B', body: '' },
  },
  { name: 'any other path, encoded twice', service: 'proton', request: { ...plain, path: '/a%20b' } },
];

describe('what the AWS SDK signs is accepted, and nothing else', () => {
  test.each(cases)('$name', async ({ service, request }) => {
    const head = await signed(service, request);
    expect(signedService(head)).toBe(service);
    expect(verify(head, request.body, service)).toMatchObject({ ok: true });
    expect(verify(head, `${request.body} `, service)).toMatchObject({ refusal: { code: 'SignatureWrong' } });
    expect(verify(head, request.body, service, 'other')).toMatchObject({ refusal: { code: 'SignatureWrong' } });
    expect(verify({ ...head, method: 'DELETE' }, request.body, service)).toMatchObject({
      refusal: { code: 'SignatureWrong' },
    });
    expect(verify(head, request.body, 'iam')).toMatchObject({ refusal: { code: 'SignatureForOtherService' } });
    const more: RequestHead = { ...head, headers: [...head.headers, ['x-amz-extra', '1']] };
    expect(verify(more, request.body, service)).toMatchObject({ refusal: { code: 'HeaderNotSigned' } });
  });
});

describe('a signature that cannot be read is refused', () => {
  const credential = 'Credential=DTRNAAAAAAAAAAAAAAAA/20261125/eu-west-1/proton/aws4_request';
  const value = `Signature=${'0'.repeat(64)}`;
  const texts = [
    'Basic dXNlcjpwYXNz',
    'AWS4-HMAC-SHA256',
    `AWS4-ECDSA-P256-SHA256 ${credential}, SignedHeaders=host, ${value}`,
    `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=zz`,
    `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=, ${value}`,
    `AWS4-HMAC-SHA256 Credential=short/20261125/eu-west-1/proton/aws4_request, SignedHeaders=host, ${value}`,
    `AWS4-HMAC-SHA256 ${credential.replace('20261125', '20261124')}, SignedHeaders=host, ${value}`,
  ];
  test.each(texts)('%s', (authorization) => {
    const headers = { host: 'localhost', 'x-amz-date': '20261125T080000Z', authorization };
    expect(readSignature(headOf('POST', '/', {}, headers))).toMatchObject({
      ok: false,
      refusal: { code: 'SignatureMalformed' },
    });
  });

  test('whatever its text', () => {
    const text = fc.stringMatching(/^(AWS4-HMAC-SHA256 )?[A-Za-z0-9=/,; -]{0,60}$/);
    fc.assert(
      fc.property(text, (authorization) => !readSignature(headOf('POST', '/', {}, { authorization })).ok),
      { numRuns: 500 },
    );
  });
});

describe('a body signed chunk by chunk', () => {
  const scope = { day: '20261125', region: 'eu-west-1', service: 's3' };
  const timestamp = '20261125T080000Z';
  const key = signingKey(credentials.secretAccessKey, scope);
  const signature = { value: 'a'.repeat(64), scope, timestamp, signingKey: key } as unknown as VerifiedSignature;

  /** Written from Amazon's description, apart from the code under test. */
  function frame(chunks: readonly string[], trailer?: string): string {
    let previous = signature.value;
    const chain = (kind: string, ...hashes: string[]) => {
      previous = hmac(
        key,
        [`AWS4-HMAC-SHA256-${kind}`, timestamp, scopeText(scope), previous, ...hashes].join('\n'),
      ).toString('hex');
      return previous;
    };
    const framed = [...chunks, ''].map((chunk) => {
      const signed = chain('PAYLOAD', sha256Hex(''), createHash('sha256').update(chunk).digest('hex'));
      return `${chunk.length.toString(16)};chunk-signature=${signed}\r\n${chunk}${chunk ? '\r\n' : ''}`;
    });
    if (!trailer) return `${framed.join('')}\r\n`;
    return `${framed.join('')}${trailer}\r\nx-amz-trailer-signature:${chain('TRAILER', sha256Hex(`${trailer}\n`))}\r\n\r\n`;
  }

  async function read(form: string, text: string, cut = 7) {
    async function* pieces() {
      for (let at = 0; at < text.length; at += cut) yield Buffer.from(text.slice(at, at + cut));
    }
    const payload = openPayload(form, pieces(), signature);
    const bytes: Uint8Array[] = [];
    for (;;) {
      const next = await payload.next();
      if (next.done) return { text: Buffer.concat(bytes).toString(), end: next.value };
      bytes.push(next.value);
    }
  }

  const plainForm = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
  const trailerForm = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
  const framed = frame(['hello ', 'world'], 'x-amz-checksum-crc32:DUoRhQ==');

  test.each([1, 2, 7, 1000])('is put together, however it is cut (%i bytes)', async (cut) => {
    expect(await read(plainForm, frame(['hello ', 'world']), cut)).toMatchObject({
      text: 'hello world',
      end: { ok: true },
    });
    const { text, end } = await read(trailerForm, framed, cut);
    expect(text).toBe('hello world');
    expect(end).toEqual({ ok: true, value: new Map([['x-amz-checksum-crc32', 'DUoRhQ==']]) });
  });

  const broken = [
    { name: 'a changed byte', text: framed.replace('world', 'w0rld'), code: 'SignatureWrong' },
    { name: 'a changed trailer', text: framed.replace('DUoRhQ', 'DUoRhX'), code: 'SignatureWrong' },
    { name: 'a chunk left out', text: framed.slice(framed.indexOf('5;')), code: 'SignatureWrong' },
    { name: 'an unsigned chunk', text: framed.replace(/;chunk-signature=[0-9a-f]{64}/, ''), code: 'SignatureWrong' },
    { name: 'an end inside a chunk', text: framed.slice(0, 92), code: 'PayloadMalformed' },
    { name: 'an end after a chunk', text: framed.slice(0, framed.indexOf('5;')), code: 'PayloadMalformed' },
    { name: 'a wrong size', text: framed.replace('6;', '5;'), code: 'SignatureWrong' },
    { name: 'no chunks at all', text: 'hello world', code: 'PayloadMalformed' },
    { name: 'a line without end', text: 'f'.repeat(10_000), code: 'PayloadMalformed' },
  ];
  test.each(broken)('is refused for $name', async ({ text, code }) => {
    expect((await read(trailerForm, text)).end).toMatchObject({ ok: false, refusal: { code } });
  });
});
