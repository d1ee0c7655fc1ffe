/**
 * Deuteron's own API: what Proton's has no words for, under /api/v1.
 *
 * Lives here: routes with their schemas, event streams. Never here: a rule of the domain. Start at deuteron-door.ts.
 * The description is made by @fastify/swagger, Fastify's own, from the very schemas that check the requests.
 */
export { deuteronDoor } from './deuteron-door.ts';
export type { Caller, DeuteronDoorTools, PlanRouteTools, RegistryTools } from './door-tools.ts';
export type { EventStreamLimits } from './event-stream.ts';
