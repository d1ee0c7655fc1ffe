/**
 * Signature Version 4: who signed a request, proven by a shared secret.
 *
 * Lives here: reading and verifying signatures, bodies signed in chunks. Never here: where secrets are kept, error names
 * of a door. Start at verify-signature.ts. Source: AWS IAM user guide, "AWS Signature Version 4 for API requests".
 */
export { sha256Hex } from './canonical-request.ts';
export { openPayload, type Payload, type Trailers } from './payload.ts';
export { headerValue, type RequestHead, requestHead, type UrlParts, urlParts } from './request-head.ts';
export { readSignature, type Signature, signedService } from './signature.ts';
export {
  refuseSignature,
  type SignatureRefusal,
  type SignatureRefusalCode,
  signatureRefusalCodes,
} from './signature-refusal.ts';
export { clockSkewMinutes, type SigningSecret, type VerifiedSignature, verifySignature } from './verify-signature.ts';
