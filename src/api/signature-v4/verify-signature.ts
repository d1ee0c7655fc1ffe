import { timingSafeEqual } from 'node:crypto';
import { accept, type Result } from '../../errors/index.ts';
import { canonicalRequest, hmac, signingKey, stringToSign } from './canonical-request.ts';
import type { RequestHead } from './request-head.ts';
import { type Signature, timestampOf } from './signature.ts';
import { refuseSignature, type SignatureRefusal } from './signature-refusal.ts';

/** How far the clocks of client and server may differ. Source: AWS IAM user guide, "Signature Version 4". */
export const clockSkewMinutes = 15;

export interface SigningSecret {
  readonly secret: string;
  /** Only of a temporary access key. */
  readonly sessionToken?: string;
}

/** A signature that holds, and what is needed to check a body signed piece by piece. */
export interface VerifiedSignature extends Signature {
  readonly signingKey: Buffer;
}

/**
 * Checks that a request was signed with this secret, for this service, and lately.
 *
 * @param payloadHash what the request's body is signed as: the x-amz-content-sha256 header, or the SHA-256 of the body where there is none
 * @refuses SignatureForOtherService, SignatureExpired, HeaderNotSigned, SessionTokenWrong, SignatureWrong
 */
export function verifySignature(
  head: RequestHead,
  signature: Signature,
  key: SigningSecret,
  expected: { readonly service: string; readonly payloadHash: string; readonly now: Date },
): Result<VerifiedSignature, SignatureRefusal> {
  const broken =
    serviceMismatch(signature, expected.service) ??
    untimely(signature, expected.now) ??
    unsignedHeader(head, signature) ??
    sessionTokenMismatch(signature, key);
  if (broken) return broken;
  const derived = signingKey(key.secret, signature.scope);
  const text = stringToSign(signature, canonicalRequest(head, signature, expected.payloadHash));
  if (!sameText(hmac(derived, text).toString('hex'), signature.value)) {
    return refuseSignature(
      'SignatureWrong',
      'The signature that was calculated for the request is not the one it carries.',
    );
  }
  return accept({ ...signature, signingKey: derived });
}

function serviceMismatch({ scope }: Signature, service: string) {
  if (scope.service === service) return undefined;
  return refuseSignature(
    'SignatureForOtherService',
    `The request is signed for '${scope.service}', not for '${service}'.`,
  );
}

function untimely(signature: Signature, now: Date) {
  const skew = clockSkewMinutes * 60_000;
  const ahead = signature.signedAt.getTime() - now.getTime();
  const lifetime = signature.expiresSeconds === undefined ? skew : signature.expiresSeconds * 1000;
  if (ahead <= skew && -ahead <= lifetime) return undefined;
  const relation = ahead > 0 ? 'lies in the future of' : 'is too long before';
  return refuseSignature(
    'SignatureExpired',
    `The signature's time ${signature.timestamp} ${relation} the server's, ${timestampOf(now)}.`,
  );
}

/** An unsigned x-amz header could be changed on the way, and some of them (x-amz-target) choose what is done. */
function unsignedHeader(head: RequestHead, { signedHeaders, expiresSeconds }: Signature) {
  const mustBeSigned = (name: string) => {
    if (name === 'host') return true;
    // Clients of presigned URLs add this one themselves; it says nothing that the signature does not.
    if (name === 'x-amz-content-sha256' && expiresSeconds !== undefined) return false;
    return name.startsWith('x-amz-');
  };
  const unsigned = head.headers.find(([name]) => mustBeSigned(name) && !signedHeaders.includes(name));
  if (unsigned) return refuseSignature('HeaderNotSigned', `The header '${unsigned[0]}' of the request is not signed.`);
  if (!signedHeaders.includes('host')) return refuseSignature('HeaderNotSigned', "The header 'host' must be signed.");
  return undefined;
}

function sessionTokenMismatch({ sessionToken = '' }: Signature, key: SigningSecret) {
  if (sameText(sessionToken, key.sessionToken ?? '')) return undefined;
  return refuseSignature('SessionTokenWrong', 'The session token of the request does not belong to its access key.');
}

/** Compares in a time that tells nothing about where two texts differ. */
export function sameText(left: string, right: string): boolean {
  const [leftBytes, rightBytes] = [Buffer.from(left, 'utf8'), Buffer.from(right, 'utf8')];
  return leftBytes.length === rightBytes.length && timingSafeEqual(leftBytes, rightBytes);
}
