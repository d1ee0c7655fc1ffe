import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface AlteredService {
  readonly url: string;
  close(): Promise<void>;
}

/** The service behind `url`, whose answers say something else: what only other implementations, or bad days, show. */
export async function alteredService(url: string, alter: (answer: string) => string): Promise<AlteredService> {
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
    const text = alter(await answer.text());
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
