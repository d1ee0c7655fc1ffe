import type { SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import {
  parseYaml,
  type YamlMap,
  type YamlNode,
  yamlAt,
  yamlBoolean,
  yamlData,
  yamlEntry,
  yamlMember,
} from '../yaml-source/index.ts';
import { type BundleKind, type BundleLimits, usualBundleLimits } from './bundle.ts';
import { type Finding, warningFinding, wholeFile } from './finding.ts';
import { compilePattern } from './match-pattern.ts';
import type { PropertySchema } from './property-schema.ts';
import { valueProblem } from './resolve-inputs.ts';
import type { RuleId } from './rules.ts';

export type InputTypeKey = 'environment_input_type' | 'service_input_type' | 'pipeline_input_type';

/** What a bundle's schema.yaml asks for: one object type for each part that has inputs. */
export interface ParameterSchema {
  readonly inputTypes: Readonly<Partial<Record<InputTypeKey, string>>>;
  readonly types: Readonly<Record<string, PropertySchema>>;
}

export const schemaPath = 'schema/schema.yaml';

/** The inputs of a part; an object without properties when the schema has none for it. */
export function inputSchema(schema: ParameterSchema, key: InputTypeKey): PropertySchema {
  const name = schema.inputTypes[key];
  return (name !== undefined ? schema.types[name] : undefined) ?? { type: 'object', properties: {} };
}

const scalarTypes = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object']);
const integerKeywords = ['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'] as const;
const numberKeywords = ['minimum', 'maximum', 'multipleOf'] as const;
const booleanKeywords = ['exclusiveMinimum', 'exclusiveMaximum', 'uniqueItems', 'nullable'] as const;
const listKeywords = ['allOf', 'anyOf', 'oneOf'] as const;
const plainKeywords = new Set([
  'title',
  'description',
  'format',
  'example',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'externalDocs',
  'xml',
  'discriminator',
]);
const knownKeywords: ReadonlySet<string> = new Set([
  ...integerKeywords,
  ...numberKeywords,
  ...booleanKeywords,
  ...listKeywords,
  ...plainKeywords,
  'type',
  'default',
  'enum',
  'pattern',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'not',
  'secret',
  '$ref',
]);
/** Constructs of JSON Schema that OpenAPI 3.0 does not have, and that would be ignored without a word. */
const foreignKeywords = new Set([
  ...['const', 'if', 'then', 'else', 'dependencies', 'dependentRequired', 'dependentSchemas', 'patternProperties'],
  ...['propertyNames', 'contains', 'prefixItems', 'additionalItems', 'unevaluatedProperties', 'unevaluatedItems'],
  ...['$defs', 'definitions', '$dynamicRef', '$anchor', '$id', 'contentEncoding', 'contentMediaType', 'contentSchema'],
]);
const schemaKeys = [
  ...['format', 'environment_input_type', 'service_input_type', 'pipeline_input_type', 'types', 'description', 'title'],
];
const nestingMax = 20;
/** Schema objects, references written out: references to references multiply. */
const objectsMax = 10_000;
const nameLengthMax = 100;
const patternLengthMax = 1_000;

export interface ReadSchema {
  readonly schema?: ParameterSchema;
  readonly findings: readonly Finding[];
}

/** Reads schema/schema.yaml. What is wrong is a finding; the schema is there when inputs can be checked against it. */
export function readParameterSchema(
  text: string,
  kind: BundleKind,
  limits: BundleLimits = usualBundleLimits,
): ReadSchema {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.schemaBytes) {
    const message = `The schema has ${bytes} bytes; at most ${limits.schemaBytes} are taken.`;
    return { findings: [error('schema-too-large', wholeFile(schemaPath), message, 'Shorten descriptions.')] };
  }
  const parsed = parseYaml(text, schemaPath);
  if (!parsed.ok) {
    const { code, position, message, remedy } = parsed.refusal;
    return { findings: [error(code, position, message, remedy)] };
  }
  return new SchemaReader(parsed.value, kind).read();
}

function error(rule: RuleId, position: SourcePosition, message: string, remedy: string): Finding {
  return { severity: 'error', rule, position, message, remedy };
}

class SchemaReader {
  readonly #root: YamlNode;
  readonly #kind: BundleKind;
  readonly #findings: Finding[] = [];
  readonly #types: YamlNode | undefined;
  readonly #said = new Set<string>();
  #objects = 0;

  constructor(root: YamlNode, kind: BundleKind) {
    this.#root = root;
    this.#kind = kind;
    this.#types = yamlAt(root, ['schema', 'types']);
  }

  read(): ReadSchema {
    const schema = yamlMember(this.#root, 'schema');
    if (schema?.kind !== 'map') {
      this.#error(
        'schema-key-missing',
        this.#root.position,
        'Missing property [schema] at the top of the schema.',
        'Begin the file with "schema:".',
      );
      return { findings: this.#findings };
    }
    this.#keys(schema);
    this.#format(schema);
    if (this.#types?.kind !== 'map') {
      this.#error(
        'schema-key-missing',
        schema.position,
        'Missing property [types]: the schema defines no types.',
        'Add "types:" with one entry for each input type.',
      );
      return { findings: this.#findings };
    }
    const inputTypes = this.#inputTypes(schema);
    const types = Object.fromEntries(
      this.#types.entries.map(({ key, value }) => [key, this.#property(value, `types.${key}`, 0, [key])]),
    );
    return { schema: { inputTypes, types }, findings: this.#findings };
  }

  #error(rule: RuleId, position: SourcePosition, message: string, remedy: string): void {
    this.#say(error(rule, position, message, remedy));
  }

  #warning(rule: RuleId, position: SourcePosition, message: string, remedy: string): void {
    this.#say(warningFinding(rule, position, message, remedy));
  }

  /** A type that is referred to twice is read twice; what is wrong with it is said once. */
  #say(finding: Finding): void {
    const { rule, position } = finding;
    const key = `${rule} ${position.line}:${position.column}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.#findings.push(finding);
  }

  #keys(schema: YamlMap): void {
    for (const { key, keyPosition } of schema.entries) {
      if (schemaKeys.includes(key) || key.startsWith('x-')) continue;
      const nearest = nearestName(key, schemaKeys);
      const remedy = nearest ? `Did you mean "${nearest}"?` : `Known keys: ${schemaKeys.join(', ')}.`;
      this.#warning(
        'schema-key-unknown',
        keyPosition,
        `The schema has a key ${JSON.stringify(key)}, which nobody reads.`,
        remedy,
      );
    }
  }

  #format(schema: YamlNode): void {
    const version = yamlAt(schema, ['format', 'openapi']);
    if (version?.kind === 'scalar' && version.source.startsWith('3.')) return;
    const entry = yamlEntry(schema, 'format');
    const message = version
      ? `The schema's format is ${JSON.stringify(yamlData(version))}; only OpenAPI 3 is known.`
      : 'Missing property [format.openapi].';
    this.#error(
      'schema-format',
      entry?.keyPosition ?? schema.position,
      message,
      'Write "format: {openapi: \\"3.0.0\\"}".',
    );
  }

  #inputTypes(schema: YamlNode): Partial<Record<InputTypeKey, string>> {
    const own: readonly InputTypeKey[] =
      this.#kind === 'environment' ? ['environment_input_type'] : ['service_input_type', 'pipeline_input_type'];
    const foreign: readonly InputTypeKey[] =
      this.#kind === 'environment' ? ['service_input_type', 'pipeline_input_type'] : ['environment_input_type'];
    const found: Partial<Record<InputTypeKey, string>> = {};
    for (const key of own) {
      const entry = yamlEntry(schema, key);
      if (!entry) continue;
      const name = entry.value.kind === 'scalar' ? entry.value.source : '';
      const type = yamlMember(this.#types, name);
      if (!type) {
        this.#error(
          'schema-type-missing',
          entry.value.position,
          `The ${key} ${JSON.stringify(name)} is not among the types of the schema.`,
          'Define it under "types:", or correct the name.',
        );
      } else if (yamlAt(type, ['type']) && yamlData(yamlAt(type, ['type']) as YamlNode) !== 'object') {
        this.#error(
          'schema-type-not-object',
          type.position,
          `The ${key} ${name} must be of type object.`,
          'Write "type: object".',
        );
      } else found[key] = name;
    }
    const other = foreign.map((key) => yamlEntry(schema, key)).find(Boolean);
    const [needed] = own;
    if (needed && !yamlEntry(schema, needed) && other) {
      const isWhat = this.#kind === 'environment' ? 'a service' : 'an environment';
      const message = `The bundle is of ${isWhat} template (found ${other.key}); expected the bundle of ${this.#kind === 'environment' ? 'an environment' : 'a service'} template.`;
      this.#error(
        'bundle-kind',
        other.keyPosition,
        message,
        'Register it as a version of the other kind of template, or upload the right bundle.',
      );
    } else if (needed && !yamlEntry(schema, needed)) {
      this.#error(
        'schema-key-missing',
        schema.position,
        `Missing property [${camelCase(needed)}]: the schema does not name its ${needed}.`,
        `Add "${needed}:" with the name of a type.`,
      );
    }
    return found;
  }

  #property(node: YamlNode, path: string, depth: number, seen: readonly string[], usesDefault = true): PropertySchema {
    if (node.kind !== 'map') {
      this.#error('schema-construct', node.position, `${path} is not a schema object.`, 'Write a map with a "type:".');
      return {};
    }
    this.#objects += 1;
    if (this.#objects === objectsMax)
      this.#error(
        'schema-construct',
        node.position,
        `${path} makes the schema expand to more than ${objectsMax} schema objects.`,
        'Use fewer references to types that have references themselves.',
      );
    if (this.#objects >= objectsMax) return {};
    if (depth > nestingMax) {
      this.#error(
        'schema-construct',
        node.position,
        `${path} is nested more than ${nestingMax} levels deep.`,
        'Make the type flatter.',
      );
      return {};
    }
    const reference = yamlEntry(node, '$ref');
    if (reference) return this.#reference(reference.value, path, depth, seen);

    const schema: Record<string, unknown> = {};
    for (const { key, keyPosition } of node.entries) this.#known(key, keyPosition, path);
    const data = (key: string) => {
      const member = yamlMember(node, key);
      return member && yamlData(member);
    };
    this.#keyword(
      node,
      path,
      'type',
      (value) => typeof value === 'string' && scalarTypes.has(value),
      'string, number, integer, boolean, array or object',
      schema,
    );
    for (const key of integerKeywords)
      this.#keyword(
        node,
        path,
        key,
        (value) => Number.isInteger(value) && Number(value) >= 0,
        'a whole number',
        schema,
      );
    for (const key of numberKeywords)
      this.#keyword(node, path, key, (value) => typeof value === 'number', 'a number', schema);
    for (const key of booleanKeywords)
      this.#keyword(node, path, key, (value) => typeof value === 'boolean', 'true or false', schema);
    this.#keyword(node, path, 'enum', (value) => Array.isArray(value) && value.length > 0, 'a list of values', schema);
    if (data('required') !== null)
      this.#keyword(node, path, 'required', (value) => Array.isArray(value), 'a list of property names', schema);
    for (const key of ['title', 'description', 'format'] as const)
      if (typeof data(key) === 'string') schema[key] = data(key);
    if (schema.type === 'string' && Array.isArray(schema.enum)) schema.enum = this.#texts(yamlMember(node, 'enum'));
    this.#pattern(node, path, schema);

    const properties = yamlMember(node, 'properties');
    if (properties?.kind === 'map') {
      schema.properties = Object.fromEntries(
        properties.entries.map(({ key, keyPosition, value }) => {
          if (key.length > nameLengthMax)
            this.#error(
              'schema-name',
              keyPosition,
              `The name ${path}.${key.slice(0, 40)}... has ${key.length} characters; at most ${nameLengthMax} are taken.`,
              'Choose a shorter name.',
            );
          return [key, this.#property(value, `${path}.${key}`, depth + 1, seen)];
        }),
      );
    } else if (properties && yamlData(properties) !== null) {
      this.#error(
        'schema-construct',
        properties.position,
        `${path}.properties is not a map.`,
        'Write one entry for each property.',
      );
    }
    const items = yamlMember(node, 'items');
    // a default of the items of a list is never used, so what it is does not matter
    if (items) schema.items = this.#property(items, `${path}[]`, depth + 1, seen, false);
    const negated = yamlMember(node, 'not');
    if (negated) schema.not = this.#property(negated, `${path}.not`, depth + 1, seen);
    for (const key of listKeywords) {
      const list = yamlMember(node, key);
      if (list?.kind === 'list')
        schema[key] = list.items.map((each, index) =>
          this.#property(each, `${path}.${key}[${index}]`, depth + 1, seen),
        );
      else if (list)
        this.#error('schema-construct', list.position, `${path}.${key} is not a list.`, 'Write a list of schemas.');
    }
    const additional = yamlMember(node, 'additionalProperties');
    if (additional) {
      const value = yamlData(additional);
      schema.additionalProperties =
        typeof value === 'boolean' ? value : this.#property(additional, `${path}.*`, depth + 1, seen);
    }
    if (isFreeForm(schema, depth)) schema.additionalProperties = true;
    this.#required(node, path, schema as PropertySchema);
    if (data('format') === 'password' || data('secret') === true || data('x-sensitive') === true)
      schema.sensitive = true;
    if (usesDefault) this.#default(node, path, schema as PropertySchema, schema);
    return schema as PropertySchema;
  }

  #known(key: string, position: SourcePosition, path: string): void {
    if (knownKeywords.has(key) || key.startsWith('x-')) return;
    const message = `${path} uses ${JSON.stringify(key)}, which is not`;
    if (foreignKeywords.has(key)) {
      const remedy = 'Use the keywords of OpenAPI 3.0 schema objects.';
      this.#error('schema-construct', position, `${message} supported.`, remedy);
      return;
    }
    const nearest = nearestName(key, [...knownKeywords]);
    const remedy = nearest ? `Did you mean "${nearest}"?` : `Words of your own begin with "x-".`;
    this.#warning('schema-keyword-unknown', position, `${message} a keyword and has no effect.`, remedy);
  }

  #reference(node: YamlNode, path: string, depth: number, seen: readonly string[]): PropertySchema {
    const target = node.kind === 'scalar' ? node.source : '';
    const [, name] = /^#\/(?:schema\/)?types\/([^/]+)$/.exec(target) ?? [];
    const type = name === undefined ? undefined : yamlMember(this.#types, name);
    if (name === undefined || !type) {
      this.#error(
        'schema-reference',
        node.position,
        `${path} refers to ${JSON.stringify(target)}, which is not a type of this schema.`,
        'Refer to "#/schema/types/Name".',
      );
      return {};
    }
    if (seen.includes(name)) {
      this.#error(
        'schema-reference',
        node.position,
        `${path} refers to ${name} in a circle.`,
        'Inputs are finite: write the levels out.',
      );
      return {};
    }
    return this.#property(type, path, depth + 1, [...seen, name]);
  }

  /** Only where nothing else (a composition, additional properties) could bring the input. */
  #required(node: YamlNode, path: string, schema: PropertySchema): void {
    const list = yamlMember(node, 'required');
    if (list?.kind !== 'list' || !schema.properties || schema.additionalProperties) return;
    if (schema.allOf ?? schema.anyOf ?? schema.oneOf) return;
    for (const item of list.items) {
      const name = item.kind === 'scalar' ? item.source : '';
      if (Object.hasOwn(schema.properties, name)) continue;
      const nearest = nearestName(name, Object.keys(schema.properties));
      const remedy = nearest ? `Did you mean "${nearest}"?` : 'Add the property, or remove the name.';
      this.#warning(
        'schema-required-unknown',
        item.position,
        `${path} requires ${JSON.stringify(name)}, which is not among its properties.`,
        remedy,
      );
    }
  }

  #keyword(
    node: YamlNode,
    path: string,
    key: string,
    fits: (value: unknown) => boolean,
    expected: string,
    schema: Record<string, unknown>,
  ): void {
    const member = yamlMember(node, key);
    if (!member) return;
    const value = yamlData(member);
    if (fits(value)) schema[key] = value;
    else
      this.#error(
        'schema-construct',
        member.position,
        `${path}.${key} is ${JSON.stringify(value)}; expected ${expected}.`,
        'Correct the schema.',
      );
  }

  /** The values of a string enum, with the characters that were written. */
  #texts(node: YamlNode | undefined): unknown[] {
    return node?.kind === 'list'
      ? node.items.map((item) => (item.kind === 'scalar' && item.value !== null ? item.source : yamlData(item)))
      : [];
  }

  #pattern(node: YamlNode, path: string, schema: Record<string, unknown>): void {
    const member = yamlMember(node, 'pattern');
    if (member?.kind !== 'scalar') return;
    const problem = patternProblem(member.source);
    if (problem)
      this.#error(
        'schema-pattern',
        member.position,
        `${path}.pattern ${JSON.stringify(member.source)} ${problem}.`,
        'Write a regular expression of ECMAScript.',
      );
    else schema.pattern = member.source;
  }

  #default(node: YamlNode, path: string, property: PropertySchema, schema: Record<string, unknown>): void {
    const entry = yamlEntry(node, 'default');
    if (!entry) return;
    const value = defaultOf(entry.value, property.type);
    schema.default = value;
    const found = typeOf(value);
    const fits =
      property.type === undefined ||
      found === property.type ||
      (property.type === 'number' && found === 'integer') ||
      (property.nullable === true && value === null);
    if (!fits) {
      this.#error(
        'schema-default-type',
        entry.value.position,
        `The default of ${path} is ${JSON.stringify(value)}, a ${found}; the type is ${property.type}.`,
        'Give a default of the type, or correct the type.',
      );
      return;
    }
    const problem = valueProblem(property, entry.value);
    if (problem)
      this.#warning(
        'schema-default-value',
        entry.value.position,
        `The default of ${path} breaks the schema's own rules: ${problem}`,
        'Correct the default or the rule.',
      );
  }
}

/** A text is the characters that were written, of a number too. */
function defaultOf(node: YamlNode, type: PropertySchema['type']): unknown {
  if (node.kind !== 'scalar') return yamlData(node);
  if (type === 'string' && node.value !== null && typeof node.value !== 'boolean') return node.source;
  return type === 'boolean' ? (yamlBoolean(node) ?? node.value) : node.value;
}

export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

/** Why a pattern cannot be used; undefined when it can. A slow one is stopped where it is matched: match-pattern.ts. */
function patternProblem(pattern: string): string | undefined {
  if (pattern.length > patternLengthMax) return `is longer than ${patternLengthMax} characters`;
  try {
    compilePattern(pattern);
    return undefined;
  } catch (error) {
    return `is not a regular expression: ${(error as Error).message}`;
  }
}

function camelCase(key: string): string {
  return key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** An object of which nothing is declared may hold anything, as OpenAPI has it; the inputs as a whole may not. */
function isFreeForm(schema: PropertySchema, depth: number): boolean {
  const { type, properties, additionalProperties, allOf, anyOf, oneOf } = schema;
  return (
    depth > 0 && type === 'object' && !(properties ?? allOf ?? anyOf ?? oneOf) && additionalProperties === undefined
  );
}
