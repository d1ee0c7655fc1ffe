import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/**
 * The service behind `url` as other implementations of its protocol are: events without client request tokens. The
 * tokens themselves are passed on, so that what is asked twice is still done once.
 */
export async function tokenlessService(url: string): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const contentType = request.headers['content-type'] ?? '';
    const authorization = request.headers.authorization ?? '';
    const answer = await fetch(`${url}${request.url}`, {
      method: request.method,
      headers: { 'content-type': contentType, authorization },
      body: Buffer.concat(chunks),
    });
    const text = (await answer.text()).replace(/<ClientRequestToken>[^<]*<\/ClientRequestToken>/g, '');
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/xml' });
    response.end(text);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
