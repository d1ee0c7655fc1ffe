import type { FastifyError, FastifyPluginAsync, FastifyReply } from 'fastify';
import { headerValue, requestHead } from '../signature-v4/index.ts';
import {
  type Answer,
  answerRequest,
  exceptionAnswer,
  type ProtonDoorTools,
  targetOperation,
} from './answer-request.ts';
import { bodyTooLarge, frontException, type ProtonException, unexpectedException } from './exceptions.ts';

/** The largest honest body is a component with its spec, template and manifest, every character escaped. */
export const bodyBytesMax = 1024 * 1024;

/**
 * Proton's wire protocol as a Fastify plugin with one route, POST `path`: AWS JSON 1.0, the operation in X-Amz-Target.
 * Every one of the API's operations is routed; one without a handler answers that it is not available.
 */
export function protonDoor(tools: ProtonDoorTools, path = '/'): FastifyPluginAsync {
  return async (server) => {
    server.removeAllContentTypeParsers();
    server.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: bodyBytesMax }, (_request, body, done) => {
      done(null, body);
    });
    server.setErrorHandler((error: FastifyError, request, reply) => {
      const requestId = request.id;
      return send(reply, requestId, exceptionAnswer(brokenRequest(error, requestId, tools)));
    });
    server.post(path, async (request, reply) => {
      const requestId = request.id;
      const head = requestHead(request.raw, request.originalUrl);
      request.operation = `proton:${targetOperation(headerValue(head, 'x-amz-target') ?? '') ?? 'unknown'}`;
      const body = request.body instanceof Uint8Array ? request.body : new Uint8Array();
      return send(reply, requestId, await answerRequest(tools, { head, body, requestId }));
    });
  };
}

/** The body never arrived whole. */
function brokenRequest(error: FastifyError, requestId: string, { log }: ProtonDoorTools): ProtonException {
  if (error.statusCode === 413) return bodyTooLarge(bodyBytesMax);
  if (error.statusCode && error.statusCode < 500) {
    return frontException({
      kind: 'invalid',
      code: 'BodyBroken',
      message: error.message,
      remedy: 'Send the request again.',
    });
  }
  log.error({ requestId, error: { message: error.message, stack: error.stack } }, 'A request failed unexpectedly.');
  return unexpectedException(requestId);
}

function send(reply: FastifyReply, requestId: string, answer: Answer) {
  reply.status(answer.status).header('x-amzn-requestid', requestId).type('application/x-amz-json-1.0');
  if (answer.errorType) reply.header('x-amzn-errortype', answer.errorType);
  return reply.send(Buffer.from(answer.body, 'utf8'));
}
