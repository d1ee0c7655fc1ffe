import type { Inputs, PropertySchema } from '../../bundles/index.ts';

export const mask = '***';

/** The inputs with every secret one masked, at any depth. */
export function maskedInputs(inputs: Inputs, schema: PropertySchema): Inputs {
  return masked(inputs, schema) as Inputs;
}

/**
 * Dotted names of the secret inputs that a schema knows, e.g. `environment.inputs.password`. Members without a name of
 * their own (of a list, of a free map) make all that holds them secret.
 */
export function secretNames(schema: PropertySchema, at: string): string[] {
  if (schema.sensitive) return [at];
  const properties = alternativesOf(schema).flatMap((each) => Object.entries(each.properties ?? {}));
  const own = properties.flatMap(([name, property]) => secretNames(property, `${at}.${name}`));
  const nameless = [schema.items, schema.additionalProperties].filter((each) => typeof each === 'object');
  return nameless.some((each) => secretNames(each, at).length > 0) ? [...own, at] : own;
}

/**
 * A rendered text for people: on each line that was made with a secret input, all but the key is masked.
 * @param inputsOfLine dotted names of the inputs that were read for a line, from 1
 */
export function maskedText(
  text: string,
  secrets: readonly string[],
  inputsOfLine: (line: number) => readonly string[],
): string {
  if (secrets.length === 0) return text;
  const isSecret = (name: string) => secrets.some((secret) => isWithin(name, secret) || isWithin(secret, name));
  const lines = text.split('\n');
  return lines.map((line, index) => (inputsOfLine(index + 1).some(isSecret) ? maskedLine(line) : line)).join('\n');
}

/** Texts so short are in every sentence: masking them would hide all and say where. */
const secretCharactersMin = 3;

/** The secret values among the inputs, as texts, longest first. */
export function secretValues(inputs: Inputs, schema: PropertySchema): readonly string[] {
  const values = new Set<string>();
  collectSecrets(inputs, maskedInputs(inputs, schema), values);
  return longestFirst(values);
}

/** Whatever stands where the masked form has a mask. */
function collectSecrets(value: unknown, shown: unknown, values: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    const members = typeof shown === 'object' && shown !== null ? (shown as Record<string, unknown>) : undefined;
    for (const [name, member] of Object.entries(value)) collectSecrets(member, members ? members[name] : mask, values);
  } else if (shown === mask) values.add(String(value));
}

/**
 * What may be secret in a rendered text: the value of each line that was made with a secret input, and its words.
 * @param inputsOfLine dotted names of the inputs that were read for a line, from 1
 */
export function secretWords(
  text: string,
  secrets: readonly string[],
  inputsOfLine: (line: number) => readonly string[],
): readonly string[] {
  const shown = maskedText(text, secrets, inputsOfLine).split('\n');
  const words = text.split('\n').flatMap((line, index) => {
    const masked = shown[index] ?? '';
    if (masked === line) return [];
    const value = line.slice(masked.length - mask.length).trim();
    const unquoted = value.replace(/^!\S+\s+/, '').replace(/^(["'])(.*)\1$/, '$2');
    return [unquoted, ...unquoted.split(/[\s"'`,;:@=/(){}[\]]+/)].filter((word) => !word.startsWith('!'));
  });
  return longestFirst(new Set(words));
}

function longestFirst(texts: ReadonlySet<string>): readonly string[] {
  return [...texts]
    .filter((text) => text.length >= secretCharactersMin)
    .sort((left, right) => right.length - left.length);
}

/** A message without these secrets. @param secrets longest first */
export function withoutSecrets(message: string, secrets: readonly string[]): string {
  return secrets.reduce((shown, secret) => shown.replaceAll(secret, mask), message);
}

function masked(value: unknown, schema: PropertySchema): unknown {
  if (schema.sensitive) return mask;
  if (Array.isArray(value)) return value.map((item) => (schema.items ? masked(item, schema.items) : item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, maskedMember(name, member, schema)]));
}

function maskedMember(name: string, member: unknown, schema: PropertySchema): unknown {
  return alternativesOf(schema).reduce((shown: unknown, { properties, additionalProperties }) => {
    const property =
      properties?.[name] ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined);
    return property ? masked(shown, property) : shown;
  }, member);
}

function alternativesOf(schema: PropertySchema): PropertySchema[] {
  const { allOf = [], anyOf = [], oneOf = [] } = schema;
  return [schema, ...[...allOf, ...anyOf, ...oneOf].flatMap(alternativesOf)];
}

function isWithin(name: string, outer: string): boolean {
  return name === outer || name.startsWith(`${outer}.`);
}

/** `  Key: value` keeps its key; a line without one keeps only its indentation. */
function maskedLine(line: string): string {
  const [, key = line.match(/^\s*/)?.[0] ?? ''] = /^(\s*(?:- )?[\w"'.-]+:\s)/.exec(line) ?? [];
  return `${key}${mask}`;
}
