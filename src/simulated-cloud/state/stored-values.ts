import { type DynamicReference, dynamicReferencesIn } from '../../cloudformation/index.ts';
import { drawFrom } from '../physical-ids/draw.ts';
import type { Json, JsonObject } from './json.ts';
import type { Place } from './place.ts';
import { publicParameter } from './public-parameters.ts';

/** A parameter of the parameter store or a secret, with all its versions. Replaced, not changed. */
export interface StoredValue extends Place {
  readonly kind: StoredKind;
  /** Of a secret: its name; it is found by its ARN too. */
  readonly name: string;
  /** Oldest first. */
  readonly versions: readonly StoredVersion[];
}

export type StoredKind = 'String' | 'StringList' | 'SecureString' | 'Secret';

export interface StoredVersion {
  /** A parameter's: `1`, `2`, ...; a secret's: a UUID. */
  readonly id: string;
  /** A secret's staging labels. */
  readonly stages: readonly string[];
  readonly value: string;
}

const service = (kind: StoredKind) => (kind === 'Secret' ? 'secretsmanager' : 'ssm');

export function storedKey({ accountId, region }: Place, kind: StoredKind, name: string): string {
  return `${accountId}/${region}/${service(kind)}/${name}`;
}

/** The value with one more version. A secret's former one becomes AWSPREVIOUS, as the service does it. */
export function withVersion(
  before: StoredValue | undefined,
  next: Pick<StoredValue, 'accountId' | 'region' | 'kind' | 'name'> & { readonly value: string },
): StoredValue {
  const { accountId, region, kind, name, value } = next;
  const versions = before?.versions ?? [];
  const draw = drawFrom(accountId, region, name, versions.length);
  const isSecret = kind === 'Secret';
  const id = isSecret ? draw.uuid() : String(versions.length + 1);
  const former = versions.map((version) => ({ ...version, stages: formerStages(version.stages) }));
  return {
    ...{ accountId, region, kind, name },
    versions: [...former, { id, stages: isSecret ? ['AWSCURRENT'] : [], value }],
  };
}

function formerStages(stages: readonly string[]): readonly string[] {
  if (stages.includes('AWSCURRENT')) return ['AWSPREVIOUS'];
  return stages.filter((stage) => stage !== 'AWSPREVIOUS');
}

export type StoredValues = ReadonlyMap<string, StoredValue>;

export type Resolved<Value> = { readonly value: Value } | { readonly reason: string };

/**
 * Properties in which every dynamic reference is what it stands for at this moment.
 * Source: user guide, "Get values stored in other services using dynamic references".
 */
export function withStoredValues(values: StoredValues, place: Place, properties: JsonObject): Resolved<JsonObject> {
  let reason: string | undefined;
  const walk = (value: Json): Json => {
    if (typeof value === 'string') return value.includes('{{resolve:') ? resolveText(value) : value;
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(walk);
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, walk(member)]));
  };
  const resolveText = (text: string) =>
    dynamicReferencesIn(text).reduce((done, reference) => {
      const resolved = storedValue(values, place, reference);
      if ('reason' in resolved) reason ??= resolved.reason;
      return 'value' in resolved ? done.replace(reference.text, () => resolved.value) : done;
    }, text);
  const value = walk(properties) as JsonObject;
  return reason === undefined ? { value } : { reason };
}

/** What a dynamic reference stands for. */
export function storedValue(values: StoredValues, place: Place, reference: DynamicReference): Resolved<string> {
  return reference.service === 'secretsmanager'
    ? secretValue(values, place, reference.key)
    : parameterVersion(values, place, reference);
}

function parameterVersion(
  values: StoredValues,
  place: Place,
  { service: asked, key }: DynamicReference,
): Resolved<string> {
  const [, name = key, wanted] = /^(.*?)(?::(\d+))?$/.exec(key) ?? [];
  const stored = values.get(storedKey(place, 'String', name));
  const version = wanted === undefined ? stored?.versions.at(-1) : stored?.versions.find(({ id }) => id === wanted);
  const isSecure = stored?.kind === 'SecureString';
  const published = stored || asked !== 'ssm' ? undefined : publicParameter(place.region, name);
  if (published !== undefined) return { value: published };
  if (!version || isSecure !== (asked === 'ssm-secure')) {
    return { reason: `Parameters: [${asked}:${name}${wanted === undefined ? '' : `:${wanted}`}] cannot be found.` };
  }
  return { value: version.value };
}

/** `<name>:SecretString:<JSON key>:<stage>:<version id>`, or the same with an ARN; all behind the name may be left out. */
const secretPattern =
  /^(arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:[^:]+|[^:]+)(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?(?::([^:]*))?$/;

function secretValue(values: StoredValues, place: Place, key: string): Resolved<string> {
  const [, id = '', part = '', jsonKey = '', stage = '', versionId = ''] = secretPattern.exec(key) ?? [];
  if (part !== '' && part !== 'SecretString') {
    return {
      reason: `Invalid dynamic reference {{resolve:secretsmanager:${key}}}: the only part of a secret is SecretString.`,
    };
  }
  const stored = secretOf(values, place, id);
  const wanted = stage || (versionId ? '' : 'AWSCURRENT');
  const version = stored?.versions.findLast(
    (each) => (wanted === '' || each.stages.includes(wanted)) && (versionId === '' || each.id === versionId),
  );
  if (!stored)
    return { reason: `Secrets Manager can't find the specified secret. (Service: SecretsManager, Status Code: 400)` };
  if (!version) {
    const asked = versionId ? `VersionId: ${versionId}` : `staging label: ${wanted}`;
    return {
      reason: `Secrets Manager can't find the specified secret value for ${asked}. (Service: SecretsManager, Status Code: 400)`,
    };
  }
  if (jsonKey === '') return { value: version.value };
  const member = memberOf(version.value, jsonKey);
  return member === undefined
    ? { reason: 'Could not find a value associated with JSONKey in SecretString' }
    : { value: member };
}

/** By name, or by its ARN, which ends in six more characters. */
function secretOf(values: StoredValues, place: Place, id: string): StoredValue | undefined {
  const [, , , region = '', accountId = '', , ending = ''] = id.startsWith('arn:') ? id.split(':') : [];
  if (!id.startsWith('arn:')) return values.get(storedKey(place, 'Secret', id));
  const at = { accountId, region };
  return (
    values.get(storedKey(at, 'Secret', ending.replace(/-[^-]{6}$/, ''))) ?? values.get(storedKey(at, 'Secret', ending))
  );
}

function memberOf(text: string, key: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const member = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
    return member === undefined ? undefined : String(member);
  } catch {
    return undefined;
  }
}

/** What a resource of a stack stores, if it does: its kind, name and value. */
export function valueMade(
  type: string,
  physicalId: string,
  properties: JsonObject,
): { kind: StoredKind; name: string; value: string } | undefined {
  if (type === 'AWS::SSM::Parameter') {
    const kind = properties.Type === 'StringList' ? 'StringList' : 'String';
    return { kind, name: physicalId, value: String(properties.Value ?? '') };
  }
  if (type !== 'AWS::SecretsManager::Secret') return undefined;
  const name = /:secret:(.*)-[^-]{6}$/.exec(physicalId)?.[1] ?? physicalId;
  return { kind: 'Secret', name, value: secretMade(physicalId, properties) };
}

const passwordLength = 32;

/** As given, or with a password that is drawn. Source: template reference, GenerateSecretString. */
function secretMade(physicalId: string, { SecretString: given, GenerateSecretString: generate }: JsonObject): string {
  if (given !== undefined) return String(given);
  if (typeof generate !== 'object' || generate === null || Array.isArray(generate)) return '';
  const { GenerateStringKey: key, SecretStringTemplate: template, PasswordLength: length } = generate as JsonObject;
  const password = drawFrom('secret', physicalId).alphanumeric(Number(length) || passwordLength);
  if (key === undefined || template === undefined) return password;
  try {
    return JSON.stringify({ ...(JSON.parse(String(template)) as object), [String(key)]: password });
  } catch {
    return password;
  }
}
