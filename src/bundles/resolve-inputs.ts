import { accept, type Refusal, type Result, type SourcePosition } from '../errors/index.ts';
import { nearestName } from '../jinja/index.ts';
import { describeYaml, type YamlMap, type YamlNode, yamlData, yamlFromData } from '../yaml-source/index.ts';
import { matchesPattern } from './match-pattern.ts';
import type { PropertySchema } from './parameter-schema.ts';

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
  const issues: InputIssue[] = [];
  const nothing: YamlMap = { kind: 'map', entries: [], position };
  const isEmpty = !given || (given.kind === 'scalar' && given.value === null);
  const value = resolveValue({ type: 'object', ...schema }, isEmpty ? nothing : given, '', issues);
  if (issues.length === 0) return accept(value as Inputs);
  const lines = issues.map(
    ({ path, message, position: at }) => `${at.file}:${at.line}:${at.column}: ${path || 'inputs'}: ${message}`,
  );
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

function resolveValue(schema: PropertySchema, node: YamlNode, path: string, issues: InputIssue[]): unknown {
  const say = (message: string) => {
    issues.push({ path, message, position: node.position });
  };
  if (node.kind === 'scalar' && node.value === null && schema.nullable) return null;
  const value = typedValue(schema, node, path, issues, say);
  if (value === undefined) return undefined;
  checkValue(schema, value, say);
  checkCombinations(schema, node, path, issues, say);
  return value;
}

function typedValue(
  schema: PropertySchema,
  node: YamlNode,
  path: string,
  issues: InputIssue[],
  say: (message: string) => void,
): unknown {
  const wrong = () => {
    const advice = schema.type === 'string' && node.kind === 'scalar' ? ' Put it in quotes.' : '';
    say(`found ${describeYaml(node)}, expected ${article(schema.type ?? 'value')}.${advice}`);
    return undefined;
  };
  switch (schema.type) {
    case 'string':
      if (node.kind !== 'scalar' || node.value === null || typeof node.value === 'boolean') return wrong();
      return node.source;
    case 'boolean':
      return node.kind === 'scalar' && typeof node.value === 'boolean' ? node.value : wrong();
    case 'number':
    case 'integer': {
      if (node.kind !== 'scalar' || typeof node.value !== 'number') return wrong();
      if (schema.type === 'integer' && !Number.isInteger(node.value)) return wrong();
      if (!Number.isFinite(node.value) || (Number.isInteger(node.value) && !Number.isSafeInteger(node.value))) {
        say(`the number ${node.source} cannot be kept exactly; at most ${Number.MAX_SAFE_INTEGER}.`);
        return undefined;
      }
      return node.value;
    }
    case 'array':
      if (node.kind !== 'list') return wrong();
      return node.items.map((item, index) =>
        schema.items ? resolveValue(schema.items, item, `${path}[${index}]`, issues) : yamlData(item),
      );
    case 'object':
      return node.kind === 'map' ? resolveObject(schema, node, path, issues) : wrong();
    default:
      return node.kind === 'map' && schema.properties ? resolveObject(schema, node, path, issues) : yamlData(node);
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function resolveObject(
  schema: PropertySchema,
  node: YamlMap,
  path: string,
  issues: InputIssue[],
): Record<string, unknown> {
  const properties = schema.properties ?? {};
  const at = (name: string) => (path ? `${path}.${name}` : name);
  const resolved: Record<string, unknown> = {};
  const given = new Map(node.entries.map((entry) => [entry.key, entry]));
  for (const [name, property] of Object.entries(properties)) {
    const entry = given.get(name);
    if (entry) resolved[name] = resolveValue(property, entry.value, at(name), issues);
    else if ('default' in property) resolved[name] = structuredClone(property.default);
    else if (schema.required?.includes(name)) {
      issues.push({ path: at(name), message: 'is required and was not given.', position: node.position });
    }
  }
  for (const { key, keyPosition, value } of node.entries) {
    if (Object.hasOwn(properties, key)) continue;
    const additional = schema.additionalProperties;
    if (additional === true || isCombined(schema)) resolved[key] = yamlData(value);
    else if (additional) resolved[key] = resolveValue(additional, value, at(key), issues);
    else {
      const nearest = nearestName(key, Object.keys(properties));
      const meant = nearest ? ` Did you mean ${nearest}?` : '';
      issues.push({ path: at(key), message: `is not an input of this template.${meant}`, position: keyPosition });
    }
  }
  return resolved;
}

/** Objects described by several schemas: what belongs to which is decided by these. */
function isCombined(schema: PropertySchema): boolean {
  return schema.additionalProperties !== false && Boolean(schema.allOf ?? schema.anyOf ?? schema.oneOf);
}

function checkValue(schema: PropertySchema, value: unknown, say: (message: string) => void): void {
  if (schema.enum && !schema.enum.some((each) => JSON.stringify(each) === JSON.stringify(value))) {
    say(`found ${shown(value)}, expected one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}.`);
  }
  if (typeof value === 'number') {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
    if (minimum !== undefined && (exclusiveMinimum ? value <= minimum : value < minimum))
      say(`found ${value}, expected ${exclusiveMinimum ? 'more than' : 'at least'} ${minimum}.`);
    if (maximum !== undefined && (exclusiveMaximum ? value >= maximum : value > maximum))
      say(`found ${value}, expected ${exclusiveMaximum ? 'less than' : 'at most'} ${maximum}.`);
    if (multipleOf !== undefined && Math.abs(value / multipleOf - Math.round(value / multipleOf)) > 1e-9)
      say(`found ${value}, expected a multiple of ${multipleOf}.`);
  }
  if (typeof value === 'string') {
    const length = Array.from(value).length;
    if (schema.minLength !== undefined && length < schema.minLength)
      say(`found ${length} characters, expected at least ${schema.minLength}.`);
    if (schema.maxLength !== undefined && length > schema.maxLength)
      say(`found ${length} characters, expected at most ${schema.maxLength}.`);
    if (schema.pattern !== undefined && !matchesPattern(schema.pattern, value))
      say(`found ${shown(value)}, expected a text that matches ${schema.pattern}.`);
  }
  if (Array.isArray(value)) {
    if (schema.minItems !== undefined && value.length < schema.minItems)
      say(`found ${value.length} items, expected at least ${schema.minItems}.`);
    if (schema.maxItems !== undefined && value.length > schema.maxItems)
      say(`found ${value.length} items, expected at most ${schema.maxItems}.`);
    if (schema.uniqueItems && new Set(value.map((each) => JSON.stringify(each))).size < value.length)
      say('has an item twice.');
  }
}

function checkCombinations(
  schema: PropertySchema,
  node: YamlNode,
  path: string,
  issues: InputIssue[],
  say: (message: string) => void,
): void {
  const fits = (each: PropertySchema) => {
    const found: InputIssue[] = [];
    resolveValue(within(schema, each), node, path, found);
    return found;
  };
  for (const each of schema.allOf ?? []) issues.push(...fits(each));
  if (schema.anyOf?.every((each) => fits(each).length > 0))
    say(`fits none of the ${schema.anyOf.length} alternatives (anyOf).`);
  if (schema.oneOf) {
    const fitting = schema.oneOf.filter((each) => fits(each).length === 0).length;
    if (fitting !== 1)
      say(
        `fits ${fitting === 0 ? 'none' : fitting} of the ${schema.oneOf.length} alternatives, expected exactly one (oneOf).`,
      );
  }
  if (schema.not && fits(schema.not).length === 0) say('has a form that the schema rules out (not).');
}

/** An alternative sees the properties of the schema around it as known. */
function within(outer: PropertySchema, inner: PropertySchema): PropertySchema {
  if (!outer.properties && !inner.properties) return { ...(outer.type ? { type: outer.type } : {}), ...inner };
  return { type: 'object', ...inner, properties: { ...outer.properties, ...inner.properties } };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}...` : text;
}
