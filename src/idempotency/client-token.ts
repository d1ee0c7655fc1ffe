import { contentHash } from '../identifiers/index.ts';

/** How long a client token is remembered. Source: AWS Proton API reference, "Idempotency". */
export const clientTokenHours = 8;

/** One request that its client may send again. */
export interface ClientRequest {
  readonly account: string;
  /** The operation, e.g. `CreateServiceTemplateVersion`. */
  readonly operation: string;
  readonly token: string;
  /** From `parametersHash`. */
  readonly parametersHash: string;
  readonly now: Date;
}

/** A hash of what a request asks for: equal for equal parameters, whatever its client token. */
export function parametersHash(input: object): string {
  const { clientToken, ...parameters } = input as Record<string, unknown>;
  return contentHash(parameters);
}

/** Tokens remembered before this moment count no more. */
export function clientTokenExpiry(now: Date): Date {
  return new Date(now.getTime() - clientTokenHours * 60 * 60 * 1000);
}
