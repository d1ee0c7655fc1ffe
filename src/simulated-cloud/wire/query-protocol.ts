import { type Answer, answer, type ServiceError, serviceError } from './service-error.ts';
import { type XmlMembers, xmlElement } from './xml.ts';

/**
 * The AWS query protocol: a form with dotted names in, XML out.
 * Source: Smithy documentation, "AWS query protocol".
 */

/** A form after unfolding: `Tags.member.1.Key=a` is `{Tags: [{Key: 'a'}]}`. */
export type FormValue = string | readonly FormValue[] | { readonly [name: string]: FormValue };
export type FormMembers = { readonly [name: string]: FormValue };

const formFieldsMax = 10_000;
const listLengthMax = 5_000;
const depthMax = 12;

/** @returns undefined for a form that no client of the protocol sends: too many fields, too deep, contradicting names */
export function unfoldForm(fields: Iterable<readonly [string, string]>): FormMembers | undefined {
  const root: Branch = new Map();
  let count = 0;
  for (const [name, value] of fields) {
    if (++count > formFieldsMax) return undefined;
    const path = name.split('.');
    if (path.length > depthMax || !put(root, path, value.replaceAll('\u0000', '\ufffd'))) return undefined;
  }
  const unfolded = unfold(root);
  return isMembers(unfolded) ? unfolded : undefined;
}

function isMembers(value: FormValue | undefined): value is FormMembers {
  return typeof value === 'object' && !Array.isArray(value);
}

type Branch = Map<string, string | Branch>;

function put(branch: Branch, [head, ...rest]: readonly string[], value: string): boolean {
  if (head === undefined) return false;
  const known = branch.get(head);
  if (rest.length === 0) {
    if (known instanceof Map) return value === '';
    branch.set(head, value);
    return true;
  }
  if (typeof known === 'string' && known !== '') return false;
  const next: Branch = known instanceof Map ? known : new Map();
  branch.set(head, next);
  return put(next, rest, value);
}

function unfold(branch: Branch): FormValue | undefined {
  const list = branch.get('member');
  if (branch.size === 1 && list instanceof Map) return unfoldList(list);
  const members: Record<string, FormValue> = Object.create(null);
  for (const [name, value] of branch) {
    const member = typeof value === 'string' ? value : unfold(value);
    if (member === undefined) return undefined;
    members[name] = member;
  }
  return members;
}

function unfoldList(list: Branch): FormValue[] | undefined {
  const items: { index: number; value: FormValue }[] = [];
  for (const [name, value] of list) {
    const index = Number(name);
    if (!Number.isInteger(index) || index < 1 || list.size > listLengthMax) return undefined;
    const item = typeof value === 'string' ? value : unfold(value);
    if (item === undefined) return undefined;
    items.push({ index, value: item });
  }
  return items.sort((left, right) => left.index - right.index).map(({ value }) => value);
}

/** Reads members of a form by the type that the action expects; a member of another shape counts as absent. */
export function formText(members: FormMembers, name: string): string | undefined {
  const value = members[name];
  return typeof value === 'string' ? value : undefined;
}

export function formFlag(members: FormMembers, name: string): boolean | undefined {
  const text = formText(members, name);
  return text === undefined ? undefined : text.toLowerCase() === 'true';
}

export function formTexts(members: FormMembers, name: string): string[] | undefined {
  const value = members[name];
  if (value === '') return []; // how clients send an empty list
  if (!Array.isArray(value)) return undefined;
  return value.filter((item): item is string => typeof item === 'string');
}

export function formStructures(members: FormMembers, name: string): FormMembers[] | undefined {
  const value = members[name];
  if (value === '') return [];
  if (!Array.isArray(value)) return undefined;
  return value.filter(isMembers);
}

/** Who signed: read from the signature, which is not verified, for every secret is as good as another here. */
export interface Signer {
  readonly accessKeyId: string;
  readonly region: string;
  /** As signed for, e.g. `cloudformation` or `sts`. */
  readonly service: string;
}

const credentialPattern = /Credential=([^/,\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request/;

/** @param authorization the header, or `Credential=<X-Amz-Credential>` of a presigned query */
export function readSigner(authorization: string | undefined): Answer<Signer> {
  if (!authorization) {
    return serviceError('MissingAuthenticationToken', 'Request is missing Authentication Token', 403);
  }
  const [, accessKeyId, , region, service] = credentialPattern.exec(authorization) ?? [];
  if (!accessKeyId || !region || !service) {
    return serviceError(
      'IncompleteSignature',
      "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter.",
    );
  }
  return answer({ accessKeyId, region, service });
}

const namespaces: Readonly<Record<string, string>> = {
  '2010-05-15': 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  '2011-06-15': 'https://sts.amazonaws.com/doc/2011-06-15/',
};

export const cloudFormationVersion = '2010-05-15';
export const stsVersion = '2011-06-15';

export function answerXml(version: string, action: string, result: XmlMembers, requestId: string): string {
  return xmlElement(
    `${action}Response`,
    { [`${action}Result`]: result, ResponseMetadata: { RequestId: requestId } },
    ` xmlns="${namespaces[version]}"`,
  );
}

export function errorXml(version: string, error: ServiceError, requestId: string): string {
  const Type = error.httpStatus >= 500 ? 'Receiver' : 'Sender';
  return xmlElement(
    'ErrorResponse',
    { Error: { Type, Code: error.code, Message: error.message }, RequestId: requestId },
    ` xmlns="${namespaces[version] ?? namespaces[cloudFormationVersion]}"`,
  );
}
