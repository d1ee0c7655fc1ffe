import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import type { FastifyPluginAsync, FastifyReply } from 'fastify';
import { audited } from '../../audit/index.ts';
import type { Db } from '../../database/index.ts';
import { describeRefusal, type Result } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import type { Log } from '../../log/index.ts';
import type { ObjectStorageTools } from '../../object-storage/index.ts';
import type { Principal } from '../../organization/index.ts';
import {
  type AuthorisationTools,
  type AuthorisedRequest,
  authoriseRequest,
  permitted,
} from '../authorisation/index.ts';
import {
  headerValue,
  openPayload,
  type RequestHead,
  refuseSignature,
  requestHead,
  urlParts,
  type VerifiedSignature,
} from '../signature-v4/index.ts';
import { auditAttempt } from './audited-request.ts';
import { requestActs } from './request-acts.ts';
import { errorDocument, type S3Error, s3ErrorOf, unexpectedError } from './s3-error.ts';
import { type S3Answer, s3Handlers } from './s3-operations.ts';
import { readS3Request } from './s3-request.ts';

export interface S3DoorTools {
  readonly storage: ObjectStorageTools;
  /** Is the request signed, with this text as its body's hash? */
  readonly authenticate: (
    head: RequestHead,
    payloadHash: string,
  ) => Promise<Result<{ principal: Principal; signature: VerifiedSignature }>>;
  /** What deciding about a request takes. */
  readonly authorisation: AuthorisationTools;
  /** Whose ARNs the audit names. */
  readonly installation: Installation;
  readonly log: Log;
}

/**
 * Enough of S3's wire protocol to keep template bundles, as a Fastify plugin that answers every method on one path; the
 * bucket and key stand in the URL that the client sent. Source: Amazon S3 API reference.
 */
export function s3Door(tools: S3DoorTools, path: string): FastifyPluginAsync {
  return async (server) => {
    server.removeAllContentTypeParsers();
    // bodies are read as streams, by whoever has checked that he wants them
    server.addContentTypeParser('*', (_request, _payload, done) => done(null));
    // an object may be called anything by its client, also what is no media type to the framework
    server.addHook('onRequest', async (request) => {
      delete request.raw.headers['content-type'];
    });
    server.route({
      method: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      url: path,
      bodyLimit: Number.MAX_SAFE_INTEGER,
      handler: async (request, reply) => {
        const requestId = request.id;
        request.operation = `s3:${request.method}`;
        const head = requestHead(request.raw, request.originalUrl);
        reply.header('x-amz-request-id', requestId);
        try {
          const answer = await answerS3Request(tools, head, request.raw, requestId);
          if (answer.ok) return sendAnswer(reply, answer.value);
          if (answer.refusal.kind === 'unavailable') tools.log.error({ requestId }, answer.refusal.message);
          return sendError(reply, head, requestId, s3ErrorOf(answer.refusal), describeRefusal(answer.refusal));
        } catch (error) {
          if (isLeft(request.raw, error)) return reply.hijack();
          const { name, message, stack } = error as Error;
          tools.log.error({ requestId, error: { name, message, stack } }, 'An S3 request failed unexpectedly.');
          const said = `Something unexpected happened. The server's log has it under the request id ${requestId}.`;
          return sendError(reply, head, requestId, unexpectedError, said);
        }
      },
    });
  };
}

async function answerS3Request(
  tools: S3DoorTools,
  head: RequestHead,
  message: IncomingMessage,
  requestId: string,
): Promise<Result<S3Answer>> {
  const payloadHash = announcedPayloadHash(head);
  if (payloadHash === undefined) {
    return refuseSignature('SignatureMalformed', 'The request has no x-amz-content-sha256 header.');
  }
  const authenticated = await tools.authenticate(head, payloadHash);
  if (!authenticated.ok) return authenticated;
  const request = readS3Request(head);
  if (!request.ok) return request;
  const { principal: caller, signature } = authenticated.value;
  const openBody = () => openPayload(payloadHash, message.iterator({ destroyOnReturn: false }), signature);
  const { storage, installation } = tools;
  let authorised: AuthorisedRequest | undefined;
  const work = async () => {
    const asked = { caller, via: 'proton', governed: requestActs(request.value) } as const;
    authorised = await authoriseRequest(tools.authorisation, asked);
    const may = permitted(authorised);
    if (!may.ok) return may;
    const { ownerTeam, reads, principal: who } = authorised;
    // where no query can ask about the rules, only what is one's own team's is listed
    const reach = reads.isExact ? reads.reach : { units: [], teams: who.teams.map(({ name }) => name) };
    return s3Handlers[request.value.operation]({ storage, head, request: request.value, openBody, ownerTeam, reach });
  };
  const along = async (tx: Db) => authorised?.keep(tx, requestId);
  const attempt = auditAttempt(request.value, { caller, partition: installation.partition, requestId });
  return attempt ? await audited(storage.db, attempt, work, along) : await work();
}

/** Whether the client went away: before it had sent all, or before we had read what it sent. */
function isLeft(message: IncomingMessage, error: unknown): boolean {
  return message.destroyed && (!message.complete || error === message.errored);
}

/** A presigned URL leaves its body unsigned, unless the client says otherwise. */
function announcedPayloadHash(head: RequestHead): string | undefined {
  const presigned = urlParts(head.url)?.query.some(([name]) => name === 'X-Amz-Signature');
  return headerValue(head, 'x-amz-content-sha256') ?? (presigned ? 'UNSIGNED-PAYLOAD' : undefined);
}

function sendAnswer(reply: FastifyReply, { status, headers, body }: S3Answer) {
  reply.status(status).headers(headers);
  return reply.send(typeof body === 'object' ? Readable.from(body, { objectMode: false }) : body);
}

/** The answer to a HEAD has no body; its status is all that the client learns. */
function sendError(reply: FastifyReply, head: RequestHead, requestId: string, error: S3Error, message: string) {
  reply.status(error.status).type('application/xml');
  const resource = urlParts(head.url)?.path ?? head.url;
  return reply.send(head.method === 'HEAD' ? undefined : errorDocument(error, message, resource, requestId));
}
