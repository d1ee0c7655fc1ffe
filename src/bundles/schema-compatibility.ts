import type { InputTypeKey, ParameterSchema } from './parameter-schema.ts';
import type { PropertySchema } from './property-schema.ts';

/** Why a later minor version cannot take over from an earlier one. */
export interface Incompatibility {
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
    if (before === undefined) return [{ path: key, message: 'has appeared.' }];
    if (after === undefined) return [{ path: key, message: 'has disappeared.' }];
    return compare(earlier.types[before] ?? {}, later.types[after] ?? {}, key);
  });
}

function compare(before: PropertySchema, after: PropertySchema, path: string): Incompatibility[] {
  const found: Incompatibility[] = [];
  const say = (message: string) => found.push({ path, message });
  if (before.type !== after.type && !(before.type === 'integer' && after.type === 'number')) {
    say(`the type was ${before.type ?? 'any'} and is ${after.type ?? 'any'}.`);
    return found;
  }
  const lost = (before.enum ?? []).filter(
    (value) => after.enum && !after.enum.some((each) => JSON.stringify(each) === JSON.stringify(value)),
  );
  if (lost.length > 0)
    say(`the values ${lost.map((value) => JSON.stringify(value)).join(', ')} are no longer allowed.`);
  if (after.enum && !before.enum) say('only some values are allowed now.');
  for (const key of ['minimum', 'minLength', 'minItems', 'minProperties'] as const) {
    const [was, is] = [before[key], after[key]];
    if (is !== undefined && (was === undefined || is > was)) say(`${key} has risen from ${was ?? 'none'} to ${is}.`);
  }
  for (const key of ['maximum', 'maxLength', 'maxItems', 'maxProperties'] as const) {
    const [was, is] = [before[key], after[key]];
    if (is !== undefined && (was === undefined || is < was)) say(`${key} has fallen from ${was ?? 'none'} to ${is}.`);
  }
  for (const key of ['exclusiveMinimum', 'exclusiveMaximum'] as const)
    if (after[key] && !before[key]) say(`${key} is set now.`);
  if (after.multipleOf !== undefined && (before.multipleOf ?? Number.NaN) % after.multipleOf !== 0)
    say(`multipleOf was ${before.multipleOf ?? 'not set'} and is ${after.multipleOf}.`);
  if (after.pattern !== undefined && after.pattern !== before.pattern) say('the pattern has changed.');
  if (before.nullable && !after.nullable) say('null is no longer allowed.');
  if (after.uniqueItems && !before.uniqueItems) say('items must be unique now.');
  if (after.items && !before.items) say('items have a type now.');
  if (before.items && after.items) found.push(...compare(before.items, after.items, `${path}[]`));
  found.push(...compareProperties(before, after, path));
  for (const key of ['allOf', 'anyOf', 'oneOf', 'not'] as const) {
    if (after[key] && JSON.stringify(before[key]) !== JSON.stringify(after[key])) say(`${key} has changed.`);
  }
  return found;
}

function compareProperties(before: PropertySchema, after: PropertySchema, path: string): Incompatibility[] {
  const found: Incompatibility[] = [];
  const [was, is] = [before.properties ?? {}, after.properties ?? {}];
  for (const [name, property] of Object.entries(was)) {
    const now = is[name];
    if (now) found.push(...compare(property, now, `${path}.${name}`));
    else if (after.additionalProperties !== true) found.push({ path: `${path}.${name}`, message: 'was removed.' });
  }
  if (before.additionalProperties && !after.additionalProperties)
    found.push({ path, message: 'inputs that are not declared are no longer allowed.' });
  const isNeeded = (schema: PropertySchema, properties: Readonly<Record<string, PropertySchema>>, name: string) =>
    schema.required?.includes(name) === true && !('default' in (properties[name] ?? {}));
  for (const name of Object.keys(is)) {
    if (isNeeded(after, is, name) && !isNeeded(before, was, name)) {
      found.push({
        path: `${path}.${name}`,
        message: name in was ? 'is required now, without a default.' : 'is new and required, without a default.',
      });
    }
  }
  return found;
}
