import type { InputTypeKey, ParameterSchema } from './parameter-schema.ts';
import type { PropertySchema } from './property-schema.ts';
import { resolveStoredInputs } from './resolve-inputs.ts';

/** What became narrower. `new`: an input that must be given now; `needed`: one that was optional. */
export type IncompatibilityKind = 'new' | 'needed' | 'removed' | 'type' | 'values' | 'bound' | 'unknown';

/** Why a later minor version cannot take over from an earlier one. */
export interface Incompatibility {
  readonly kind: IncompatibilityKind;
  /** Dotted, beginning with the input type, e.g. `service_input_type.port`. */
  readonly path: string;
  readonly message: string;
}

const keys: readonly InputTypeKey[] = ['environment_input_type', 'service_input_type', 'pipeline_input_type'];

/**
 * What inputs that fit `earlier` could fail at in `later`. Only the schema is compared.
 * Source: AWS Proton user guide, "Template versions"; the service's exact rule is not public.
 */
export function schemaIncompatibilities(earlier: ParameterSchema, later: ParameterSchema): Incompatibility[] {
  return keys.flatMap((key) => {
    const [before, after] = [earlier.inputTypes[key], later.inputTypes[key]];
    if (before === undefined && after === undefined) return [];
    if (before === undefined) return [{ kind: 'new', path: key, message: 'has appeared.' }];
    if (after === undefined) return [{ kind: 'removed', path: key, message: 'has disappeared.' }];
    return propertyIncompatibilities(earlier.types[before] ?? {}, later.types[after] ?? {}, key);
  });
}

/**
 * What values that fit one schema could fail at in another. What cannot be compared counts as narrower.
 * @param path what the schemas describe, for messages; empty for the inputs as a whole
 */
export function propertyIncompatibilities(
  before: PropertySchema,
  after: PropertySchema,
  path: string,
): Incompatibility[] {
  const found: Incompatibility[] = [];
  const say = (kind: IncompatibilityKind, message: string) => found.push({ kind, path, message });
  if (
    after.type !== undefined &&
    before.type !== after.type &&
    !(before.type === 'integer' && after.type === 'number')
  ) {
    say('type', `the type was ${before.type ?? 'any'} and is ${after.type ?? 'any'}.`);
    return found;
  }
  const lost = (before.enum ?? []).filter((value) => !isTaken(after, value));
  if (lost.length > 0)
    say('values', `the values ${lost.map((value) => JSON.stringify(value)).join(', ')} are no longer allowed.`);
  if (before.enum) return found; // every value was tried
  if (after.enum) say('values', 'only some values are allowed now.');
  for (const key of ['minimum', 'minLength', 'minItems', 'minProperties'] as const) {
    const [was, is] = [before[key], after[key]];
    if (is !== undefined && (was === undefined || is > was))
      say('bound', `${key} has risen from ${was ?? 'none'} to ${is}.`);
  }
  for (const key of ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const) {
    const [was, is] = [before[key], after[key]];
    if (is !== undefined && (was === undefined || is < was))
      say('bound', `${key} has fallen from ${was ?? 'none'} to ${is}.`);
  }
  for (const key of ['exclusiveMinimum', 'exclusiveMaximum'] as const)
    if (after[key] && !before[key]) say('bound', `${key} is set now.`);
  if (after.multipleOf !== undefined && (before.multipleOf ?? Number.NaN) % after.multipleOf !== 0)
    say('bound', `multipleOf was ${before.multipleOf ?? 'not set'} and is ${after.multipleOf}.`);
  if (after.pattern !== undefined && after.pattern !== before.pattern) say('bound', 'the pattern has changed.');
  if (after.format !== undefined && after.format !== before.format && after.format !== 'password')
    say('bound', `the format was ${before.format ?? 'free'} and is ${after.format}.`);
  if (before.nullable && !after.nullable) say('type', 'null is no longer allowed.');
  if (after.uniqueItems && !before.uniqueItems) say('bound', 'items must be unique now.');
  if (after.items && !before.items) say('type', 'items have a type now.');
  if (before.items && after.items) found.push(...propertyIncompatibilities(before.items, after.items, `${path}[]`));
  found.push(...compareProperties(before, after, path));
  for (const key of ['allOf', 'anyOf', 'oneOf', 'not'] as const) {
    if (after[key] && JSON.stringify(before[key]) !== JSON.stringify(after[key])) say('unknown', `${key} has changed.`);
  }
  return found;
}

function isTaken(schema: PropertySchema, value: unknown): boolean {
  return resolveStoredInputs({ type: 'object', properties: { value: schema } }, { value }).ok;
}

function compareProperties(before: PropertySchema, after: PropertySchema, path: string): Incompatibility[] {
  const found: Incompatibility[] = [];
  const [was, is] = [before.properties ?? {}, after.properties ?? {}];
  for (const [name, property] of Object.entries(was)) {
    const now = is[name];
    if (now) found.push(...propertyIncompatibilities(property, now, memberPath(path, name)));
    else if (after.additionalProperties !== true)
      found.push({ kind: 'removed', path: memberPath(path, name), message: 'was removed.' });
  }
  if (before.additionalProperties && !after.additionalProperties)
    found.push({ kind: 'type', path, message: 'inputs that are not declared are no longer allowed.' });
  const isNeeded = (schema: PropertySchema, properties: Readonly<Record<string, PropertySchema>>, name: string) =>
    schema.required?.includes(name) === true && !('default' in (properties[name] ?? {}));
  for (const name of Object.keys(is)) {
    if (isNeeded(after, is, name) && !isNeeded(before, was, name)) {
      found.push({
        kind: name in was ? 'needed' : 'new',
        path: memberPath(path, name),
        message: name in was ? 'is required now, without a default.' : 'is new and required, without a default.',
      });
    }
  }
  return found;
}

function memberPath(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
