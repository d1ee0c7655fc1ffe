import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { accessKeyRevoke } from './access-key-store.ts';
import type { OrganizationTools } from './issue-access-key.ts';

/** From the next request on the key signs nothing any more. @refuses AccessKeyUnknown */
export async function revokeAccessKey(
  { db, clock }: Pick<OrganizationTools, 'db' | 'clock'>,
  accessKeyId: string,
): Promise<Result<void, Refusal<'AccessKeyUnknown'>>> {
  if (await accessKeyRevoke(db, accessKeyId, clock.now())) return accept(undefined);
  return accessKeyUnknown(accessKeyId);
}

export function accessKeyUnknown(accessKeyId: string): Result<never, Refusal<'AccessKeyUnknown'>> & { ok: false } {
  return refuse({
    kind: 'missing',
    code: 'AccessKeyUnknown',
    message: `There is no access key ${accessKeyId} in this installation.`,
    remedy: 'List the access keys to find the one you mean.',
  });
}
