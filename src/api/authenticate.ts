import { accept, type Refusal, type Result } from '../errors/index.ts';
import { type CredentialOrigin, findSigner, type OrganizationTools, type Principal } from '../organization/index.ts';
import { type RequestHead, readSignature, type VerifiedSignature, verifySignature } from './signature-v4/index.ts';

export interface Authenticated {
  readonly principal: Principal;
  /** How the access key came about. */
  readonly origin: CredentialOrigin;
  readonly signature: VerifiedSignature;
}

/**
 * Finds out who signed a request.
 * @param service the name in the signature's scope that the door answers to, e.g. `proton`
 * @param payloadHash what the signature must cover as the body's hash
 */
export type Authenticate = (
  head: RequestHead,
  service: string,
  payloadHash: string,
) => Promise<Result<Authenticated, Refusal>>;

/** @refuses whatever signature-v4 refuses, AccessKeyUnknown, SealBroken */
export function createAuthenticate(tools: OrganizationTools): Authenticate {
  return async (head, service, payloadHash) => {
    const signature = readSignature(head);
    if (!signature.ok) return signature;
    const signer = await findSigner(tools, signature.value.accessKeyId);
    if (!signer.ok) return signer;
    const now = tools.clock.now();
    const verified = verifySignature(head, signature.value, signer.value, { service, payloadHash, now });
    if (!verified.ok) return verified;
    await signer.value.recordUse();
    return accept({ principal: signer.value.principal, origin: signer.value.origin, signature: verified.value });
  };
}
