import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { type AccessKey, accessKeysMax } from '../access-key.ts';
import { accessKeyList } from '../access-key-store.ts';
import type { Authorise } from '../authority/authorise.ts';
import { principalMissing } from '../chart/change-chart.ts';
import { issueAccessKey, type OrganizationTools } from '../issue-access-key.ts';
import { type KnownPrincipal, type Principal, principalState } from '../principal.ts';
import { principalEnded } from '../principal-ended.ts';
import { principalFindByName, principalLock } from '../principal-store.ts';
import { type CredentialAsker, mayIssueTo } from './credential-authority.ts';

/**
 * A new access key, for oneself or for another, as governance has it.
 * @param options.principal a name; absent: who asks
 * @refuses credential-too-weak, what governance refuses him, principal-missing, principal-ended, credential-end-wrong, access-key-limit
 */
export async function provideAccessKey(
  tools: OrganizationTools & { readonly authorise: Authorise },
  by: CredentialAsker,
  { principal: name, expiresAt }: { readonly principal?: string; readonly expiresAt?: Date },
): Promise<Result<{ readonly key: AccessKey; readonly principal: Principal }>> {
  return transact(tools.db, async (tx): Promise<Result<{ key: AccessKey; principal: Principal }>> => {
    const now = tools.clock.now();
    const found: KnownPrincipal | undefined = name === undefined ? by.principal : await principalFindByName(tx, name);
    const allowed = await mayIssueTo(tools, tx, by, found ?? { name: name ?? '' }, now);
    if (!allowed.ok) return allowed;
    if (!found) return principalMissing(name ?? '');
    if (principalState(found, now) === 'ended') return principalEnded(found);
    if (expiresAt && expiresAt <= now) return credentialEndWrong(expiresAt);
    const fits = await checkAccessKeyCount(tools, tx, found);
    if (!fits.ok) return fits;
    const key = await issueAccessKey({ ...tools, db: tx }, found.id, { expiresAt, isTemporary: false });
    return accept({ key, principal: found });
  });
}

/** @param tx until it ends, nobody else issues a key to this principal */
export async function checkAccessKeyCount(
  { clock }: OrganizationTools,
  tx: OrganizationTools['db'],
  { id, name }: Principal,
): Promise<Result<void, Refusal>> {
  await principalLock(tx, id);
  const usable = await accessKeyList(tx, { principalId: id, usableAt: clock.now() }, undefined, accessKeysMax);
  if (usable.length < accessKeysMax) return accept(undefined);
  return refuse({
    kind: 'limit',
    code: 'access-key-limit',
    message: `'${name}' has ${accessKeysMax} access keys, as many as one may have.`,
    remedy: 'Revoke those that are not needed: deuteron key list says when each was used last.',
  });
}

export function credentialEndWrong(endsAt: Date) {
  return refuse({
    kind: 'invalid',
    code: 'credential-end-wrong',
    message: `${endsAt.toISOString()} is no end that it may have.`,
    remedy: 'Choose a moment in the future; for a token within a year.',
  });
}
