/**
 * Proton's wire protocol: AWS JSON 1.0 on one path, generated from the published API model (model/api.json).
 *
 * Lives here: routing, validation, errors, and the handlers `<noun>-operations.ts` that call one action and format.
 * Never here: a rule of the domain. Start at operation.ts. Why generated: decisions/0005.
 */
export type { ProtonDoorTools } from './answer-request.ts';
export type * from './generated/types.ts';
export type { OperationHandler, ProtonOperations, RequestContext } from './operation.ts';
export { protonDoor } from './proton-door.ts';
