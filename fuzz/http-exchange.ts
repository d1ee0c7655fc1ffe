import { ok } from 'node:assert/strict';
import { Agent, type OutgoingHttpHeaders, request } from 'node:http';
import { connect } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Not how fast a door must be: how long nobody would wait any more. */
const patienceMs = 120_000;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

/**
 * Sends a request as it is; the path is not made right. A connection that the server has closed meanwhile, after an
 * answer to what came on it before, is no answer: then once more on a new one.
 */
export async function send(agent: Agent, url: string, asked: Asked): Promise<HttpAnswer> {
  try {
    return await sendOnce(agent, url, asked);
  } catch (error) {
    if (!(error instanceof ClosedMeanwhile)) throw error;
    const fresh = new Agent();
    return await sendOnce(fresh, url, asked).finally(() => fresh.destroy());
  }
}

class ClosedMeanwhile extends Error {}

function sendOnce(agent: Agent, url: string, { method, path, headers, body }: Asked): Promise<HttpAnswer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request({ agent, hostname, port, method, path, headers }, (response) => {
      if (response.headers['content-type']?.startsWith('text/event-stream')) {
        response.destroy(); // it ends by nobody else
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.alloc(0) });
        return;
      }
      buffer(response).then(
        (bytes) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: bytes }),
        reject,
      );
    });
    sent.setTimeout(patienceMs, () => sent.destroy(new Error(`no answer within ${patienceMs / 1000} s`)));
    sent.on('error', (error: NodeJS.ErrnoException) => {
      const isClosed = sent.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
      reject(isClosed ? new ClosedMeanwhile() : error);
    });
    sent.end(body);
  });
}

/**
 * Sends bytes that need be no request, ends its side, and waits until the server ends its own.
 * @returns all that came back
 */
export function exchangeBytes(url: string, pieces: readonly Uint8Array[]): Promise<Buffer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    const chunks: Buffer[] = [];
    socket.setTimeout(patienceMs, () => socket.destroy(new Error(`the connection hangs for ${patienceMs / 1000} s`)));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => {
      socket.end();
      resolve(Buffer.concat(chunks));
    });
    // a server that has answered a broken request need not read the rest of it
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') resolve(Buffer.concat(chunks));
      else reject(error);
    });
    for (const piece of pieces) socket.write(piece);
    socket.end();
  });
}

/** The statuses of the answers in a stream of bytes, which must be nothing but answers. The last may be cut. */
export function statusesIn(bytes: Buffer): number[] {
  const statuses: number[] = [];
  let rest = bytes.toString('latin1');
  while (rest !== '') {
    const [head, status] = /^HTTP\/1\.1 (\d{3})[^\r\n]*\r\n(?:[^\r\n]+\r\n)*\r\n/.exec(rest) ?? [];
    ok(head && status, `no answer of HTTP: ${JSON.stringify(rest.slice(0, 300))}`);
    statuses.push(Number(status));
    rest = behindBody(head, rest.slice(head.length));
  }
  return statuses;
}

function behindBody(head: string, rest: string): string {
  // to HEAD, and to some of what is no HTTP, the length is told of a body that does not come
  if (rest.startsWith('HTTP/1.1 ')) return rest;
  if (!/\r\ntransfer-encoding: *chunked\r\n/i.test(head)) {
    return rest.slice(Number(/\r\ncontent-length: *(\d+)\r\n/i.exec(head)?.[1] ?? 0));
  }
  for (let left = rest; left !== ''; ) {
    const [line, digits = ''] = /^([0-9a-f]+)\r\n/i.exec(left) ?? [];
    if (line === undefined) return left;
    const size = Number.parseInt(digits, 16);
    left = left.slice(line.length + size + 2);
    if (size === 0) return left;
  }
  return '';
}
