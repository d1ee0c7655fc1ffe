import type { FastifyReply } from 'fastify';
import type { Refusal, RefusalKind } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';

export const statusOfKind = {
  invalid: 400,
  missing: 404,
  conflict: 409,
  forbidden: 403,
  limit: 429,
  unavailable: 503,
} as const satisfies Record<RefusalKind, number>;

/** Every "no" of this door: `{ "error": { "code", "message", "remedy", "position"?, "requestId" } }`. */
export function sendRefusal(reply: FastifyReply, { kind, code, message, remedy, position }: Refusal) {
  const requestId = reply.request.id;
  return reply.status(statusOfKind[kind]).send({ error: { code, message, remedy, position, requestId } });
}

/** What nobody foresaw: the log has it, the answer only where to find it there. */
export function sendUnexpected(reply: FastifyReply, log: Log, error: Error) {
  const requestId = reply.request.id;
  log.error({ requestId, err: error }, 'a request failed unexpectedly');
  const message = `Something unexpected happened. The server's log has it under the request id ${requestId}.`;
  return reply.status(500).send({ error: { code: 'unexpected', message, remedy: 'Try again.', requestId } });
}

const refusalSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'remedy', 'requestId'],
      properties: {
        code: { type: 'string', description: 'A stable word; docs/errors.md has a heading for each.' },
        message: { type: 'string' },
        remedy: { type: 'string' },
        position: {
          type: 'object',
          description: 'where in what was sent; lines and columns count from 1',
          required: ['file', 'line', 'column'],
          properties: { file: { type: 'string' }, line: { type: 'integer' }, column: { type: 'integer' } },
        },
        requestId: { type: 'string' },
      },
    },
  },
} as const;

/** What every route may answer beside its own. */
export const refusals = { '4xx': refusalSchema, '5xx': refusalSchema } as const;
