import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** What is still being answered has this long. */
const answeredMsMax = 10_000;

/**
 * How a server ends: no new requests, those under way are answered, and nobody keeps it from ending. Node itself waits
 * for ever for connections on which no request has come yet: its check for their time limit ends with the server.
 */
export function closingOf(server: FastifyInstance): () => Promise<void> {
  const unused = new Set<Socket>();
  server.server.on('connection', (socket) => {
    unused.add(socket);
    socket.once('close', () => unused.delete(socket));
  });
  server.server.on('request', ({ socket }) => unused.delete(socket));

  return async () => {
    const closed = server.close();
    for (const socket of unused) socket.destroy();
    const late = setTimeout(() => server.server.closeAllConnections(), answeredMsMax);
    await closed;
    clearTimeout(late);
  };
}
