import { type Refusal, refuse } from '../../errors/index.ts';

/** Every way a signature can fail. Each door gives them the names that its clients know. */
export const signatureRefusalCodes = [
  'NotSigned',
  'SignatureMalformed',
  'SignatureForOtherService',
  'SignatureExpired',
  'SignatureWrong',
  'HeaderNotSigned',
  'AccessKeyUnknown',
  'SessionTokenWrong',
  'PayloadHashWrong',
  'PayloadMalformed',
] as const;
export type SignatureRefusalCode = (typeof signatureRefusalCodes)[number];
export type SignatureRefusal = Refusal<SignatureRefusalCode>;

const remedies: Readonly<Record<SignatureRefusalCode, string>> = {
  NotSigned: 'Configure your client with an access key of this installation; an administrator can issue one.',
  SignatureMalformed: 'Sign the request with AWS Signature Version 4, as the AWS CLI and the AWS SDKs do.',
  SignatureForOtherService: 'Check the endpoint that the client was given.',
  SignatureExpired: "Compare the clocks of the client and the server; a presigned URL's lifetime may also be over.",
  SignatureWrong: 'Check the secret access key, and that nothing between client and server changes the request.',
  HeaderNotSigned: 'Let the client sign every x-amz header that it sends.',
  AccessKeyUnknown: 'Check the access key id; it may have been revoked. An administrator can issue a new one.',
  SessionTokenWrong: 'Use the session token that was issued with the access key, or none for a lasting key.',
  PayloadHashWrong: 'Send the request again; its body was changed on the way.',
  PayloadMalformed: 'Send the body as the x-amz-content-sha256 header announces it.',
};

export function refuseSignature(code: SignatureRefusalCode, message: string) {
  const kind = code === 'SignatureMalformed' || code === 'PayloadMalformed' ? 'invalid' : 'forbidden';
  return refuse<SignatureRefusalCode>({ kind, code, message, remedy: remedies[code] });
}
