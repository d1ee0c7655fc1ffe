import { accept, type Result } from '../../errors/index.ts';
import { headerValue, type RequestHead, urlParts } from './request-head.ts';
import { refuseSignature, type SignatureRefusal } from './signature-refusal.ts';

export const signatureAlgorithm = 'AWS4-HMAC-SHA256';

/** What a request says about its own signature; nothing of it is proven yet. */
export interface Signature {
  readonly accessKeyId: string;
  readonly scope: CredentialScope;
  /** Names in lower case, in the order given. */
  readonly signedHeaders: readonly string[];
  /** 64 hex digits. */
  readonly value: string;
  /** As signed, e.g. `20261125T054021Z`. */
  readonly timestamp: string;
  readonly signedAt: Date;
  /** Only of a presigned URL: how long it may be used. */
  readonly expiresSeconds?: number;
  readonly sessionToken?: string;
}

export interface CredentialScope {
  /** e.g. `20261125` */
  readonly day: string;
  readonly region: string;
  readonly service: string;
}

const presignedSecondsMax = 7 * 24 * 60 * 60;

/**
 * The service a request was signed for, without any check: enough to choose the door.
 * undefined for a request that is not signed in the way of Signature Version 4.
 */
export function signedService(head: RequestHead): string | undefined {
  const text =
    headerValue(head, 'authorization') ?? urlParts(head.url)?.query.find(([name]) => name === 'X-Amz-Credential')?.[1];
  return text ? /(?:^|Credential=)[^/,=]+\/\d{8}\/[^/,]*\/([a-z0-9-]+)\/aws4_request/.exec(text)?.[1] : undefined;
}

/** Reads the Authorization header, or the query of a presigned URL. @refuses NotSigned, SignatureMalformed */
export function readSignature(head: RequestHead): Result<Signature, SignatureRefusal> {
  const query = urlParts(head.url)?.query;
  if (!query) return refuseSignature('SignatureMalformed', `The query of the URL '${head.url}' is malformed.`);
  const authorization = headerValue(head, 'authorization');
  // which of two counts, the next one on the way might see otherwise
  if (head.headers.filter(([name]) => name === 'authorization').length > 1)
    return refuseSignature('SignatureMalformed', 'The request has several Authorization headers.');
  if (authorization !== undefined) return readAuthorization(head, authorization);
  const parameters = new Map(query);
  if (parameters.has('X-Amz-Algorithm') || parameters.has('X-Amz-Signature')) return readPresigned(parameters);
  return refuseSignature('NotSigned', 'The request is not signed: it has no Authorization header.');
}

function readAuthorization(head: RequestHead, text: string): Result<Signature, SignatureRefusal> {
  const [algorithm = '', ...rest] = text.trim().split(/\s+/);
  if (algorithm !== signatureAlgorithm) return otherAlgorithm(algorithm);
  const fields = new Map(
    rest
      .join('')
      .split(',')
      .map((field) => {
        const equals = field.indexOf('=');
        return [field.slice(0, equals), field.slice(equals + 1)] as const;
      }),
  );
  return assemble({
    credential: fields.get('Credential'),
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    timestamp: headerValue(head, 'x-amz-date') ?? basicTimestamp(headerValue(head, 'date')),
    sessionToken: headerValue(head, 'x-amz-security-token'),
  });
}

function readPresigned(parameters: ReadonlyMap<string, string>): Result<Signature, SignatureRefusal> {
  const algorithm = parameters.get('X-Amz-Algorithm') ?? '';
  if (algorithm !== signatureAlgorithm) return otherAlgorithm(algorithm);
  const expires = parameters.get('X-Amz-Expires') ?? '';
  const expiresSeconds = /^\d{1,6}$/.test(expires) ? Number(expires) : Number.NaN;
  if (!(expiresSeconds >= 1 && expiresSeconds <= presignedSecondsMax)) {
    return refuseSignature(
      'SignatureMalformed',
      `X-Amz-Expires is '${expires}', not 1 to ${presignedSecondsMax} seconds.`,
    );
  }
  return assemble({
    credential: parameters.get('X-Amz-Credential'),
    signedHeaders: parameters.get('X-Amz-SignedHeaders'),
    signature: parameters.get('X-Amz-Signature'),
    timestamp: parameters.get('X-Amz-Date'),
    sessionToken: parameters.get('X-Amz-Security-Token'),
    expiresSeconds,
  });
}

interface SignatureTexts {
  readonly credential?: string;
  readonly signedHeaders?: string;
  readonly signature?: string;
  readonly timestamp?: string;
  readonly sessionToken?: string;
  readonly expiresSeconds?: number;
}

function assemble(texts: SignatureTexts): Result<Signature, SignatureRefusal> {
  const { credential, timestamp, sessionToken, expiresSeconds } = texts;
  const [, accessKeyId, day, region, service] =
    /^([A-Za-z0-9_]{16,128})\/(\d{8})\/([a-zA-Z0-9-]{1,64})\/([a-z0-9-]{1,64})\/aws4_request$/.exec(credential ?? '') ??
    [];
  if (!accessKeyId || !day || !region || !service) {
    return refuseSignature(
      'SignatureMalformed',
      `The Credential '${credential ?? ''}' is not of the form KEY/DATE/REGION/SERVICE/aws4_request.`,
    );
  }
  const signedAt = timestampDate(timestamp);
  if (!timestamp || !signedAt) {
    return refuseSignature(
      'SignatureMalformed',
      `The date of the signature is '${timestamp ?? ''}', not of the form 20261125T054021Z.`,
    );
  }
  if (!timestamp.startsWith(day)) {
    return refuseSignature(
      'SignatureMalformed',
      `The Credential's date ${day} is not that of the signature, ${timestamp}.`,
    );
  }
  if (!texts.signedHeaders) return refuseSignature('SignatureMalformed', 'The signature names no SignedHeaders.');
  if (!/^[0-9a-f]{64}$/.test(texts.signature ?? '')) {
    return refuseSignature('SignatureMalformed', 'The Signature is not 64 hexadecimal digits.');
  }
  const signedHeaders = texts.signedHeaders.toLowerCase().split(';');
  const value = texts.signature!;
  return accept({
    accessKeyId,
    scope: { day, region, service },
    signedHeaders,
    value,
    timestamp,
    signedAt,
    sessionToken,
    expiresSeconds,
  });
}

function otherAlgorithm(algorithm: string) {
  return refuseSignature(
    'SignatureMalformed',
    `The request is signed with '${algorithm}'; only ${signatureAlgorithm} is known here.`,
  );
}

function timestampDate(text: string | undefined): Date | undefined {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '') ?? [];
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The signing form of an HTTP Date header, which may stand in for x-amz-date. */
function basicTimestamp(httpDate: string | undefined): string | undefined {
  const date = new Date(httpDate ?? '');
  return Number.isNaN(date.getTime()) ? undefined : timestampOf(date);
}

/** e.g. `20261125T054021Z` */
export function timestampOf(date: Date): string {
  return date.toISOString().replace(/[-:]|\.\d{3}/g, '');
}
