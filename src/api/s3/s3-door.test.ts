import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { Sha256 } from '@aws-crypto/sha256-js';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { SignatureV4 } from '@smithy/signature-v4';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestApi, type TestApi } from '../testing/index.ts';

const Bucket = 'deuteron';
const mebibyte = 1024 * 1024;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ limits: { objectBytesMax: 12 * mebibyte, totalBytesMax: 200 * mebibyte } });
});
afterAll(() => api.close());

async function bytesOf(Key: string, Range?: string): Promise<Buffer> {
  const { Body } = await api.s3.send(new GetObjectCommand({ Bucket, Key, Range }));
  return Buffer.from(await Body!.transformToByteArray());
}

describe('an object comes back as it was put', () => {
  const cases = [
    { name: 'empty', bytes: Buffer.alloc(0) },
    { name: 'small', bytes: Buffer.from('grüße') },
    { name: 'exactly one chunk', bytes: randomBytes(mebibyte) },
    { name: 'several chunks', bytes: randomBytes(3 * mebibyte + 17) },
  ];
  test.each(cases)('$name', async ({ name, bytes }) => {
    const Key = `round trip/${name} +&ü.tar.gz`;
    const put = await api.s3.send(new PutObjectCommand({ Bucket, Key, Body: bytes }));
    expect(put.ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
    expect(put.ChecksumCRC32).toBeDefined();
    expect((await bytesOf(Key)).equals(bytes)).toBe(true);
  });

  test('as a stream, whose checksum follows in a trailer', async () => {
    const bytes = randomBytes(2 * mebibyte + 5);
    const pieces = [bytes.subarray(0, 100), bytes.subarray(100, mebibyte), bytes.subarray(mebibyte)];
    const Body = Readable.from(pieces, { objectMode: false });
    const put = await api.s3.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: bytes.length }));
    expect(put.ChecksumCRC32).toBeDefined();
    expect((await bytesOf('stream')).equals(bytes)).toBe(true);
  });

  test.each(['CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const)('checked by %s', async (ChecksumAlgorithm) => {
    const Body = randomBytes(70_000);
    const Key = `checksum-${ChecksumAlgorithm}`;
    const put = await api.s3.send(new PutObjectCommand({ Bucket, Key, Body, ChecksumAlgorithm }));
    const member = `Checksum${ChecksumAlgorithm}` as const;
    expect(put[member]).toBeDefined();
    const got = await api.s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: 'ENABLED' }));
    expect(got[member]).toBe(put[member]);
    expect(Buffer.from(await got.Body!.transformToByteArray()).equals(Body)).toBe(true);
  });

  test('with its headers', async () => {
    const headers = { ContentType: 'application/gzip', CacheControl: 'no-cache', Metadata: { owner: 'platform' } };
    await api.s3.send(new PutObjectCommand({ Bucket, Key: 'headers', Body: 'x', ...headers }));
    expect(await api.s3.send(new HeadObjectCommand({ Bucket, Key: 'headers' }))).toMatchObject({
      ...headers,
      ContentLength: 1,
    });
  });

  test('whatever its client calls it', async () => {
    const ContentType = 'no media type';
    await api.s3.send(new PutObjectCommand({ Bucket, Key: 'untyped', Body: 'x', ContentType }));
    expect(await api.s3.send(new GetObjectCommand({ Bucket, Key: 'untyped' }))).toMatchObject({ ContentType });
  });

  test('in place of the one before', async () => {
    await api.s3.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'first' }));
    await api.s3.send(new PutObjectCommand({ Bucket, Key: 'twice', Body: 'second' }));
    expect((await bytesOf('twice')).toString()).toBe('second');
  });
});

describe('a part of an object', () => {
  const bytes = randomBytes(2 * mebibyte + 100);
  beforeAll(() => api.s3.send(new PutObjectCommand({ Bucket, Key: 'range', Body: bytes })));
  const cases = [
    { range: 'bytes=0-9', expected: bytes.subarray(0, 10) },
    { range: `bytes=${mebibyte - 5}-${mebibyte + 4}`, expected: bytes.subarray(mebibyte - 5, mebibyte + 5) },
    { range: `bytes=${2 * mebibyte}-`, expected: bytes.subarray(2 * mebibyte) },
    { range: 'bytes=-7', expected: bytes.subarray(-7) },
    { range: `bytes=10-${10 * mebibyte}`, expected: bytes.subarray(10) },
    { range: 'bytes=0-1,5-6', expected: bytes },
  ];
  test.each(cases)('$range', async ({ range, expected }) => {
    expect((await bytesOf('range', range)).equals(expected)).toBe(true);
  });

  test('that lies behind its end is refused', async () => {
    await expect(bytesOf('range', 'bytes=9999999-')).rejects.toMatchObject({ name: 'InvalidRange' });
  });

  test('of an object that was replaced meanwhile is refused', async () => {
    const get = api.s3.send(new GetObjectCommand({ Bucket, Key: 'range', IfMatch: '"0123"' }));
    await expect(get).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });
});

describe('a multipart upload', () => {
  const parts = [randomBytes(5 * mebibyte), randomBytes(5 * mebibyte + 1), randomBytes(10)] as const;

  async function start(Key: string) {
    const { UploadId } = await api.s3.send(
      new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/gzip' }),
    );
    const upload = async (PartNumber: number, Body: Uint8Array) => {
      const { ETag } = await api.s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
      return { PartNumber, ETag };
    };
    const complete = (Parts: { PartNumber: number; ETag?: string }[]) =>
      api.s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
    return { UploadId, upload, complete };
  }

  test('becomes one object of its listed parts, in any order of arrival', async () => {
    const { upload, complete } = await start('multipart');
    const [third, first, replaced] = [
      await upload(3, parts[2]),
      await upload(1, parts[0]),
      await upload(2, Buffer.from('x')),
    ];
    const second = await upload(2, parts[1]);
    expect(replaced.ETag).not.toBe(second.ETag);
    const done = await complete([first, second, third]);
    expect(done.ETag).toMatch(/^"[0-9a-f]{32}-3"$/);
    expect((await bytesOf('multipart')).equals(Buffer.concat(parts))).toBe(true);
    const seam = 5 * mebibyte;
    const across = await bytesOf('multipart', `bytes=${seam - 2}-${seam + 1}`);
    expect(across.equals(Buffer.concat([parts[0].subarray(-2), parts[1].subarray(0, 2)]))).toBe(true);
    expect(await api.s3.send(new HeadObjectCommand({ Bucket, Key: 'multipart' }))).toMatchObject({
      ContentType: 'application/gzip',
    });
  });

  const wrong = [
    {
      name: 'with a part too small',
      list: [1, 2],
      parts: [Buffer.from('a'), Buffer.from('b')],
      error: 'EntityTooSmall',
    },
    { name: 'with a part never uploaded', list: [1, 7], parts: [parts[0]], error: 'InvalidPart' },
    { name: 'with parts out of order', list: [2, 1], parts: [parts[0], parts[1]], error: 'InvalidPart' },
    {
      name: 'larger than an object may be',
      list: [1, 2, 3],
      parts: [parts[0], parts[1], parts[0]],
      error: 'EntityTooLarge',
    },
  ];
  test.each(wrong)('$name is refused', async ({ name, list, parts, error }) => {
    const { upload, complete } = await start(name);
    const uploaded: { PartNumber: number; ETag?: string }[] = [];
    for (const [index, part] of parts.entries()) uploaded.push(await upload(index + 1, part));
    const listed = list.map((PartNumber) => ({
      PartNumber,
      ETag: uploaded.find((part) => part.PartNumber === PartNumber)?.ETag ?? '"0"',
    }));
    await expect(complete(listed)).rejects.toMatchObject({ name: error });
  });

  test('that was aborted is gone', async () => {
    const { UploadId, upload } = await start('aborted');
    await upload(1, Buffer.from('x'));
    await api.s3.send(new AbortMultipartUploadCommand({ Bucket, Key: 'aborted', UploadId }));
    await expect(upload(2, Buffer.from('y'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
    await expect(bytesOf('aborted')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });
});

describe('listing', () => {
  const keys = ['a/1', 'a/2', 'a/b/3', 'b', 'c/1', 'ä/1', 'special <&>"', 'z\u0007bell'];
  beforeAll(async () => {
    await api.s3.send(new CreateBucketCommand({ Bucket: 'listing' }));
    for (const Key of keys) await api.s3.send(new PutObjectCommand({ Bucket: 'listing', Key, Body: 'x' }));
  });

  async function list(options: object) {
    const answer = await api.s3.send(new ListObjectsV2Command({ Bucket: 'listing', EncodingType: 'url', ...options }));
    return {
      keys: answer.Contents?.map(({ Key }) => decodeURIComponent(Key!)) ?? [],
      prefixes: answer.CommonPrefixes?.map(({ Prefix }) => decodeURIComponent(Prefix!)) ?? [],
      next: answer.NextContinuationToken,
    };
  }

  test('gives every key, in the order of its bytes', async () => {
    const expected = [...keys].sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    expect((await list({})).keys).toEqual(expected);
  });

  test('gathers what lies below a delimiter', async () => {
    const { keys: found, prefixes } = await list({ Delimiter: '/' });
    expect(found).toEqual(['b', 'special <&>"', 'z\u0007bell']);
    expect(prefixes).toEqual(['a/', 'c/', 'ä/']);
  });

  test('looks into a prefix', async () => {
    expect(await list({ Prefix: 'a/', Delimiter: '/' })).toMatchObject({ keys: ['a/1', 'a/2'], prefixes: ['a/b/'] });
  });

  test.each([1, 2, 3])('goes on where it stopped, %i at a time', async (MaxKeys) => {
    const found: string[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys, Delimiter: '/', ContinuationToken });
      expect(page.keys.length + page.prefixes.length).toBeLessThanOrEqual(MaxKeys);
      found.push(...page.keys, ...page.prefixes);
      ContinuationToken = page.next;
    } while (ContinuationToken);
    expect(found.sort()).toEqual(['a/', 'b', 'c/', 'special <&>"', 'z\u0007bell', 'ä/'].sort());
  });

  test('of buckets', async () => {
    const { Buckets } = await api.s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(expect.arrayContaining(['deuteron', 'listing']));
  });
});

describe('buckets', () => {
  test('are made, found, and deleted once they are empty', async () => {
    const named = { Bucket: 'my-bucket' };
    await api.s3.send(new CreateBucketCommand(named));
    await expect(api.s3.send(new CreateBucketCommand(named))).rejects.toMatchObject({
      name: 'BucketAlreadyOwnedByYou',
    });
    expect(await api.s3.send(new HeadBucketCommand(named))).toMatchObject({ $metadata: { httpStatusCode: 200 } });
    expect((await api.s3.send(new GetBucketLocationCommand(named))).LocationConstraint).toBeUndefined();
    await api.s3.send(new PutObjectCommand({ ...named, Key: 'x', Body: 'x' }));
    await expect(api.s3.send(new DeleteBucketCommand(named))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
    await api.s3.send(new DeleteObjectCommand({ ...named, Key: 'x' }));
    await api.s3.send(new DeleteObjectCommand({ ...named, Key: 'x' }));
    await api.s3.send(new DeleteBucketCommand(named));
    await expect(api.s3.send(new HeadBucketCommand(named))).rejects.toMatchObject({ name: 'NotFound' });
  });

  test('that do not exist are refused with a remedy', async () => {
    const put = api.s3.send(new PutObjectCommand({ Bucket: 'nowhere', Key: 'x', Body: 'x' }));
    await expect(put).rejects.toMatchObject({
      name: 'NoSuchBucket',
      message: expect.stringContaining('aws s3 mb s3://nowhere'),
    });
  });
});

test('an object larger than allowed is refused, and nothing of it stays', async () => {
  const Body = Buffer.alloc(12 * mebibyte + 1);
  const before = await storedBytes();
  await expect(api.s3.send(new PutObjectCommand({ Bucket, Key: 'large', Body }))).rejects.toMatchObject({
    name: 'EntityTooLarge',
  });
  const pieces = Array.from({ length: 13 }, () => Buffer.alloc(mebibyte));
  const streamed = await signedFetch('PUT', '/deuteron/large', {
    headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD', 'transfer-encoding': 'chunked' },
    body: Readable.toWeb(Readable.from(pieces)) as ReadableStream,
  });
  expect(await streamed.text()).toContain('<Code>EntityTooLarge</Code>');
  expect(await storedBytes()).toBe(before);
});

async function storedBytes(): Promise<number> {
  const { rows } = await sql<{ total: string }>`select coalesce(sum(size_bytes), 0) as total from blob`.execute(api.db);
  return Number(rows[0]?.total);
}

interface Sent {
  readonly headers?: Record<string, string | undefined>;
  readonly body?: string | ReadableStream;
  /** Sent, but not signed. */
  readonly unsigned?: Record<string, string>;
}

/** A request by hand, for what no SDK would send. */
async function signedFetch(
  method: string,
  path: string,
  { headers = {}, body, unsigned }: Sent = {},
): Promise<Response> {
  const { hostname, host, port } = new URL(api.url);
  const [pathname = '', search = ''] = path.split('?');
  const signed = await signer().sign({
    method,
    protocol: 'http:',
    hostname,
    port: Number(port),
    path: pathname,
    query: Object.fromEntries(new URLSearchParams(search)),
    headers: { host, ...(headers as Record<string, string>) },
    body: typeof body === 'string' ? body : undefined,
  });
  const { host: _host, 'transfer-encoding': _encoding, ...sent } = signed.headers;
  return await fetch(`${api.url}${path}`, {
    method,
    headers: { ...sent, ...unsigned },
    body,
    duplex: 'half',
  } as RequestInit);
}

function signer(): SignatureV4 {
  return new SignatureV4({
    service: 's3',
    region: 'anywhere-1',
    credentials: { accessKeyId: api.key.id, secretAccessKey: api.key.secret },
    sha256: Sha256,
    uriEscapePath: false,
    applyChecksum: true,
  });
}

describe('a body that is not what it says is refused', () => {
  const cases = [
    { name: 'SHA-256', headers: { 'x-amz-content-sha256': 'a'.repeat(64) }, error: 'XAmzContentSHA256Mismatch' },
    { name: 'Content-MD5', headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }, error: 'BadDigest' },
    { name: 'CRC32', headers: { 'x-amz-checksum-crc32': 'AAAAAA==' }, error: 'BadDigest' },
    { name: 'a promised trailer', headers: { 'x-amz-trailer': 'x-amz-checksum-crc32' }, error: 'BadDigest' },
    {
      name: 'chunks',
      headers: { 'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER' },
      error: 'InvalidRequest',
    },
    { name: 'an unknown form', headers: { 'x-amz-content-sha256': 'STREAMING-NEW' }, error: 'InvalidRequest' },
  ];
  test.each(cases)(
    '$name',
    async ({ headers, error }: { headers: Record<string, string | undefined>; error: string }) => {
      const answer = await signedFetch('PUT', '/deuteron/broken', {
        headers,
        body: 'some bytes',
      });
      expect(await answer.text()).toContain(`<Code>${error}</Code>`);
      expect((await signedFetch('HEAD', '/deuteron/broken')).status).toBe(404);
    },
  );
});

describe('what is not available says so', () => {
  const cases = [
    { name: 'copying', method: 'PUT', path: '/deuteron/copy', headers: { 'x-amz-copy-source': '/deuteron/x' } },
    { name: 'access control lists', method: 'GET', path: '/deuteron?acl', headers: {} },
    { name: 'the older listing', method: 'GET', path: '/deuteron', headers: {} },
    { name: 'putting only when absent', method: 'PUT', path: '/deuteron/once', headers: { 'if-none-match': '*' } },
    {
      name: 'encryption by a given key',
      method: 'PUT',
      path: '/deuteron/sse',
      headers: { 'x-amz-server-side-encryption': 'aws:kms' },
    },
  ];
  test.each(cases)('$name', async ({ method, path, headers }) => {
    const answer = await signedFetch(method, path, {
      headers,
      body: method === 'PUT' ? 'x' : undefined,
    });
    expect(answer.status).toBe(501);
    expect(await answer.text()).toContain('<Code>NotImplemented</Code>');
  });
});

describe('presigned URLs', () => {
  async function presign(method: string, path: string, expiresIn: number, signingDate = new Date()): Promise<string> {
    const { hostname, host, port } = new URL(api.url);
    const request = {
      method,
      protocol: 'http:',
      hostname,
      port: Number(port),
      path,
      headers: { host, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
      query: {},
    };
    const signed = await signer().presign(request, {
      expiresIn,
      signingDate,
      unsignableHeaders: new Set(['x-amz-content-sha256']),
    });
    const query = new URLSearchParams(signed.query as Record<string, string>);
    return `${api.url}${path}?${query.toString().replaceAll('+', '%20')}`;
  }

  test('put and get an object without any header', async () => {
    const put = await fetch(await presign('PUT', '/deuteron/presigned', 60), {
      method: 'PUT',
      body: 'signed by the URL',
    });
    expect(put.status).toBe(200);
    const got = await fetch(await presign('GET', '/deuteron/presigned', 60));
    expect(await got.text()).toBe('signed by the URL');
    expect(got.headers.get('content-security-policy')).toBe('sandbox');
  });

  test('end', async () => {
    const url = await presign('GET', '/deuteron/presigned', 60, new Date(Date.now() - 61_000));
    const answer = await fetch(url);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('RequestTimeTooSkewed');
  });

  test('are good for what they were signed for alone', async () => {
    const url = await presign('GET', '/deuteron/presigned', 60);
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url.replace('/presigned?', '/other?'))).status).toBe(403);
  });
});

test('an unsigned x-amz header is refused', async () => {
  const answer = await signedFetch('GET', '/', { unsigned: { 'x-amz-copy-source': 'x' } });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain('x-amz-copy-source');
});

test.each([
  'not xml',
  '<CompleteMultipartUpload/>',
  '<CompleteMultipartUpload><Part><PartNumber>x</PartNumber></Part></CompleteMultipartUpload>',
  '<!DOCTYPE a [<!ENTITY b "c">]><CompleteMultipartUpload><Part><PartNumber>&b;</PartNumber><ETag>&b;</ETag></Part></CompleteMultipartUpload>',
])('a completion that reads %j is refused', async (body) => {
  const answer = await signedFetch('POST', '/deuteron/x?uploadId=none', { body });
  expect(await answer.text()).toContain('<Code>MalformedXML</Code>');
});

test('a key that is too long, and one with U+0000, are refused', async () => {
  for (const key of ['k'.repeat(1025), 'a%00b']) {
    const answer = await signedFetch('PUT', `/deuteron/${key}`, { body: 'x' });
    expect(await answer.text()).toContain('<Code>KeyTooLongError</Code>');
  }
});

test.each([
  { method: 'GET', path: '/deuteron/a%00b', code: 'KeyTooLongError' },
  { method: 'DELETE', path: '/deuteron/a%00b', code: 'KeyTooLongError' },
  { method: 'GET', path: '/a%00b/key', code: 'InvalidURI' },
  { method: 'GET', path: '/deuteron?list-type=2&prefix=a%00b', code: 'InvalidURI' },
])('$method $path is refused, for no name has U+0000', async ({ method, path, code }) => {
  const answer = await signedFetch(method, path);
  expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(`<Code>${code}</Code>`)]);
});
