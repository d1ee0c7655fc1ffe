import { createHash } from 'node:crypto';
import {
  isScalar,
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from '../template-value.ts';

export function ref(logicalId: string): TemplateObject {
  return { Ref: logicalId };
}

export function getAtt(logicalId: string, attribute: string): TemplateObject {
  return { 'Fn::GetAtt': [logicalId, attribute] };
}

export function sub(text: string, values?: TemplateObject): TemplateObject {
  return { 'Fn::Sub': values ? [text, values] : text };
}

/** The logical id behind `{Ref: Id}`; undefined for everything else. */
export function refTarget(value: TemplateValue | undefined): string | undefined {
  if (!isTemplateObject(value) || Object.keys(value).length !== 1) return undefined;
  return typeof value.Ref === 'string' ? value.Ref : undefined;
}

export function isIntrinsic(value: TemplateValue | undefined): boolean {
  if (!isTemplateObject(value)) return false;
  const keys = Object.keys(value);
  return keys.length === 1 && (keys[0] === 'Ref' || keys[0] === 'Condition' || keys[0]!.startsWith('Fn::'));
}

/** What belongs to a resource that may be absent is absent with it. */
export function whenCondition(condition: string | undefined, definition: TemplateObject): TemplateObject {
  return condition === undefined ? definition : { 'Fn::If': [condition, definition, ref('AWS::NoValue')] };
}

/** Tags as a list of Key and Value, those that SAM adds first. */
export function tagList(tags: TemplateObject | undefined, added: TemplateObject = {}): readonly TemplateObject[] {
  return Object.entries({ ...added, ...tags }).map(([Key, Value]) => ({ Key, Value }));
}

/**
 * The ten hexadecimal digits that end a generated logical id, so that it changes exactly when `data` does.
 * Written as the transform writes it (compact JSON, keys sorted, ASCII only), so that the ids are the same.
 */
export function contentDigits(data: TemplateValue): string {
  return contentDigest(data).slice(0, 10);
}

export function contentDigest(data: TemplateValue): string {
  return createHash('sha1')
    .update(typeof data === 'string' ? data : sortedJson(data))
    .digest('hex');
}

function sortedJson(value: TemplateValue): string {
  if (isTemplateList(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (!isTemplateObject(value)) return asciiJson(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${asciiJson(key)}:${sortedJson(member)}`).join(',')}}`;
}

function asciiJson(value: string | number | boolean): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** `prefix` and a name that may hold other signs than letters and digits: those are replaced by a digest. */
export function suffixedId(prefix: string, suffix: string): string {
  if (/^[A-Za-z0-9]+$/.test(suffix)) return prefix + suffix;
  return suffix === '' ? prefix : prefix + contentDigits(suffix);
}

/** Logical id of the stage of an API; the name of a stage may be a function, or hold other signs than letters. */
export function stageLogicalId(apiId: string, stageName: TemplateValue | undefined): string {
  const name = typeof stageName === 'string' ? stageName : '';
  return /^[A-Za-z0-9]+$/.test(name) ? `${apiId}${name}Stage` : suffixedId(`${apiId}Stage`, name);
}

export interface S3Location {
  readonly bucket: TemplateValue;
  readonly key: TemplateValue;
  readonly version?: TemplateValue;
}

/** `s3://bucket/key?versionId=…` or `{Bucket, Key, Version}`; undefined for anything else. */
export function s3Location(value: TemplateValue): S3Location | undefined {
  if (isTemplateObject(value)) {
    const { Bucket, Key, Version } = value;
    return Bucket === undefined || Key === undefined ? undefined : { bucket: Bucket, key: Key, version: Version };
  }
  const match = isScalar(value) ? /^s3:\/\/([^/?]+)\/([^?]+)(?:\?versionId=(.+))?$/.exec(scalarText(value)) : null;
  const [, bucket, key, version] = match ?? [];
  return bucket === undefined || key === undefined ? undefined : { bucket, key, version };
}

export function notAnS3Uri(property: string): string {
  return `'${property}' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query parameter.`;
}
