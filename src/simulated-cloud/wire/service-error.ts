/**
 * A "no" of the simulated service, in that service's own words: clients parse codes and messages, so they follow the
 * documented and reported wording of CloudFormation and STS. Not a Refusal of Deuteron: it never reaches a user of
 * Deuteron except as what the cloud said.
 */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
  readonly httpStatus: number;
}

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly error: ServiceError };

export function answer<Value>(value: Value): { readonly ok: true; readonly value: Value } {
  return { ok: true, value };
}

export function serviceError(code: string, message: string, httpStatus = 400) {
  return { ok: false, error: { code, message, httpStatus } } as const;
}

export function validationError(message: string) {
  return serviceError('ValidationError', message);
}

/** The wording in which the service reports a member that breaks its model. */
export function constraintError(member: string, value: string | null, constraint: string) {
  const shown = value === null ? 'null' : `'${value}'`;
  return validationError(
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: Member must ${constraint}`,
  );
}
