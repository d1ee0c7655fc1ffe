import type { Result } from '../../errors/index.ts';
import type { PlacementReach, Principal } from '../../organization/index.ts';
import type { OperationInputs, OperationName, OperationOutputs } from './generated/types.ts';

export type { OperationInputs, OperationName, OperationOutputs } from './generated/types.ts';

export interface RequestContext {
  /** Who signed the request. */
  readonly caller: Principal;
  /** Sent back in x-amzn-requestid and written in every log line of the request. */
  readonly requestId: string;
  /** What a list may show of; absent: all. */
  readonly reads?: PlacementReach;
  /** The same for what is counted rather than listed, where nothing can be left out of the answer later. */
  readonly readsWhole?: () => Promise<PlacementReach | undefined>;
}

/**
 * One operation of Proton's API. Its input has passed the API model: types, required members, patterns, lengths and
 * enums hold. A refusal becomes an exception of the operation's declared list, a Date epoch seconds, and an undefined
 * member is left out.
 */
export type OperationHandler<Name extends OperationName> = (
  input: OperationInputs[Name],
  context: RequestContext,
) => Promise<Result<OperationOutputs[Name]>>;

/** The operations that have behaviour. The door answers for every other that it is not available yet. */
export type ProtonOperations = { readonly [Name in OperationName]?: OperationHandler<Name> };
