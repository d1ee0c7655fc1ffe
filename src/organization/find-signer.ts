import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type CredentialOrigin, isUsable } from './access-key.ts';
import { accessKeyFind, accessKeyTouch } from './access-key-store.ts';
import { type OrganizationTools, secretPurpose, sessionTokenPurpose } from './issue-access-key.ts';
import type { Principal } from './principal.ts';

/** Who a request claims to be signed by, and the secret that proves it. */
export interface Signer {
  readonly principal: Principal;
  readonly secret: string;
  readonly sessionToken?: string;
  readonly origin: CredentialOrigin;
  /** To be called once the signature has proven to be right. */
  recordUse(): Promise<void>;
}

/** @refuses AccessKeyUnknown for a key that does not exist, has expired or was revoked, or whose holder has ended; SealBroken */
export async function findSigner(
  { db, clock, sealingKey }: OrganizationTools,
  accessKeyId: string,
): Promise<Result<Signer, Refusal<'AccessKeyUnknown' | 'SealBroken'>>> {
  const key = await accessKeyFind(db, accessKeyId);
  if (!key || !isUsable(key, clock.now())) {
    return refuse({
      kind: 'forbidden',
      code: 'AccessKeyUnknown',
      message: `There is no access key ${accessKeyId} in this installation, or it has expired, was revoked, or its holder has ended.`,
      remedy: 'Check the access key id. An administrator can issue a new key, and bring back who ended.',
    });
  }
  const secret = sealingKey.open(key.sealedSecret, secretPurpose(key.id));
  if (!secret.ok) return secret;
  const sessionToken = key.sealedSessionToken && sealingKey.open(key.sealedSessionToken, sessionTokenPurpose(key.id));
  if (sessionToken && !sessionToken.ok) return sessionToken;
  return accept({
    principal: key.principal,
    origin: key.origin,
    secret: secret.value,
    sessionToken: sessionToken?.value,
    recordUse: () => accessKeyTouch(db, key, clock.now()),
  });
}
