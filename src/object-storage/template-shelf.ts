import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Texts that another program on this machine fetches within minutes. Nothing of it is written down. */
export interface TemplateShelf {
  /** @returns a URL that nobody can guess; whoever has it may read the text until it is taken off the shelf */
  put(text: string): string;
  close(): Promise<void>;
}

/** A provider reads a template while it answers the call that names it; the rest is for its retries. */
const usualLifeMs = 15 * 60 * 1000;

/** Listens on loopback only, on any free port. */
export async function openTemplateShelf({ lifeMs = usualLifeMs } = {}): Promise<TemplateShelf> {
  const texts = new Map<string, string>();
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const text = request.method === 'GET' ? texts.get(request.url ?? '') : undefined;
    if (text === undefined) response.writeHead(404).end();
    else
      response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' }).end(text);
  });
  server.unref();
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(0, '127.0.0.1', listening);
  });
  const { port } = server.address() as AddressInfo;
  return {
    put(text) {
      const path = `/${randomBytes(24).toString('base64url')}`;
      texts.set(path, text);
      const timer = setTimeout(() => {
        texts.delete(path);
        timers.delete(timer);
      }, lifeMs);
      timers.add(timer.unref());
      return `http://127.0.0.1:${port}${path}`;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      texts.clear();
      server.closeAllConnections();
      await new Promise<void>((closed) => server.close(() => closed()));
    },
  };
}
