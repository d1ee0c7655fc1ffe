import { ok } from 'node:assert/strict';
import { Agent } from 'node:http';
import fc from 'fast-check';
import { editedBytes } from '../byte-edits.ts';
import { exchangeBytes, send, statusesIn } from '../http-exchange.ts';
import { signedHeaders } from '../sign-request.ts';
import { surface } from '../surface.ts';
import { editedText } from '../text-edits.ts';

const words = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\r\n\r\n',
    ' ',
    '\t',
    '\0',
    ':',
    ': ',
    ';',
    ',',
    'GET ',
    'POST ',
    'HEAD ',
    'PUT ',
    'DELETE ',
    'CONNECT ',
    'PRI * ',
    'OPTIONS ',
  ],
  ...[
    ' HTTP/1.1',
    ' HTTP/1.0',
    ' HTTP/2.0',
    ' HTTP/0.9',
    'Host: a\r\n',
    'Content-Length: 5\r\n',
    'Content-Length: -1\r\n',
  ],
  ...[
    'Content-Length: 99999999999999999999\r\n',
    'Transfer-Encoding: chunked\r\n',
    'Transfer-Encoding: gzip, chunked\r\n',
    'Transfer-Encoding: x\r\n',
  ],
  ...[
    'Expect: 100-continue\r\n',
    'Expect: x\r\n',
    'Upgrade: websocket\r\nConnection: upgrade\r\n',
    'Connection: close\r\n',
    'Content-Encoding: gzip\r\n',
  ],
  ...[
    '0\r\n\r\n',
    'ffffffffffffffff\r\n',
    '5\r\nabcde\r\n',
    '-5\r\n',
    '5;x=y\r\n',
    '/.proton',
    '/.s3',
    '/api/v1/events',
    '/api/v1/webhooks',
    '/health',
  ],
  ...[
    '/%',
    '/%00',
    '/%2e%2e/',
    '//',
    '/?a=%zz',
    '/?X-Amz-Signature=x&X-Amz-Algorithm=AWS4-HMAC-SHA256',
    'http://evil/',
    '*',
    '#',
    'Range: bytes=0-,-1\r\n',
  ],
  ...[
    'X-Amz-Target: AwsProton20200720.ListServices\r\n',
    'Authorization: AWS4-HMAC-SHA256 Credential=a/20260101/b/s3/aws4_request\r\n',
  ],
  ...[
    'x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\r\n',
    'Content-Type: application/json\r\n',
    'Accept: text/event-stream\r\n',
  ],
  'X: '.padEnd(20_000, 'x'),
];

/** Requests as they lie on the wire, changed there; some come in two pieces, as if they were slow. */
export const httpSurface = surface<{ bytes: Uint8Array; cutAt: number }>({
  name: 'http',
  share: 500,
  async open(world) {
    const installation = await world.installation();
    const { url, cloudUrl, accessKeyId, secretAccessKey } = installation;
    const host = 'deuteron'; // not the port: requests of equal length make equal seeds equal inputs
    const onWire = (method: string, path: string, headers: Record<string, string>, body = '') => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
      return `${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
    };
    const signed = (service: string, method: string, path: string, headers: Record<string, string>, body = '') => {
      const request = { method, path, headers: { host, ...headers }, body: Buffer.from(body) };
      const length = { 'content-length': String(body.length) };
      return onWire(
        method,
        path,
        { ...signedHeaders(request, { accessKeyId, secretAccessKey, service, region: 'us-east-1' }), ...length },
        body,
      );
    };
    const json = { 'content-type': 'application/x-amz-json-1.0' };
    const requests = [
      signed('proton', 'POST', '/', { ...json, 'x-amz-target': 'AwsProton20200720.ListServices' }, '{}'),
      signed('s3', 'PUT', '/deuteron/http.txt', {}, 'text'),
      signed('s3', 'GET', '/deuteron/http.txt', {}),
      signed('deuteron', 'GET', '/api/v1/webhooks', {}),
      signed(
        'deuteron',
        'POST',
        '/api/v1/webhooks',
        { 'content-type': 'application/json' },
        '{"url":"http://127.0.0.1:9/","types":["*"]}',
      ),
      onWire('GET', '/health', { host }),
      onWire(
        'POST',
        '/',
        { host, 'transfer-encoding': 'chunked', ...json, 'x-amz-target': 'AwsProton20200720.ListServices' },
        '2\r\n{}\r\n0\r\n\r\n',
      ),
      onWire(
        'POST',
        '/',
        { host, 'content-type': 'application/x-www-form-urlencoded', 'content-length': '19' },
        'Action=ListStacks&x=',
      ),
    ];
    const bases = requests.map((text) => Buffer.from(text));
    const agent = new Agent();
    return {
      inputs: fc.record({
        bytes: fc.oneof(
          editedBytes(bases),
          editedText(requests, words).map((text) => Buffer.from(text)),
        ),
        cutAt: fc.nat(400),
      }),
      async tryInput({ bytes, cutAt }) {
        const answers: number[] = [];
        const pieces = [bytes.subarray(0, cutAt), bytes.subarray(cutAt)];
        for (const door of [url, cloudUrl]) {
          for (const status of statusesIn(await exchangeBytes(door, pieces))) {
            // 501: S3's own word for what is not in it; 505: HTTP's for another version of it
            ok(status < 500 || status === 501 || status === 505, `${door} answered ${status}`);
            answers.push(status);
          }
        }
        installation.expectNoFailureLogged();
        return answers[0] === 200 ? 'taken' : String(answers[0]);
      },
      async stillServes() {
        for (const door of [`${url}`, cloudUrl]) {
          const answer = await send(agent, door, { method: 'GET', path: '/', headers: {}, body: new Uint8Array() });
          ok(answer.status === 200, `${door} answered ${answer.status}`);
        }
      },
      close: async () => agent.destroy(),
    };
  },
});
