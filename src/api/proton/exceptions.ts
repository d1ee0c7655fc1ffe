import { describeRefusal, type Refusal, type RefusalKind } from '../../errors/index.ts';
import type { SignatureRefusalCode } from '../signature-v4/index.ts';
import type { OperationName } from './generated/types.ts';
import { apiModel, shapeOf } from './model/api-model.ts';

/** An answer that is a "no", in the words of Proton's clients. */
export interface ProtonException {
  /** e.g. `ValidationException` */
  readonly name: string;
  /** Prefix of the name in the error body; clients cut it off. */
  readonly namespace: string;
  readonly status: number;
  readonly message: string;
}

const protonNamespace = 'com.amazonaws.proton.v20200720';
/** Names that belong to every AWS service rather than to Proton. */
const everyServiceNamespace = 'com.amazon.coral.service';

/**
 * The exception for each kind of refusal, and the one that stands in where an operation does not declare it. A client
 * knows only the declared ones. ValidationException, AccessDeniedException and ThrottlingException are declared by all.
 * The stand-ins by operation: golden/undeclared-exceptions.txt. Source: AWS Proton API model.
 */
const exceptionOfKind = {
  invalid: ['ValidationException'],
  missing: ['ResourceNotFoundException', 'ValidationException'],
  conflict: ['ConflictException', 'ValidationException'],
  forbidden: ['AccessDeniedException'],
  limit: ['ServiceQuotaExceededException', 'ValidationException'],
  unavailable: ['ThrottlingException'],
} as const satisfies Record<RefusalKind, readonly string[]>;

export function exceptionOf(operation: OperationName, refusal: Refusal): ProtonException {
  const declared = new Set(apiModel.operations[operation]!.errors.map(({ shape }) => shape));
  const name = exceptionOfKind[refusal.kind].find((candidate) => declared.has(candidate)) ?? 'InternalServerException';
  return declaredException(name, describeRefusal(refusal));
}

/** Whatever happened, the client learns where to look, and nothing else. */
export function unexpectedException(requestId: string): ProtonException {
  return declaredException(
    'InternalServerException',
    `Something unexpected happened. The server's log has it under the request id ${requestId}.`,
  );
}

function declaredException(name: string, message: string): ProtonException {
  const shape = shapeOf(apiModel, name);
  const status = shape.type === 'structure' && shape.fault ? 500 : 400;
  return { name, namespace: protonNamespace, status, message };
}

const signatureExceptions: Readonly<Record<SignatureRefusalCode, string>> = {
  NotSigned: 'MissingAuthenticationTokenException',
  SignatureMalformed: 'IncompleteSignatureException',
  SignatureForOtherService: 'InvalidSignatureException',
  SignatureExpired: 'InvalidSignatureException',
  SignatureWrong: 'InvalidSignatureException',
  HeaderNotSigned: 'InvalidSignatureException',
  AccessKeyUnknown: 'UnrecognizedClientException',
  SessionTokenWrong: 'UnrecognizedClientException',
  PayloadHashWrong: 'InvalidSignatureException',
  PayloadMalformed: 'InvalidSignatureException',
};

const frontExceptionOfKind = {
  invalid: { name: 'SerializationException', status: 400 },
  missing: { name: 'AccessDeniedException', status: 400 },
  conflict: { name: 'AccessDeniedException', status: 400 },
  forbidden: { name: 'AccessDeniedException', status: 400 },
  limit: { name: 'ThrottlingException', status: 400 },
  unavailable: { name: 'ServiceUnavailableException', status: 503 },
} as const satisfies Record<RefusalKind, { name: string; status: number }>;

/** A refusal from before any operation was reached: the signature's, or the body's. */
export function frontException(refusal: Refusal): ProtonException {
  const message = describeRefusal(refusal);
  if (isSignatureCode(refusal.code)) {
    return { name: signatureExceptions[refusal.code], namespace: everyServiceNamespace, status: 400, message };
  }
  return { ...frontExceptionOfKind[refusal.kind], namespace: everyServiceNamespace, message };
}

function isSignatureCode(code: string): code is SignatureRefusalCode {
  return Object.hasOwn(signatureExceptions, code);
}

export function unknownOperation(target: string): ProtonException {
  const message = `The operation '${target.slice(0, 100)}' is not one of AWS Proton's API of 2020-07-20.`;
  return { name: 'UnknownOperationException', namespace: everyServiceNamespace, status: 400, message };
}

export function bodyTooLarge(bytesMax: number): ProtonException {
  const message = `The body is larger than ${bytesMax} bytes.`;
  return { name: 'RequestEntityTooLargeException', namespace: everyServiceNamespace, status: 413, message };
}
