import { type ASTNode, Environment, EvaluationError, ParseError, TypeError as TypeProblem } from '@marcbachmann/cel-js';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { nearestName } from '../identifiers/index.ts';
import type { Pointer } from './json-pointer.ts';
import type { PropertySchema } from './property-schema.ts';

/** What an expression sees, and nothing else. */
export interface ExpressionSight {
  /** Before the step, with the defaults of the old schema, without secrets. */
  readonly input: unknown;
  readonly instance: { readonly name: string; readonly environment: string; readonly service: string };
  readonly env: { readonly name: string; readonly outputs: Readonly<Record<string, string>> };
}

/** An expression of an upgrade step. It ends, and gives the same for the same inputs everywhere: decisions/0014. */
export interface UpgradeExpression {
  readonly text: string;
  /** The inputs that it reads, outermost first; not those whose presence it only asks for with `has`. */
  readonly reads: readonly Pointer[];
  /** It reads the inputs as a whole, or by a name that it works out. */
  readonly readsAll: boolean;
  /** CEL's name for what it gives, e.g. `int` or `list<string>`; `dyn` where only the inputs decide. */
  readonly type: string;
  /**
   * @param schema of `input`: tells a number that may have a fraction from a whole one
   * @refuses expression-failed for what cannot be worked out from these inputs, expression-too-costly
   */
  evaluate(sight: ExpressionSight, schema?: PropertySchema): Result<unknown, ExpressionRefusal>;
}

export type ExpressionRefusal = Refusal<'expression-failed' | 'expression-too-costly'>;

/** Why a text is no expression. */
export interface ExpressionProblem {
  readonly message: string;
  readonly remedy: string;
}

const macros = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const functions = new Set(['int', 'double', 'string', 'bool', 'size', 'type', 'dyn', 'has']);
const methods = new Set([
  ...macros,
  ...['startsWith', 'endsWith', 'contains', 'lowerAscii', 'upperAscii', 'trim'],
  ...['indexOf', 'lastIndexOf', 'substring', 'split', 'join', 'size'],
]);
const lengthMax = 2_000;
/** Nodes visited and characters made; a simple expression on usual inputs takes some hundreds. */
const costMax = 10_000_000;

const environment = new Environment({
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 500, maxDepth: 30, maxListElements: 200, maxMapEntries: 200, maxCallArguments: 8 },
})
  .registerVariable('input', 'map')
  .registerVariable('instance', 'map')
  .registerVariable('env', 'map');

export function compileExpression(
  text: string,
):
  | { readonly ok: true; readonly value: UpgradeExpression }
  | { readonly ok: false; readonly problem: ExpressionProblem } {
  const no = (message: string, remedy: string) => ({ ok: false as const, problem: { message, remedy } });
  if (text.length > lengthMax)
    return no(`The expression has ${text.length} characters; at most ${lengthMax} are taken.`, 'Split it into steps.');
  try {
    const parsed = environment.parse(text);
    const forbidden = forbiddenIn(parsed.ast);
    if (forbidden) return no(forbidden.message, forbidden.remedy);
    const reads = new Reads();
    reads.visit(parsed.ast, new Set());
    const { ast } = parsed;
    const checked = parsed.check();
    if (!checked.valid) throw checked.error;
    return {
      ok: true,
      value: {
        text,
        reads: reads.pointers,
        readsAll: reads.all,
        type: checked.type ?? 'dyn',
        evaluate: (sight, schema) => evaluate(text, ast, parsed, sight, schema),
      },
    };
  } catch (error) {
    if (!(error instanceof ParseError || error instanceof TypeProblem || error instanceof EvaluationError)) throw error;
    const column = (error.range?.start ?? 0) + 1;
    return no(
      `The expression ${JSON.stringify(text)} is no CEL at its character ${column}: ${error.summary}.`,
      'Correct it; it may read input, instance and env.',
    );
  }
}

function evaluate(
  text: string,
  ast: ASTNode,
  run: (context: Record<string, unknown>) => unknown,
  sight: ExpressionSight,
  schema: PropertySchema | undefined,
): Result<unknown, ExpressionRefusal> {
  const context = {
    input: celValue(sight.input, schema),
    instance: celValue(sight.instance),
    env: celValue(sight.env),
  };
  const { cost } = new CostBound(context).of(ast, new Map());
  if (cost > costMax) {
    return refuse({
      kind: 'limit',
      code: 'expression-too-costly',
      message: `The expression ${JSON.stringify(text)} could take ${cost} steps on these inputs; at most ${costMax} are taken.`,
      remedy: 'The author of the template writes it without lists inside of lists.',
    });
  }
  try {
    return accept(plainValue(run(context)));
  } catch (error) {
    const why = error instanceof EvaluationError || error instanceof TypeProblem ? error.summary : undefined;
    if (why === undefined && !(error instanceof RangeError)) throw error;
    return refuse({
      kind: 'invalid',
      code: 'expression-failed',
      message: `The expression ${JSON.stringify(text)} gives no value: ${why ?? (error as Error).message}.`,
      remedy: 'Give the input by hand; the author of the template can make the expression fit these inputs.',
    });
  }
}

/** Numbers as CEL's int or double, by the schema where it speaks of them. */
function celValue(value: unknown, schema?: PropertySchema): unknown {
  if (typeof value === 'number') return Number.isInteger(value) && schema?.type !== 'number' ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((each) => celValue(each, schema?.items));
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value).map(([key, member]): [string, unknown] => {
    const { properties = {}, additionalProperties } = schema ?? {};
    const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
    return [
      key,
      celValue(member, own ?? (typeof additionalProperties === 'object' ? additionalProperties : undefined)),
    ];
  });
  return new Map(members);
}

/** What CEL gave, as data of inputs. Throws a RangeError for what no input can be. */
function plainValue(value: unknown): unknown {
  switch (typeof value) {
    case 'bigint': {
      if (BigInt.asIntN(54, value) !== value) throw new RangeError(`the number ${value} cannot be kept exactly`);
      return Number(value);
    }
    case 'number':
      if (!Number.isFinite(value)) throw new RangeError(`${value} is no number`);
      return value;
    case 'string':
    case 'boolean':
      return value;
    default:
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map(plainValue);
  const isMap = value instanceof Map;
  const entries = isMap ? [...value] : isPlain(value) ? Object.entries(value) : undefined;
  if (!entries) throw new RangeError('it is neither a text, a number, true or false, a list nor a map');
  const members: Record<string, unknown> = Object.create(null);
  for (const [key, member] of entries) members[String(key)] = plainValue(member);
  return members;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function childrenOf(node: ASTNode): ASTNode[] {
  switch (node.op) {
    case 'value':
    case 'id':
      return [];
    case '.':
    case '.?':
      return [node.args[0]];
    case 'call':
      return node.args[1];
    case 'rcall':
      return [node.args[1], ...node.args[2]];
    case 'list':
      return node.args;
    case 'map':
      return node.args.flat();
    case '!_':
    case '-_':
      return [node.args];
    default:
      return node.args;
  }
}

function forbiddenIn(node: ASTNode): ExpressionProblem | undefined {
  const called = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
  const offered = node.op === 'call' ? functions : methods;
  if (called !== undefined && !offered.has(called)) {
    const nearest = nearestName(called, [...offered]);
    return {
      message: `The expression calls ${called}, which upgrade steps do not have.`,
      remedy: nearest ? `Did you mean ${nearest}?` : `There are ${[...functions, ...methods].join(', ')}.`,
    };
  }
  if (
    node.op === 'value' &&
    node.args !== null &&
    !['string', 'number', 'bigint', 'boolean'].includes(typeof node.args)
  )
    return { message: 'The expression has bytes or an unsigned number.', remedy: 'Inputs are texts and numbers.' };
  for (const child of childrenOf(node)) {
    const found = forbiddenIn(child);
    if (found) return found;
  }
  return undefined;
}

/** The variable of `list.map(x, …)` and the like. */
function macroOf(node: ASTNode): { list: ASTNode; variable: string; body: ASTNode[] } | undefined {
  if (node.op !== 'rcall' || !macros.has(node.args[0])) return undefined;
  const [, list, [variable, ...body]] = node.args;
  return variable?.op === 'id' ? { list, variable: variable.args, body } : undefined;
}

/** `input.a["b"]` as a way into the inputs; undefined for what is read otherwise. */
function pathOf(node: ASTNode, bound: ReadonlySet<string>): Pointer | undefined {
  if (node.op === 'id') return node.args === 'input' && !bound.has('input') ? [] : undefined;
  if (node.op !== '.' && node.op !== '[]') return undefined;
  const before = pathOf(node.args[0], bound);
  const name = node.op === '.' ? node.args[1] : node.args[1].op === 'value' ? node.args[1].args : undefined;
  return before && (typeof name === 'string' || typeof name === 'bigint') ? [...before, String(name)] : undefined;
}

class Reads {
  readonly pointers: Pointer[] = [];
  all = false;

  visit(node: ASTNode, bound: ReadonlySet<string>): void {
    const path = pathOf(node, bound);
    if (path) {
      if (path.length === 0) this.all = true;
      else this.pointers.push(path);
      return;
    }
    if (node.op === 'call' && node.args[0] === 'has') return;
    const macro = macroOf(node);
    if (!macro) {
      for (const child of childrenOf(node)) this.visit(child, bound);
      return;
    }
    this.visit(macro.list, bound);
    for (const child of macro.body) this.visit(child, new Set([...bound, macro.variable]));
  }
}

interface Bound {
  readonly cost: number;
  /** Of the value: members, items and characters, all together. */
  readonly size: number;
  /** The value itself, where it is part of the inputs. */
  readonly value?: unknown;
}

/** What an expression can take at most on these inputs. Too high rather than too low; every branch counts. */
class CostBound {
  readonly #context: Readonly<Record<string, unknown>>;
  readonly #sizes = new WeakMap<object, number>();

  constructor(context: Readonly<Record<string, unknown>>) {
    this.#context = context;
  }

  of(node: ASTNode, variables: ReadonlyMap<string, number>): Bound {
    switch (node.op) {
      case 'value':
        return { cost: 1, size: this.#size(node.args) };
      case 'id': {
        const size = variables.get(node.args);
        if (size !== undefined) return { cost: 1, size };
        const value = this.#context[node.args];
        return { cost: 1, size: this.#size(value), value };
      }
      case '.':
      case '.?':
      case '[]':
      case '[?]':
        return this.#member(node, variables);
      default:
    }
    const macro = macroOf(node);
    if (macro) {
      const list = this.of(macro.list, variables);
      const inner = new Map([...variables, [macro.variable, list.size]]);
      const body = macro.body.map((each) => this.of(each, inner));
      const each = sum(body, 'cost') + 1;
      const rounds = Array.isArray(list.value) ? list.value.length : list.size;
      return { cost: list.cost + rounds * each, size: list.size + rounds * sum(body, 'size') };
    }
    const children = childrenOf(node).map((child) => this.of(child, variables));
    const [list, separator] = children;
    const joined = node.op === 'rcall' && node.args[0] === 'join' ? (list?.size ?? 0) * (separator?.size ?? 1) : 0;
    const size = 32 + joined + sum(children, 'size');
    return { cost: sum(children, 'cost') + size, size };
  }

  #member(node: ASTNode & { op: '.' | '.?' | '[]' | '[?]' }, variables: ReadonlyMap<string, number>): Bound {
    const object = this.of(node.args[0], variables);
    const [, name] = node.args;
    const index = typeof name === 'string' ? undefined : this.of(name, variables);
    const literal = typeof name === 'string' ? name : name.op === 'value' ? name.args : undefined;
    const cost = object.cost + (index?.cost ?? 0) + 1;
    const { value } = object;
    const member =
      value instanceof Map
        ? value.get(literal)
        : Array.isArray(value) && literal !== undefined
          ? value[Number(literal)]
          : undefined;
    return member === undefined ? { cost, size: object.size } : { cost, size: this.#size(member), value: member };
  }

  #size(value: unknown): number {
    if (typeof value === 'string') return value.length + 1;
    if (typeof value !== 'object' || value === null) return 1;
    const known = this.#sizes.get(value);
    if (known !== undefined) return known;
    const members = value instanceof Map ? [...value].flat() : Object.values(value);
    const size = members.reduce<number>((total, member) => total + this.#size(member), 1);
    this.#sizes.set(value, size);
    return size;
  }
}

function sum(bounds: readonly Bound[], key: 'cost' | 'size'): number {
  return bounds.reduce((total, bound) => total + bound[key], 0);
}
