import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

export type CreateByNameRefusal = Refusal<'IdempotentParameterMismatch' | 'ModifiedSinceCreation'>;

/**
 * May a thing be created under a name? Creating it again with the same parameters answers with what exists.
 * Source: AWS Proton API reference, "Idempotency"; the message is the one that Proton wrote
 * (aws-proton-cloudformation-sample-templates issue 58).
 *
 * @param thing for the message, e.g. `environment 'dev'`
 * @param existing what has the name already: the hash of the parameters it was created with, and whether it was changed
 * @refuses IdempotentParameterMismatch for other parameters, ModifiedSinceCreation when what exists has been changed
 */
export function createByName(
  thing: string,
  parametersHash: string,
  existing: { readonly parametersHash: string; readonly modified: boolean } | undefined,
): Result<'create' | 'exists', CreateByNameRefusal> {
  if (!existing) return accept('create');
  if (existing.parametersHash !== parametersHash) {
    return refuse({
      kind: 'invalid',
      code: 'IdempotentParameterMismatch',
      message: `Idempotent parameter mismatch: ${thing} exists already and was created with other parameters.`,
      remedy: 'Choose another name, or update what exists.',
    });
  }
  if (existing.modified) {
    return refuse({
      kind: 'conflict',
      code: 'ModifiedSinceCreation',
      message: `${thing} exists already and has been changed since it was created with these parameters.`,
      remedy: 'Choose another name, or update what exists.',
    });
  }
  return accept('exists');
}
