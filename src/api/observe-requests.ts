import type { FastifyInstance } from 'fastify';
import { type Log, withLogFacts } from '../log/index.ts';
import { histogram, type RequestSpan, shortBuckets, startRequestSpan, traceFacts, within } from '../telemetry/index.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What was asked for, e.g. `proton:CreateService`; of few values. Set by the door; absent: the route. */
    operation?: string;
    tracing?: RequestSpan;
  }
}

const durations = histogram(
  {
    name: 'deuteron_http_request_duration_seconds',
    help: 'Requests, by operation and status',
    labels: ['operation', 'status'],
  },
  shortBuckets,
);

/**
 * Every request: its id on each line that is logged while it is answered, a span, a measurement. To be called before the
 * doors are registered.
 */
export function observeRequests(server: FastifyInstance, log: Log): void {
  server.addHook('onRequest', (request, _reply, done) => {
    request.tracing = startRequestSpan(request.method, request.headers);
    done();
  });
  // only here has the body been read, behind which the surroundings of a request would be lost
  server.addHook('preHandler', (request, _reply, done) => {
    const inside = () => withLogFacts({ requestId: request.id, ...traceFacts() }, done);
    if (request.tracing) within(request.tracing.inside, inside);
    else inside();
  });
  server.addHook('onResponse', (request, reply, done) => {
    const operation = request.operation ?? routeOf(request.method, request.routeOptions.url);
    const status = reply.statusCode;
    durations.observe({ operation, status }, reply.elapsedTime / 1000);
    const { span } = request.tracing ?? {};
    span?.updateName(operation);
    span?.setAttributes({
      'deuteron.request_id': request.id,
      'http.request.method': request.method,
      'http.response.status_code': status,
    });
    span?.end();
    log.debug({ requestId: request.id, operation, status, ms: Math.round(reply.elapsedTime) }, 'answered');
    done();
  });
}

/** @param url with the names of its parameters, not their values */
function routeOf(method: string, url: string | undefined): string {
  return url === undefined ? 'none' : `${method} ${url}`;
}
