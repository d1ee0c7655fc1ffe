import { attribute, item, slice } from './members.ts';
import { affirmed, arithmetic, compared, concatenated, negated } from './operators.ts';
import type { Rendering, Scope } from './rendering-state.ts';
import type { SourceText } from './source-text.ts';
import type { Arguments, Expression } from './syntax-tree.ts';
import {
  Callable,
  Dict,
  defined,
  fail,
  isText,
  iterate,
  type Keywords,
  Tuple,
  textOf,
  truthy,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

export type Evaluate = (scope: Scope) => Value;

/** Turns expressions into functions: the tree is walked once for a template, not once for each value. */
export function compileExpression(node: Expression, source: SourceText): Evaluate {
  const evaluate = compile(node, source);
  return (scope) => {
    scope.rendering.meter.step();
    return evaluate(scope);
  };
}

/** Notes where the evaluation is, before something that may fail. */
function at(rendering: Rendering, source: SourceText, offset: number): void {
  rendering.source = source;
  rendering.offset = offset;
}

function compile(node: Expression, source: SourceText): Evaluate {
  const inner = (child: Expression) => compileExpression(child, source);
  const { offset } = node;
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name':
    case 'attribute':
      return compilePath(node, source) ?? compileMember(node as Extract<Expression, { kind: 'attribute' }>, source);
    case 'item': {
      const path = compilePath(node, source);
      if (path) return path;
      const [owner, key] = [inner(node.owner), inner(node.key)];
      return (scope) => {
        const [from, by] = [owner(scope), key(scope)];
        at(scope.rendering, source, offset);
        return item(from, by, scope.rendering.meter);
      };
    }
    case 'slice': {
      const owner = inner(node.owner);
      const [start, stop, step] = [node.start, node.stop, node.step].map((part) => (part ? inner(part) : () => null));
      return (scope) => {
        const from = owner(scope);
        const bounds = [start, stop, step].map((part) => defined((part as Evaluate)(scope)));
        at(scope.rendering, source, offset);
        return slice(from, bounds[0] as Value, bounds[1] as Value, bounds[2] as Value, scope.rendering.meter);
      };
    }
    case 'list': {
      const items = node.items.map(inner);
      return (scope) => items.map((each) => each(scope));
    }
    case 'tuple': {
      const items = node.items.map(inner);
      return (scope) => new Tuple(items.map((each) => each(scope)));
    }
    case 'dict': {
      const entries = node.entries.map(([key, value]) => [inner(key), inner(value)] as const);
      return (scope) => Dict.from(entries.map(([key, value]) => [key(scope), value(scope)] as const));
    }
    case 'call': {
      const callee = inner(node.callee);
      const args = compileArguments(node.arguments, source);
      return (scope) => {
        const target = callee(scope);
        const given = args(scope);
        at(scope.rendering, source, offset);
        return callValue(target, given.positional, given.keywords, scope.rendering);
      };
    }
    case 'filter': {
      const target = inner(node.target);
      const args = compileArguments(node.arguments, source);
      const { name } = node;
      return (scope) => {
        const value = target(scope);
        const given = args(scope);
        at(scope.rendering, source, offset);
        return applyFilter(scope.rendering, name, value, given.positional, given.keywords);
      };
    }
    case 'test': {
      const target = inner(node.target);
      const args = compileArguments(node.arguments, source);
      const { name, negated: isNegated } = node;
      return (scope) => {
        const value = target(scope);
        const given = args(scope);
        at(scope.rendering, source, offset);
        return applyTest(scope.rendering, name, value, given.positional, given.keywords) !== isNegated;
      };
    }
    case 'not': {
      const operand = inner(node.operand);
      return (scope) => {
        const value = operand(scope);
        at(scope.rendering, source, offset);
        return !truthy(value);
      };
    }
    case 'negative':
    case 'positive': {
      const operand = inner(node.operand);
      const operate = node.kind === 'negative' ? negated : affirmed;
      return (scope) => {
        const value = operand(scope);
        at(scope.rendering, source, offset);
        return operate(value);
      };
    }
    case 'and':
    case 'or': {
      const [left, right] = [inner(node.left), inner(node.right)];
      const stopsAt = node.kind === 'or';
      return (scope) => {
        const value = left(scope);
        at(scope.rendering, source, offset);
        return truthy(value) === stopsAt ? value : right(scope);
      };
    }
    case 'arithmetic':
      return compileArithmetic(node, source);
    case 'concat': {
      const parts = node.parts.map(inner);
      return (scope) => {
        const values = parts.map((part) => part(scope));
        at(scope.rendering, source, offset);
        return concatenated(values, scope.rendering.meter);
      };
    }
    case 'compare': {
      const first = inner(node.first);
      const rest = node.rest.map(({ operator, operand }) => ({ operator, operand: inner(operand) }));
      return (scope) => {
        let left = first(scope);
        for (const { operator, operand } of rest) {
          const right = operand(scope);
          at(scope.rendering, source, offset);
          if (!compared(operator, left, right)) return false;
          left = right;
        }
        return true;
      };
    }
    case 'condition': {
      const [test, whenTrue] = [inner(node.test), inner(node.whenTrue)];
      const otherwise = node.otherwise ? inner(node.otherwise) : undefined;
      return (scope) => {
        const value = test(scope);
        at(scope.rendering, source, offset);
        if (truthy(value)) return whenTrue(scope);
        return otherwise
          ? otherwise(scope)
          : new Undefined('the inline if-expression evaluated to false and no else section was defined.');
      };
    }
  }
}

function compileMember(node: Extract<Expression, { kind: 'attribute' }>, source: SourceText): Evaluate {
  const owner = compileExpression(node.owner, source);
  const { name, offset } = node;
  return (scope) => {
    const from = owner(scope);
    at(scope.rendering, source, offset);
    return attribute(from, name, scope.rendering.meter);
  };
}

interface PathPart {
  /** A number for an item of a list. */
  readonly name: string | bigint;
  /** `x.name`, or `x['name']`. */
  readonly dotted: boolean;
}

/** `a.b['c']`: a name and constant members. */
export function constantPath(node: Expression): { root: string; parts: PathPart[] } | undefined {
  if (node.kind === 'name') return { root: node.name, parts: [] };
  if (node.kind === 'attribute') {
    const owner = constantPath(node.owner);
    return owner && { root: owner.root, parts: [...owner.parts, { name: node.name, dotted: true }] };
  }
  if (node.kind === 'item' && node.key.kind === 'constant') {
    const { value } = node.key;
    const owner = typeof value === 'string' || typeof value === 'bigint' ? constantPath(node.owner) : undefined;
    return owner && { root: owner.root, parts: [...owner.parts, { name: value as string | bigint, dotted: false }] };
  }
  return undefined;
}

/** A path is looked up in one go, so that what is noted as read is the whole name, not each of its beginnings. */
function compilePath(node: Expression, source: SourceText): Evaluate | undefined {
  const path = constantPath(node);
  if (!path) return undefined;
  const { root, parts } = path;
  const { offset } = node;
  return (scope) => {
    const { rendering } = scope;
    const variable = scope.find(root);
    let value = variable ? variable.value : (rendering.context.get(root) ?? rendering.globals.get(root));
    let known = variable ? variable.path : rendering.context.has(root) ? root : undefined;
    if (variable) for (const read of variable.reads) rendering.reads.add(read);
    at(rendering, source, offset);
    value ??= undefinedName(scope, root);
    for (const { name, dotted } of parts) {
      const before: string | undefined = known;
      value = dotted ? attribute(value, String(name), rendering.meter) : item(value, name, rendering.meter);
      if (known !== undefined) known = `${known}.${name}`;
      if (value instanceof Undefined) value = withWholePath(value, before, String(name));
    }
    if (known !== undefined) rendering.reads.add(known);
    return value;
  };
}

function undefinedName(scope: Scope, name: string): Undefined {
  const { context, globals } = scope.rendering;
  return new Undefined(`'${name}' is undefined`, {
    path: name,
    offered: [...context.keys(), ...scope.names(), ...globals.keys()],
  });
}

function withWholePath(value: Undefined, owner: string | undefined, name: string): Undefined {
  if (owner === undefined || !value.asked) return value;
  const offered = value.asked.offered.map((each) => `${owner}.${each}`);
  return new Undefined(value.message, { path: `${owner}.${name}`, offered });
}

/** Arithmetic; and `outputs.my-output`, which the guide's samples write for a key that has a hyphen. */
function compileArithmetic(node: Extract<Expression, { kind: 'arithmetic' }>, source: SourceText): Evaluate {
  const [left, right] = [compileExpression(node.left, source), compileExpression(node.right, source)];
  const { operator, offset } = node;
  const compute: Evaluate = (scope) => {
    const [a, b] = [left(scope), right(scope)];
    at(scope.rendering, source, offset);
    return arithmetic(operator, a, b, scope.rendering.meter);
  };
  const hyphenated = hyphenatedName(node, source);
  if (!hyphenated) return compute;
  const owner = compileExpression(hyphenated.owner, source);
  const whole = compileExpression(
    { kind: 'item', owner: hyphenated.owner, key: { kind: 'constant', value: hyphenated.name, offset }, offset },
    source,
  );
  return (scope) => {
    const reads = new Set(scope.rendering.reads);
    const from = owner(scope);
    scope.rendering.reads = reads; // only looked whether the name is there
    return from instanceof Dict && from.has(hyphenated.name) ? whole(scope) : compute(scope);
  };
}

function hyphenatedName(node: Expression, source: SourceText): { owner: Expression; name: string } | undefined {
  if (node.kind === 'attribute') return { owner: node.owner, name: node.name };
  if (node.kind !== 'arithmetic' || node.operator !== '-') return undefined;
  const { right } = node;
  const isClose = source.text[right.offset - 1] === '-' && /\S/.test(source.text[right.offset - 2] ?? ' ');
  const text =
    right.kind === 'name'
      ? right.name
      : right.kind === 'constant' && typeof right.value === 'bigint'
        ? String(right.value)
        : undefined;
  const left = isClose && text !== undefined ? hyphenatedName(node.left, source) : undefined;
  return left && { owner: left.owner, name: `${left.name}-${text}` };
}

export interface GivenArguments {
  readonly positional: readonly Value[];
  readonly keywords: Keywords;
}

const noKeywords: Keywords = new Map();

export function compileArguments(args: Arguments, source: SourceText): (scope: Scope) => GivenArguments {
  const positional = args.positional.map((each) => compileExpression(each, source));
  const keywords = args.keywords.map(({ name, value }) => [name, compileExpression(value, source)] as const);
  const spreadList = args.spreadList && compileExpression(args.spreadList, source);
  const spreadDict = args.spreadDict && compileExpression(args.spreadDict, source);
  if (positional.length === 0 && keywords.length === 0 && !spreadList && !spreadDict) {
    return () => ({ positional: [], keywords: noKeywords });
  }
  return (scope) => {
    const values = positional.map((each) => each(scope));
    if (spreadList) values.push(...iterate(spreadList(scope)));
    const named = new Map(keywords.map(([name, value]) => [name, value(scope)] as const));
    if (spreadDict) {
      const more = defined(spreadDict(scope));
      if (!(more instanceof Dict)) return fail('argument after ** must be a mapping');
      for (const [key, value] of more.entries()) {
        if (!isText(key)) return fail('keywords must be strings');
        if (named.has(textOf(key))) return fail(`got multiple values for keyword argument '${textOf(key)}'`);
        named.set(textOf(key), value);
      }
    }
    return { positional: values, keywords: named };
  };
}

export function callValue(target: Value, args: readonly Value[], keywords: Keywords, rendering: Rendering): Value {
  defined(target);
  if (!(target instanceof Callable)) return fail(`'${typeName(target)}' object is not callable`);
  rendering.meter.step();
  return rendering.meter.nested(() => target.call(args, keywords));
}

export function applyFilter(
  rendering: Rendering,
  name: string,
  target: Value,
  args: readonly Value[],
  keywords: Keywords,
): Value {
  const filter = rendering.filters.get(name) ?? fail(`No filter named '${name}'.`);
  return filter(target, args, keywords, filterContext(rendering));
}

export function applyTest(
  rendering: Rendering,
  name: string,
  target: Value,
  args: readonly Value[],
  keywords: Keywords,
): boolean {
  const test = rendering.tests.get(name) ?? fail(`No test named '${name}'.`);
  return test(target, args, keywords, filterContext(rendering));
}

function filterContext(rendering: Rendering) {
  return {
    meter: rendering.meter,
    indentation: rendering.indentation,
    applyFilter: (name: string, target: Value, args: readonly Value[], keywords: Keywords) =>
      applyFilter(rendering, name, target, args, keywords),
    applyTest: (name: string, target: Value, args: readonly Value[], keywords: Keywords) =>
      applyTest(rendering, name, target, args, keywords),
  };
}
