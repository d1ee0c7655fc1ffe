import { accept, placeOf, type Refusal, type Result, type SourcePosition } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import {
  describeYaml,
  type YamlMap,
  type YamlNode,
  yamlBoolean,
  yamlData,
  yamlFromData,
} from '../yaml-source/index.ts';
import { PatternBudget } from './match-pattern.ts';
import type { PropertySchema } from './property-schema.ts';

/** One input that does not fit. */
export interface InputIssue {
  /** Dotted, e.g. `rules[0].port`; empty for the inputs as a whole. */
  readonly path: string;
  readonly message: string;
  readonly position: SourcePosition;
}

export type InputsRefusal = Refusal<'inputs-invalid'> & { readonly issues: readonly InputIssue[] };
export type Inputs = Readonly<Record<string, unknown>>;

/**
 * Fills in the schema's defaults and checks every input. Optional inputs that were not given stay absent.
 * A text input keeps the characters that were written, even where YAML reads a number: `012345670123`.
 * @param given a map of inputs; undefined means none
 * @refuses inputs-invalid with every violation: its path, what was found and what was expected
 */
export function resolveInputs(
  schema: PropertySchema,
  given: YamlNode | undefined,
  position: SourcePosition,
): Result<Inputs, InputsRefusal> {
  const resolver = new InputResolver();
  const nothing: YamlMap = { kind: 'map', entries: [], position };
  const isEmpty = !given || (given.kind === 'scalar' && given.value === null);
  const value = resolver.resolve({ type: 'object', ...schema }, isEmpty ? nothing : given, '');
  const { issues } = resolver;
  if (issues.length === 0) return accept(value as Inputs);
  const lines = issues.map(({ path, message, position: at }) => `${placeOf(at)}: ${path || 'inputs'}: ${message}`);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'inputs-invalid',
      message: `The inputs do not fit the template's schema.\n${lines.join('\n')}`,
      remedy: 'Correct the named inputs in the spec.',
      position: issues[0]?.position,
      issues,
    },
  };
}

/** As resolveInputs, for inputs that were stored as data. */
export function resolveStoredInputs(schema: PropertySchema, given: unknown): Result<Inputs, InputsRefusal> {
  const position = { file: 'stored inputs', line: 1, column: 1 };
  return resolveInputs(schema, yamlFromData(given ?? {}, position), position);
}

/** The first thing that is wrong with one value, e.g. a default; undefined when it fits. */
export function valueProblem(schema: PropertySchema, node: YamlNode): string | undefined {
  const resolver = new InputResolver();
  resolver.resolve(schema, node, '');
  return resolver.issues[0]?.message;
}

/** How many alternatives (anyOf, oneOf) are tried for one set of inputs: a schema can multiply them without end. */
const attemptsMax = 5_000;

class InputResolver {
  issues: InputIssue[] = [];
  readonly #patterns = new PatternBudget();
  #attempts = 0;
  /** How many secret schemas the value at hand lies in; what is found there is not told. */
  #secretDepth = 0;

  resolve(schema: PropertySchema, node: YamlNode, path: string): unknown {
    const members = membersOf(schema);
    const secretDepth = members.some(({ sensitive }) => sensitive) ? 1 : 0;
    this.#secretDepth += secretDepth;
    const value = this.#resolveMembers(members, node, path);
    this.#secretDepth -= secretDepth;
    return value;
  }

  #resolveMembers(members: readonly PropertySchema[], node: YamlNode, path: string): unknown {
    if (isNull(node) && members.some(({ nullable }) => nullable) && members.every(allowsNull)) return null;
    const choice = members.find(({ oneOf, anyOf }) => oneOf ?? anyOf);
    if (choice) return this.#choose(members, choice, node, path);
    const value = this.#typed(merged(members), node, path);
    if (value === undefined) return undefined;
    for (const member of members) {
      this.#check(member, value, node, path);
      if (member.not && this.#attempt(member.not, node, path).issues.length === 0)
        this.#say(node, path, 'has a form that the schema rules out (not).');
    }
    return value;
  }

  #say(node: YamlNode, path: string, message: string): void {
    this.issues.push({ path, message, position: node.position });
  }

  #shown(text: string): string {
    return this.#secretDepth > 0 ? 'a secret value' : text;
  }

  /** Each alternative together with all that holds besides; the inputs are what the first one that fits makes of them. */
  #choose(members: readonly PropertySchema[], choice: PropertySchema, node: YamlNode, path: string): unknown {
    const { oneOf, anyOf, ...rest } = choice;
    const alternatives = oneOf ?? anyOf ?? [];
    const besides = members.filter((member) => member !== choice);
    const kept: PropertySchema = oneOf && anyOf ? { ...rest, anyOf } : rest;
    const names = alternatives.flatMap((each) => Object.keys(merged(membersOf(each)).properties ?? {}));
    const siblings = { properties: Object.fromEntries(names.map((name) => [name, {}])) };
    const tried = alternatives.map((each) => this.#attempt({ allOf: [...besides, kept, each, siblings] }, node, path));
    const fitting = tried.filter(({ issues }) => issues.length === 0);
    const [first] = fitting;
    if (first && (fitting.length === 1 || !oneOf)) return first.value;
    if (first) {
      const count = `${fitting.length} of the ${alternatives.length}`;
      this.#say(node, path, `fits ${count} alternatives, expected exactly one (oneOf).`);
      return undefined;
    }
    this.#say(node, path, `fits none of the ${alternatives.length} alternatives (${oneOf ? 'oneOf' : 'anyOf'}).`);
    const [nearest] = tried.toSorted((left, right) => left.issues.length - right.issues.length);
    this.issues.push(...(nearest?.issues ?? []));
    return undefined;
  }

  #attempt(schema: PropertySchema, node: YamlNode, path: string): { value: unknown; issues: readonly InputIssue[] } {
    const before = this.issues;
    this.issues = [];
    this.#attempts += 1;
    if (this.#attempts > attemptsMax) this.#say(node, path, "the schema's alternatives are too many to be tried.");
    const value = this.#attempts > attemptsMax ? undefined : this.resolve(schema, node, path);
    const { issues } = this;
    this.issues = before;
    return { value, issues };
  }

  #typed(schema: PropertySchema, node: YamlNode, path: string): unknown {
    const wrong = () => {
      this.#say(
        node,
        path,
        `found ${this.#shown(describeYaml(node))}, expected ${article(schema.type ?? 'value')}.${advice(schema, node)}`,
      );
      return undefined;
    };
    switch (schema.type) {
      case 'string':
        if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') return wrong();
        return node.source;
      case 'boolean':
        return (node.kind === 'scalar' ? yamlBoolean(node) : undefined) ?? wrong();
      case 'number':
      case 'integer': {
        if (node.kind !== 'scalar' || typeof node.value !== 'number') return wrong();
        if (schema.type === 'integer' && !Number.isInteger(node.value)) return wrong();
        if (!Number.isFinite(node.value) || (Number.isInteger(node.value) && !Number.isSafeInteger(node.value))) {
          this.#say(
            node,
            path,
            `the number ${this.#secretDepth > 0 ? '' : `${node.source} `}cannot be kept exactly; at most ${Number.MAX_SAFE_INTEGER}.`,
          );
          return undefined;
        }
        return node.value;
      }
      case 'array': {
        if (node.kind !== 'list') return wrong();
        const { items } = schema;
        return node.items.map((item, index) =>
          items ? this.resolve(items, item, `${path}[${index}]`) : yamlData(item),
        );
      }
      case 'object':
        return node.kind === 'map' ? this.#object(schema, node, path) : wrong();
      default:
        return node.kind === 'map' && schema.properties ? this.#object(schema, node, path) : yamlData(node);
    }
  }

  #object(schema: PropertySchema, node: YamlMap, path: string): Record<string, unknown> {
    const properties = schema.properties ?? {};
    const at = (name: string) => (path ? `${path}.${name}` : name);
    const resolved: Record<string, unknown> = {};
    const given = new Map(node.entries.map((entry) => [entry.key, entry]));
    for (const [name, property] of Object.entries(properties)) {
      const entry = given.get(name);
      const preset = membersOf(property).find((member) => 'default' in member);
      if (entry) resolved[name] = this.resolve(property, entry.value, at(name));
      else if (preset) resolved[name] = structuredClone(preset.default);
      else if (schema.required?.includes(name)) this.#say(node, at(name), 'is required and was not given.');
    }
    for (const { key, keyPosition, value } of node.entries) {
      if (Object.hasOwn(properties, key)) continue;
      const additional = schema.additionalProperties;
      if (additional === true) resolved[key] = yamlData(value);
      else if (additional) resolved[key] = this.resolve(additional, value, at(key));
      else {
        const nearest = nearestName(key, Object.keys(properties));
        const meant = nearest ? ` Did you mean ${nearest}?` : '';
        this.issues.push({
          path: at(key),
          message: `is not an input of this template.${meant}`,
          position: keyPosition,
        });
      }
    }
    return resolved;
  }

  #check(schema: PropertySchema, value: unknown, node: YamlNode, path: string): void {
    const say = (message: string) => this.#say(node, path, message);
    if (schema.enum && !schema.enum.some((each) => JSON.stringify(each) === JSON.stringify(value)))
      say(
        `found ${this.#shown(shown(value))}, expected one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}.`,
      );
    if (typeof value === 'number') checkNumber(schema, value, this.#shown(String(value)), say);
    if (typeof value === 'string') this.#checkText(schema, value, say);
    if (Array.isArray(value)) checkList(schema, value, say);
    else if (typeof value === 'object' && value !== null) {
      const count = Object.keys(value).length;
      if (schema.minProperties !== undefined && count < schema.minProperties)
        say(`found ${count} members, expected at least ${schema.minProperties}.`);
      if (schema.maxProperties !== undefined && count > schema.maxProperties)
        say(`found ${count} members, expected at most ${schema.maxProperties}.`);
    }
  }

  #checkText({ minLength, maxLength, pattern }: PropertySchema, value: string, say: (message: string) => void): void {
    const length = Array.from(value).length;
    if (minLength !== undefined && length < minLength)
      say(`found ${length} characters, expected at least ${minLength}.`);
    if (maxLength !== undefined && length > maxLength)
      say(`found ${length} characters, expected at most ${maxLength}.`);
    if (pattern === undefined) return;
    const matches = this.#patterns.matches(pattern, value);
    if (matches === 'stopped')
      say(
        `comparing ${this.#shown(shown(value))} with the pattern ${pattern} takes too long; the template's author can simplify it.`,
      );
    else if (!matches) say(`found ${this.#shown(shown(value))}, expected a text that matches ${pattern}.`);
  }
}

function isNull(node: YamlNode): boolean {
  return node.kind === 'scalar' && node.value === null;
}

function allowsNull({ nullable, type }: PropertySchema): boolean {
  return nullable === true || type === undefined;
}

/** A schema and all that it is composed of by allOf. */
function membersOf({ allOf, ...own }: PropertySchema): PropertySchema[] {
  return [own, ...(allOf ?? []).flatMap(membersOf)];
}

/** What a value is, by all members of a composition together; what it must fulfil is asked of each one. */
function merged(members: readonly PropertySchema[]): PropertySchema {
  const [only] = members;
  if (only && members.length === 1) return only;
  const properties = new Map<string, PropertySchema[]>();
  for (const member of members)
    for (const [name, property] of Object.entries(member.properties ?? {}))
      properties.set(name, [...(properties.get(name) ?? []), property]);
  const additional = members.flatMap(({ additionalProperties }) => additionalProperties ?? []);
  const items = members.flatMap((member) => member.items ?? []);
  return {
    type: members.find(({ type }) => type !== undefined)?.type,
    ...(properties.size > 0
      ? { properties: Object.fromEntries([...properties].map(([name, all]) => [name, allOf(all)])) }
      : {}),
    required: members.flatMap(({ required }) => required ?? []),
    ...(items.length > 0 ? { items: allOf(items) } : {}),
    additionalProperties: additional.includes(false) ? false : additional[0],
  };
}

function allOf(schemas: readonly PropertySchema[]): PropertySchema {
  const [only] = schemas;
  return only && schemas.length === 1 ? only : { allOf: schemas };
}

function checkNumber(schema: PropertySchema, value: number, found: string, say: (message: string) => void): void {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
    say(`found ${found}, expected ${exclusiveMinimum ? 'more than' : 'at least'} ${minimum}.`);
  if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
    say(`found ${found}, expected ${exclusiveMaximum ? 'less than' : 'at most'} ${maximum}.`);
  if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
    say(`found ${found}, expected a multiple of ${multipleOf}.`);
}

function checkList(schema: PropertySchema, value: readonly unknown[], say: (message: string) => void): void {
  if (schema.minItems !== undefined && value.length < schema.minItems)
    say(`found ${value.length} items, expected at least ${schema.minItems}.`);
  if (schema.maxItems !== undefined && value.length > schema.maxItems)
    say(`found ${value.length} items, expected at most ${schema.maxItems}.`);
  if (schema.uniqueItems && new Set(value.map((each) => JSON.stringify(each))).size < value.length)
    say('has an item twice.');
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function advice({ type }: PropertySchema, node: YamlNode): string {
  if (node.kind !== 'scalar') return '';
  if (type === 'string') return ' Put it in quotes.';
  return node.quoted && (type === 'integer' || type === 'number' || type === 'boolean') ? ' Leave out the quotes.' : '';
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
