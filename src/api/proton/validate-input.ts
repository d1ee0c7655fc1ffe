import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { OperationInputs, OperationName } from './generated/types.ts';
import {
  type ApiModel,
  apiModel,
  type IntegerShape,
  type ListShape,
  type Shape,
  type StringShape,
  type StructureShape,
  shapeOf,
} from './model/api-model.ts';

/** The wire type is wrong, e.g. a number where a string belongs: nothing was looked at behind it. */
export type SerializationRefusal = Refusal<'WrongType'>;
/** Types are right, but constraints are not: all violations at once. */
export type ConstraintRefusal = Refusal<'ConstraintViolated'>;

interface Violation {
  readonly path: string;
  readonly constraint: string;
}

/** Reads one value of the wire into its form for handlers, and collects the constraints that it violates. */
type Reader = (value: unknown, path: string, violations: Violation[]) => unknown;

/** Leaves the readers through one door, so that they need not pass it on; never seen outside this file. */
class WrongType extends Error {}

const violationsShownMax = 20;

/**
 * Reads an operation's input by the API model. Members that the model does not know are ignored, null is absent.
 * @refuses WrongType at the first value of a wrong JSON type, ConstraintViolated with every violation
 */
export function validateInput<Name extends OperationName>(
  operation: Name,
  body: Readonly<Record<string, unknown>>,
): Result<OperationInputs[Name], SerializationRefusal | ConstraintRefusal> {
  const violations: Violation[] = [];
  try {
    const input = inputReader(operation)(body, '', violations);
    return violations.length === 0 ? accept(input as OperationInputs[Name]) : constraintsViolated(violations);
  } catch (error) {
    if (!(error instanceof WrongType)) throw error;
    const remedy = "Send the type that the operation's reference names.";
    return refuse({ kind: 'invalid', code: 'WrongType', message: error.message, remedy });
  }
}

/** AWS's form: `2 validation errors detected: Value at 'name' failed to satisfy constraint: ...; Value at ...` */
function constraintsViolated(violations: readonly Violation[]) {
  const count = `${violations.length} validation error${violations.length === 1 ? '' : 's'} detected`;
  const shown = violations
    .slice(0, violationsShownMax)
    .map(({ path, constraint }) => `Value at '${path}' failed to satisfy constraint: ${constraint}`);
  if (violations.length > shown.length) shown.push(`and ${violations.length - shown.length} more`);
  const message = `${count}: ${shown.join('; ')}`;
  return refuse({ kind: 'invalid', code: 'ConstraintViolated', message, remedy: '' });
}

const readers = new Map<OperationName, Reader>();

/** Compiled at the first call of an operation. */
function inputReader(operation: OperationName): Reader {
  const known = readers.get(operation);
  if (known) return known;
  const reader = compile(apiModel, apiModel.operations[operation]!.input.shape);
  readers.set(operation, reader);
  return reader;
}

function compile(model: ApiModel, name: string): Reader {
  const shape: Shape = shapeOf(model, name);
  switch (shape.type) {
    case 'structure':
      return structureReader(model, shape);
    case 'list':
      return listReader(model, shape);
    case 'string':
      return stringReader(shape);
    case 'integer':
      return integerReader(shape);
    case 'boolean':
      return (value, path) => (typeof value === 'boolean' ? value : wrongType(value, 'Boolean', path));
    case 'timestamp':
      return timestampReader;
  }
}

function structureReader(model: ApiModel, shape: StructureShape): Reader {
  const members = Object.entries(shape.members).map(([name, { shape }]) => ({ name, read: compile(model, shape) }));
  const required = new Set(shape.required);
  return (value, path, violations) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrongType(value, 'structure', path);
    const given = value as Readonly<Record<string, unknown>>;
    const result: Record<string, unknown> = {};
    for (const { name, read } of members) {
      const memberPath = path ? `${path}.${name}` : name;
      const member = Object.hasOwn(given, name) ? given[name] : undefined;
      if (member !== undefined && member !== null) result[name] = read(member, memberPath, violations);
      else if (required.has(name)) violations.push({ path: memberPath, constraint: 'Member must not be null' });
    }
    if (shape.union && Object.keys(result).length !== 1) {
      const names = Object.keys(shape.members).join(', ');
      violations.push({ path, constraint: `Member must have exactly one of the members: [${names}]` });
    }
    return result;
  };
}

function listReader(model: ApiModel, shape: ListShape): Reader {
  const read = compile(model, shape.member.shape);
  return (value, path, violations) => {
    if (!Array.isArray(value)) return wrongType(value, 'list', path);
    checkBounds(value.length, shape, 'length', path, violations);
    // A list far too long is not read through: it is refused anyway, and its length alone is the answer.
    if (value.length > (shape.max ?? listReadMax)) return [];
    return value.map((item, index) => {
      const itemPath = `${path}.${index + 1}.member`;
      if (item !== null) return read(item, itemPath, violations);
      violations.push({ path: itemPath, constraint: 'Member must not be null' });
      return undefined;
    });
  };
}

/** For lists without a limit of their own; more than any filter needs. */
const listReadMax = 1000;

function stringReader(shape: StringShape): Reader {
  const pattern = shape.pattern === undefined ? undefined : new RegExp(shape.pattern);
  return (value, path, violations) => {
    if (typeof value !== 'string') return wrongType(value, 'String', path);
    const tooLong = checkBounds(characterCount(value), shape, 'length', path, violations);
    const violate = (constraint: string) => violations.push({ path, constraint });
    if (shape.enum && !shape.enum.includes(value)) {
      violate(`Member must satisfy enum value set: [${shape.enum.join(', ')}]`);
    }
    // Some patterns take very long on very long text; of text that is too long its length is enough to say.
    if (pattern && !tooLong && !pattern.test(value)) {
      violate(`Member must satisfy regular expression pattern: ${shape.pattern}`);
    }
    if (value.includes('\0')) violate('Member must not contain the character U+0000');
    return value;
  };
}

/** Characters as people count them: a pair of surrogates is one. */
function characterCount(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

function integerReader(shape: IntegerShape): Reader {
  return (value, path, violations) => {
    if (typeof value !== 'number') return wrongType(value, 'Integer', path);
    if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31) return wrongType(value, '32-bit Integer', path);
    checkBounds(value, shape, 'value', path, violations);
    return value;
  };
}

/** Epoch seconds, with a fraction. */
function timestampReader(value: unknown, path: string): Date {
  if (typeof value !== 'number') return wrongType(value, 'Timestamp', path);
  const date = new Date(value * 1000);
  return Number.isNaN(date.getTime()) ? wrongType(value, 'Timestamp', path) : date;
}

/** @returns true when the value lies above the upper bound */
function checkBounds(
  value: number,
  { min, max }: { readonly min?: number; readonly max?: number },
  what: 'length' | 'value',
  path: string,
  violations: Violation[],
): boolean {
  if (min !== undefined && value < min) {
    violations.push({ path, constraint: `Member must have ${what} greater than or equal to ${min}` });
  }
  if (max === undefined || value <= max) return false;
  violations.push({ path, constraint: `Member must have ${what} less than or equal to ${max}` });
  return true;
}

function wrongType(value: unknown, wanted: string, path: string): never {
  const where = path ? ` at '${path}'` : '';
  throw new WrongType(`${wireType(value)} can not be converted to ${wanted}${where}`);
}

function wireType(value: unknown): string {
  if (Array.isArray(value)) return 'START_ARRAY';
  switch (typeof value) {
    case 'string':
      return 'STRING_VALUE';
    case 'number':
      return 'NUMBER_VALUE';
    case 'boolean':
      return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
    default:
      return 'START_OBJECT';
  }
}
