/**
 * The HTTP API: one listener, and behind it a door for each protocol.
 *
 * Lives here: the listener, who signed a request. proton/ and s3/ are the doors, signature-v4/ what both need.
 * Never here: a rule of the domain. Start at http-server.ts.
 */
export {
  createHttpServer,
  createMonitorServer,
  type HttpServer,
  type HttpServerOptions,
  type ListenOptions,
} from './http-server.ts';
export type { OperationHandler, ProtonOperations, RequestContext } from './proton/index.ts';
