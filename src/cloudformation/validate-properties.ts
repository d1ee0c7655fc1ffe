import type { SourcePosition } from '../errors/index.ts';
import type { PropertySchema, PropertySchemas, PropertyType, ResourceSchema } from './resource-schema.ts';
import { isCustomResource, membersOf, resourceSchema } from './resource-schemas.ts';
import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isScalar,
  isUnknown,
  objectFrom,
  scalarText,
} from './template-value.ts';

/** One property that the published schema of its type does not allow. */
export interface PropertyProblem {
  readonly kind: 'unknown' | 'missing' | 'type';
  /** Names and list indexes from `Properties` on. */
  readonly path: readonly (string | number)[];
  /** As the service says it. */
  readonly message: string;
  readonly position?: SourcePosition;
}

/**
 * Compares the properties of a resource with its published schema: names, required members, types. What is unknown
 * yet is taken to be right; values such as enumerations are the service's own to judge. Custom resources and types
 * without a published schema have no problems.
 */
export function validateProperties(type: string, properties: EvaluatedObject): readonly PropertyProblem[] {
  const schema = isCustomResource(type) ? undefined : resourceSchema(type);
  if (!schema) return [];
  const problems: PropertyProblem[] = [];
  checkMembers({ schema, problems }, schema.properties, properties, []);
  return problems;
}

interface Checking {
  readonly schema: ResourceSchema;
  readonly problems: PropertyProblem[];
}
type Path = readonly (string | number)[];

function checkMembers(checking: Checking, members: PropertySchemas, value: EvaluatedObject, path: Path): void {
  for (const [name, member] of Object.entries(value)) {
    const schema = Object.hasOwn(members, name) ? members[name] : undefined;
    const memberPath = [...path, name];
    if (schema) checkValue(checking, schema, member, memberPath);
    else {
      const message = `Encountered unsupported property ${name}`;
      checking.problems.push({ kind: 'unknown', path: memberPath, message });
    }
  }
  for (const [name, { required }] of Object.entries(members)) {
    if (!required || value[name] !== undefined) continue;
    checking.problems.push({ kind: 'missing', path: [...path, name], message: `Property ${name} cannot be empty.` });
  }
}

function checkValue(checking: Checking, schema: PropertySchema, value: EvaluatedValue, path: Path): void {
  const types = [schema.type, ...(schema.formerly ?? [])];
  const attempts = types.flatMap(alternatives).map((type): readonly PropertyProblem[] => {
    const attempt: Checking = { schema: checking.schema, problems: [] };
    checkType(attempt, type, value, path);
    return attempt.problems;
  });
  if (attempts.some((problems) => problems.length === 0)) return;
  // The attempt that got deepest understood the value best; the published type comes first among equals.
  const best = attempts.toSorted((a, b) => deepest(b) - deepest(a))[0] ?? [];
  checking.problems.push(...best);
}

function deepest(problems: readonly PropertyProblem[]): number {
  return Math.max(...problems.map(({ kind, path }) => (kind === 'type' ? path.length : path.length - 0.5)));
}

function alternatives(type: PropertyType): readonly PropertyType[] {
  return typeof type === 'object' && 'any' in type ? type.any.flatMap(alternatives) : [type];
}

function checkType(checking: Checking, type: PropertyType, value: EvaluatedValue, path: Path): void {
  if (isUnknown(value)) return;
  const members = membersOf(checking.schema, type);
  if (members) {
    if (isEvaluatedObject(value)) checkMembers(checking, members, value, path);
    else refuseType(checking, path, 'must be an object');
  } else if (typeof type === 'string') {
    if (!isOfPrimitive(type, value)) refuseType(checking, path, `must be of type ${primitiveWords[type] ?? type}`);
  } else if ('list' in type) {
    const item = { type: type.list };
    if (!isEvaluatedList(value)) refuseType(checking, path, listWords(type.list));
    else for (const [index, member] of value.entries()) checkValue(checking, item, member, [...path, index]);
  } else if ('map' in type) {
    const item = { type: type.map };
    if (!isEvaluatedObject(value)) refuseType(checking, path, 'must be an object');
    else for (const [name, member] of Object.entries(value)) checkValue(checking, item, member, [...path, name]);
  }
}

function refuseType({ problems }: Checking, path: Path, rule: string): void {
  const name = path.findLast((step) => typeof step === 'string');
  problems.push({ kind: 'type', path, message: `Value of property ${name} ${rule}` });
}

const primitiveWords: Readonly<Record<string, string>> = {
  string: 'String',
  number: 'Number',
  integer: 'Integer',
  boolean: 'Boolean',
  'date-time': 'Timestamp',
};

function listWords(item: PropertyType): string {
  const word = typeof item === 'string' ? primitiveWords[item] : undefined;
  return word ? `must be of type List of ${word}` : 'must be a list';
}

/** The service turns texts, numbers and booleans into each other where the text allows it. */
function isOfPrimitive(type: string, value: EvaluatedValue): boolean {
  if (type === 'json' || type === 'null') return true;
  if (!isScalar(value)) return false;
  const text = scalarText(value);
  // A dynamic reference becomes what it must be when the service resolves it.
  if (text.includes('{{resolve:')) return true;
  switch (type) {
    case 'integer':
      return /^\s*[-+]?\d+(?:\.0*)?\s*$/.test(text);
    case 'number':
      return text.trim() !== '' && Number.isFinite(Number(text));
    case 'boolean':
      return /^(?:true|false)$/i.test(text);
    default:
      return true;
  }
}

/**
 * The same properties with every scalar in the type its schema gives it, so that `"365"` and `365`, `"true"` and
 * `true` are equal where the service makes no difference. What the schema does not know stays as it is.
 */
export function normaliseProperties(type: string, properties: EvaluatedObject): EvaluatedObject {
  const schema = isCustomResource(type) ? undefined : resourceSchema(type);
  return schema ? normaliseMembers(schema, schema.properties, properties) : properties;
}

function normaliseMembers(schema: ResourceSchema, members: PropertySchemas, value: EvaluatedObject): EvaluatedObject {
  return objectFrom(
    Object.entries(value).map(([name, member]): [string, EvaluatedValue] => {
      const known = Object.hasOwn(members, name) ? members[name] : undefined;
      return [name, known ? normaliseValue(schema, known.type, member) : member];
    }),
  );
}

function normaliseValue(schema: ResourceSchema, type: PropertyType, value: EvaluatedValue): EvaluatedValue {
  if (isUnknown(value)) return value;
  if (isScalar(value)) return typeof type === 'string' ? normaliseScalar(type, value) : value;
  if (isEvaluatedList(value)) {
    if (typeof type === 'string' || !('list' in type)) return value;
    return value.map((item) => normaliseValue(schema, type.list, item));
  }
  const members = membersOf(schema, type);
  if (members) return normaliseMembers(schema, members, value);
  if (typeof type === 'string' || !('map' in type)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, normaliseValue(schema, type.map, item)] as const);
  return objectFrom(entries);
}

function normaliseScalar(type: string, value: string | number | boolean): string | number | boolean {
  if (type === 'string' || type === 'date-time') return scalarText(value);
  if (!isOfPrimitive(type, value) || typeof value !== 'string' || value.includes('{{resolve:')) return value;
  if (type === 'integer' || type === 'number') return Number(value);
  return type === 'boolean' ? value.toLowerCase() === 'true' : value;
}
