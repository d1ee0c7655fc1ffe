import { itemOf, slice } from '../python/items.ts';
import { truthy, walk } from '../python/iteration.ts';
import { getAttribute, getItem, methodOf } from '../python/members.ts';
import { affirmed, compared, concatenated, negated, operate } from '../python/operators.ts';
import {
  Dict,
  defined,
  fail,
  isText,
  type Keywords,
  noKeywords,
  Tuple,
  textOf,
  Undefined,
  type Value,
} from '../python/values.ts';
import type {
  Arguments,
  CallExpression,
  Expression,
  FilterExpression,
  HyphenatedExpression,
  TestExpression,
} from '../syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from '../syntax/token.ts';
import { compilePath, findMember } from './paths.ts';
import type { Place } from './place.ts';
import type { Scope } from './rendering-state.ts';

export type Evaluate = (scope: Scope) => Value;

/** Turns an expression into a function: the tree is walked once for a template, not once for each value. */
export function compileExpression(node: Expression, place: Place): Evaluate {
  const { source } = place;
  const inner = (child: Expression) => compileExpression(child, place);
  const { offset } = node;
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'name':
      return compilePath({ root: node.name, parts: [] }, place, offset);
    case 'attribute':
    case 'item':
      return compileMember(node, place);
    case 'slice': {
      const owner = inner(node.owner);
      const bounds = [node.start, node.stop, node.step].map((part) => part && inner(part));
      return (scope) => {
        const from = owner(scope);
        const [start = null, stop = null, step = null] = bounds.map((bound) => (bound ? bound(scope) : null));
        scope.rendering.at(source, offset);
        return slice(from, start, stop, step, scope.rendering);
      };
    }
    case 'list': {
      const items = node.items.map(inner);
      return (scope) => {
        scope.rendering.meter.step(items.length);
        return items.map((item) => item(scope));
      };
    }
    case 'tuple': {
      const items = node.items.map(inner);
      return (scope) => {
        scope.rendering.meter.step(items.length);
        return new Tuple(items.map((item) => item(scope)));
      };
    }
    case 'dict': {
      const entries = node.entries.map(([key, value]) => [inner(key), inner(value)] as const);
      return (scope) => {
        scope.rendering.meter.step(entries.length);
        const values = entries.map(([key, value]) => [key(scope), value(scope)] as const);
        scope.rendering.at(source, offset);
        return Dict.from(values);
      };
    }
    case 'call':
      return compileCall(node, place);
    case 'filter':
      return compileFilter(node, place);
    case 'test':
      return compileTest(node, place);
    case 'not': {
      const operand = compileCondition(node.operand, place);
      return (scope) => !operand(scope);
    }
    case 'negative':
    case 'positive': {
      const operand = inner(node.operand);
      const change = node.kind === 'negative' ? negated : affirmed;
      return (scope) => {
        const value = operand(scope);
        scope.rendering.at(source, offset);
        return change(value);
      };
    }
    case 'and':
    case 'or': {
      const [left, right] = [inner(node.left), inner(node.right)];
      const stopsAt = node.kind === 'or';
      return (scope) => {
        const value = left(scope);
        scope.rendering.at(source, offset);
        return truthy(value) === stopsAt ? value : right(scope);
      };
    }
    case 'arithmetic': {
      const [left, right] = [inner(node.left), inner(node.right)];
      const { operator } = node;
      return (scope) => {
        const [a, b] = [left(scope), right(scope)];
        scope.rendering.meter.step();
        scope.rendering.at(source, offset);
        return operate(operator, a, b, scope.rendering);
      };
    }
    case 'concat': {
      const parts = node.parts.map(inner);
      return (scope) => {
        const values = parts.map((part) => part(scope));
        scope.rendering.meter.step(values.length);
        scope.rendering.at(source, offset);
        return concatenated(values, scope.rendering);
      };
    }
    case 'compare': {
      const first = inner(node.first);
      const rest = node.rest.map(({ operator, operand }) => ({ operator, operand: inner(operand) }));
      return (scope) => {
        let left = first(scope);
        for (const { operator, operand } of rest) {
          const right = operand(scope);
          scope.rendering.meter.step();
          scope.rendering.at(source, offset);
          if (!compared(operator, left, right, scope.rendering)) return false;
          left = right;
        }
        return true;
      };
    }
    case 'condition': {
      const soft = { ...place, isSoft: true };
      const test = compileCondition(node.test, soft);
      const whenTrue = compileExpression(node.whenTrue, soft);
      const otherwise = node.otherwise && compileExpression(node.otherwise, soft);
      return (scope) => {
        if (test(scope)) return whenTrue(scope);
        if (otherwise) return otherwise(scope);
        const line = source.position(offset).line;
        return new Undefined(
          `the inline if-expression on line ${line} evaluated to false and no else section was defined.`,
          { lenient: true },
        );
      };
    }
    case 'hyphenated':
      return compileHyphenated(node, place);
  }
}

/** An expression of which only the truth counts. */
export function compileCondition(node: Expression, place: Place): (scope: Scope) => boolean {
  const evaluate = compileExpression(node, place);
  return (scope) => {
    const value = evaluate(scope);
    scope.rendering.at(place.source, node.offset);
    return truthy(value);
  };
}

/** `a.b['c']` as a name and constant members; undefined for anything else. */
export function constantPath(node: Expression): { root: string; parts: PathPart[] } | undefined {
  if (node.kind === 'name') return { root: node.name, parts: [] };
  if (node.kind !== 'attribute' && node.kind !== 'item') return undefined;
  const part = pathPart(node);
  const owner = part && constantPath(node.owner);
  return owner && { root: owner.root, parts: [...owner.parts, part] };
}

export interface PathPart {
  readonly key: string | bigint;
  /** `x.name`, not `x['name']`. */
  readonly isDotted: boolean;
}

function pathPart(node: Expression): PathPart | undefined {
  if (node.kind === 'attribute') return { key: node.name, isDotted: true };
  if (node.kind !== 'item' || node.key.kind !== 'constant') return undefined;
  const { value } = node.key;
  return typeof value === 'string' || typeof value === 'bigint' ? { key: value, isDotted: false } : undefined;
}

function compileMember(node: Extract<Expression, { kind: 'attribute' | 'item' }>, place: Place): Evaluate {
  const path = constantPath(node);
  if (path) return compilePath(path, place, node.offset);
  const owner = compileExpression(node.owner, place);
  const key = node.kind === 'item' ? compileExpression(node.key, place) : undefined;
  const name = node.kind === 'attribute' ? node.name : '';
  return (scope) => {
    const { rendering } = scope;
    const from = owner(scope);
    const wanted = key ? key(scope) : name;
    rendering.meter.step();
    rendering.at(place.source, node.offset);
    const value = key ? getItem(from, wanted, rendering) : getAttribute(from, name);
    return findMember(rendering, from, wanted, value);
  };
}

interface GivenArguments {
  readonly positional: readonly Value[];
  readonly keywords: Keywords;
}

const nothingGiven: GivenArguments = { positional: [], keywords: noKeywords };

export function compileArguments(args: Arguments, place: Place): (scope: Scope) => GivenArguments {
  for (const [index, { name, value }] of args.keywords.entries()) {
    if (!args.keywords.slice(0, index).some((each) => each.name === name)) continue;
    throw new TemplateSyntaxFailure(`keyword argument repeated: ${name}`, value.offset);
  }
  const positional = args.positional.map((each) => compileExpression(each, place));
  const keywords = args.keywords.map(({ name, value }) => [name, compileExpression(value, place)] as const);
  const spreadList = args.spreadList && compileExpression(args.spreadList, place);
  const spreadDict = args.spreadDict && compileExpression(args.spreadDict, place);
  if (!spreadList && !spreadDict && keywords.length === 0) {
    if (positional.length === 0) return () => nothingGiven;
    return (scope) => ({ positional: positional.map((each) => each(scope)), keywords: noKeywords });
  }
  return (scope) => {
    const values = positional.map((each) => each(scope));
    if (spreadList) for (const each of walk(spreadList(scope), scope.rendering.meter)) values.push(each);
    const named = new Map(keywords.map(([name, value]) => [name, value(scope)] as const));
    if (spreadDict) addSpread(named, spreadDict(scope));
    return { positional: values, keywords: named };
  };
}

function addSpread(named: Map<string, Value>, spread: Value): void {
  const more = defined(spread);
  if (!(more instanceof Dict)) return fail('argument after ** must be a mapping');
  for (const [key, value] of more.entries()) {
    if (!isText(key)) return fail('keywords must be strings');
    if (named.has(textOf(key))) return fail(`got multiple values for keyword argument '${textOf(key)}'`);
    named.set(textOf(key), value);
  }
}

function compileCall(node: CallExpression, place: Place): Evaluate {
  const args = compileArguments(node.arguments, place);
  const { source } = place;
  const { callee, offset } = node;
  if (callee.kind !== 'attribute') {
    const target = compileExpression(callee, place);
    return (scope) => {
      const value = target(scope);
      const { positional, keywords } = args(scope);
      scope.rendering.at(source, offset);
      return scope.rendering.call(value, positional, keywords);
    };
  }
  // a method is called on its owner without being made a value first
  const owner = compileExpression(callee.owner, place);
  const { name } = callee;
  return (scope) => {
    const { rendering } = scope;
    const from = owner(scope);
    rendering.at(source, offset);
    const method = methodOf(defined(from), name);
    const target = method ? undefined : findMember(rendering, from, name, getAttribute(from, name));
    const { positional, keywords } = args(scope);
    rendering.at(source, offset);
    if (target !== undefined) return rendering.call(target, positional, keywords);
    rendering.meter.step();
    return (method as NonNullable<typeof method>)(from, positional, keywords, rendering);
  };
}

/** A name that does not exist is refused before rendering, unless an `if` may keep it from being used. */
function checkName(kind: 'filter' | 'test', name: string, offset: number, place: Place): void {
  const known = kind === 'filter' ? place.names.filters : place.names.tests;
  if (!place.isSoft && !known.has(name)) throw new TemplateSyntaxFailure(`No ${kind} named '${name}'.`, offset);
}

function compileFilter(node: FilterExpression, place: Place): Evaluate {
  const { name, nameOffset } = node;
  checkName('filter', name, nameOffset, place);
  const target = compileExpression(node.target, place);
  const args = compileArguments(node.arguments, place);
  return (scope) => {
    const value = target(scope);
    const { positional, keywords } = args(scope);
    scope.rendering.at(place.source, nameOffset);
    return scope.rendering.applyFilter(name, value, positional, keywords);
  };
}

/** `| name(args) | name(args)` behind a block. */
export function compileFilterCalls(
  filters: readonly { readonly name: string; readonly arguments: Arguments; readonly offset: number }[],
  place: Place,
): (scope: Scope, value: Value) => Value {
  const calls = filters.map(({ name, arguments: args, offset }) => {
    checkName('filter', name, offset, place);
    return { name, offset, args: compileArguments(args, place) };
  });
  return (scope, value) =>
    calls.reduce((target, { name, args, offset }) => {
      const { positional, keywords } = args(scope);
      scope.rendering.at(place.source, offset);
      return scope.rendering.applyFilter(name, target, positional, keywords);
    }, value);
}

function compileTest(node: TestExpression, place: Place): Evaluate {
  const { name, nameOffset, negated: isNegated } = node;
  checkName('test', name, nameOffset, place);
  const target = compileExpression(node.target, place);
  const args = compileArguments(node.arguments, place);
  return (scope) => {
    const value = target(scope);
    const { positional, keywords } = args(scope);
    scope.rendering.at(place.source, nameOffset);
    return scope.rendering.applyTest(name, value, positional, keywords) !== isNegated;
  };
}

/** `outputs.my-output`: a key that has a hyphen, if it is there; else a subtraction, which is what Jinja reads. */
function compileHyphenated(node: HyphenatedExpression, place: Place): Evaluate {
  const literal = compileExpression(node.literal, place);
  const plain = compileExpression(node.plain, place);
  const { candidates } = node;
  return (scope) => {
    const isLiteral = candidates.every(({ owner, name, firstName }) => {
      const value = lookUp(owner, scope);
      return value instanceof Dict && (value.has(name) || !value.has(firstName));
    });
    return isLiteral ? literal(scope) : plain(scope);
  };
}

/** The value of a path, without a trace of having been read; undefined where there is none. */
function lookUp(node: Expression, scope: Scope): Value | undefined {
  const path = constantPath(node);
  const root = path && scope.find(path.root)?.value;
  return path?.parts.reduce<Value | undefined>(
    (owner, { key }) => (owner instanceof Dict ? itemOf(owner, key) : undefined),
    root,
  );
}
