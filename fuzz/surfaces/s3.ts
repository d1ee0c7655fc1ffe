import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { type HttpAnswer, send } from '../http-exchange.ts';
import { oddTexts } from '../odd-values.ts';
import { signedHeaders } from '../sign-request.ts';
import { surface } from '../surface.ts';
import { editedText } from '../text-edits.ts';

interface S3Request {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secret: 'right' | 'wrong';
}

const encode = (text: string) => encodeURIComponent(text.toWellFormed());
const odd = fc.constantFrom(
  ...oddTexts.filter((text) => text.length < 2_000).map(encode),
  '%',
  '%00',
  '%zz',
  '%ff',
  '+',
  'a//b',
  '..',
);
const keys = ['', '/a.txt', '/b/c.tar.gz', '/network.tar.gz', '/'];
const parameter = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      'list-type=2',
      'location',
      'uploads',
      'uploadId=x',
      'partNumber=1',
      'prefix=a',
      'delimiter=%2F',
      'max-keys=1',
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom(
          ...[
            'list-type',
            'uploadId',
            'partNumber',
            'max-keys',
            'prefix',
            'delimiter',
            'continuation-token',
            'start-after',
            'encoding-type',
            'fetch-owner',
            'x-id',
            'acl',
            '__proto__',
            'X-Amz-Signature',
          ],
        ),
        odd,
      )
      .map(([name, value]) => `${name}=${value}`),
  },
);
const headerNames = [
  ...[
    'range',
    'content-md5',
    'x-amz-checksum-crc32',
    'x-amz-checksum-sha256',
    'x-amz-sdk-checksum-algorithm',
    'x-amz-trailer',
    'if-match',
    'if-none-match',
  ],
  ...[
    'x-amz-content-sha256',
    'x-amz-decoded-content-length',
    'content-encoding',
    'content-type',
    'x-amz-copy-source',
    'x-amz-meta-a',
    'x-amz-storage-class',
  ],
];
const headerValues = [
  ...[
    'bytes=0-1',
    'bytes=-1',
    'bytes=5-2',
    'bytes=0-0,2-3',
    'bytes=99999999999999999999-',
    'UNSIGNED-PAYLOAD',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  ],
  ...[
    'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
    'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
    'x-amz-checksum-crc32',
    'CRC32',
    'SHA256',
    '*',
    '"x"',
    '-1',
    '0',
    '1e9',
  ],
  ...['aws-chunked', 'gzip', 'AAAAAA==', '', 'deuteron/a.txt', 'x'.repeat(300)],
];
const bodies = [
  'text',
  '',
  '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"x"</ETag></Part></CompleteMultipartUpload>',
  '4\r\ntext\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n',
  `4;chunk-signature=${'0'.repeat(64)}\r\ntext\r\n0;chunk-signature=${'0'.repeat(64)}\r\n\r\n`,
  '<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>',
];
const bodyWords = [
  ...[
    '<',
    '>',
    '</',
    '/>',
    '&',
    '&#0;',
    '&x;',
    '<!DOCTYPE a [<!ENTITY x "y">]>',
    '<![CDATA[',
    '<?xml version="1.0"?>',
    '<Part>',
    '</Part>',
    '<PartNumber>',
  ],
  ...['\r\n', '0\r\n', 'fffffffff\r\n', '-1\r\n', ';chunk-signature=', 'x-amz-trailer-signature:0\r\n', '\0'],
];

const requests: fc.Arbitrary<S3Request> = fc.record({
  method: fc.constantFrom('GET', 'PUT', 'PUT', 'PUT', 'POST', 'DELETE', 'HEAD'),
  path: fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('deuteron', 'other'), fc.constantFrom(...keys))
        .map(([bucket, key]) => `/${bucket}${key}`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('deuteron', 'other', ''), odd).map(([bucket, key]) => `/${bucket}/${key}`),
    },
    { weight: 1, arbitrary: odd.map((bucket) => `/${bucket}`) },
  ),
  query: fc.array(parameter, { maxLength: 3 }).map((all) => all.join('&')),
  headers: fc.dictionary(fc.constantFrom(...headerNames), fc.constantFrom(...headerValues), { maxKeys: 3 }),
  body: editedText(bodies, bodyWords),
  secret: fc.constantFrom('right', 'right', 'right', 'right', 'wrong'),
});

export const s3Surface = surface<S3Request>({
  name: 's3',
  share: 500,
  async open(world) {
    const installation = await world.installation();
    const { url, accessKeyId, secretAccessKey } = installation;
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    const { host } = new URL(url);
    const ask = ({ method, path, query, headers, body, secret }: S3Request) => {
      const bytes = Buffer.from(body);
      const key = { accessKeyId, secretAccessKey: secret === 'right' ? secretAccessKey : 'wrong' };
      const signed = signedHeaders(
        { method, path, query, headers: { host, ...headers }, body: bytes },
        { ...key, service: 's3', region: 'us-east-1' },
      );
      const hasBody = method === 'PUT' || method === 'POST';
      return send(agent, url, {
        method,
        path: query ? `${path}?${query}` : path,
        headers: { ...signed, 'content-length': String(hasBody ? bytes.length : 0) },
        body: hasBody ? bytes : new Uint8Array(),
      });
    };
    return {
      inputs: requests,
      async tryInput(request) {
        const answer = await ask(request);
        installation.expectNoFailureLogged();
        return expectS3Answer(request, answer);
      },
      async stillServes() {
        const usual = { query: '', headers: {}, secret: 'right', path: '/deuteron/still.txt' } as const;
        const put = await ask({ ...usual, method: 'PUT', body: 'still here' });
        ok(put.status === 200, `${put.status} ${put.body}`);
        const got = await ask({ ...usual, method: 'GET', body: '' });
        ok(got.body.toString() === 'still here', `${got.status} ${got.body}`);
      },
      close: async () => agent.destroy(),
    };
  },
});

const xml = new XMLParser();

function expectS3Answer({ method }: S3Request, { status, headers, body }: HttpAnswer): string {
  // 501 is S3's own NotImplemented, for what a real bucket can do and this one cannot
  ok(status >= 200 && (status < 500 || status === 501), `${status} ${body}`);
  if (status < 300) return 'taken';
  if (method === 'HEAD' || status === 304) return String(status);
  ok(
    String(headers['content-type']).startsWith('application/xml'),
    `${status} of type ${headers['content-type']}: ${body}`,
  );
  const text = body.toString();
  ok(XMLValidator.validate(text) === true, text);
  const { Error: error } = xml.parse(text) as { Error?: { Code?: string; Message?: unknown } };
  ok(error?.Code && error.Code !== 'InternalError' && String(error.Message ?? '').trim() !== '', text);
  return error.Code;
}
