import { equal } from '../python/comparison.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { iterator, lengthIfKnown } from '../python/iteration.ts';
import {
  BuiltinFunction,
  fail,
  Instance,
  type Keywords,
  Lazy,
  Markup,
  Tuple,
  Undefined,
  type Value,
} from '../python/values.ts';
import type { ForStatement, Statement } from '../syntax/syntax-tree.ts';
import { childrenOf, type Expression } from '../syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from '../syntax/token.ts';
import { compileCondition } from './expressions.ts';
import { namesLoaded } from './names-loaded.ts';
import { Output } from './output.ts';
import type { Place } from './place.ts';
import type { Scope, Variable } from './rendering-state.ts';
import { compileAssign, compileBody, compileValue, type Execute, innerPlace } from './statements.ts';

export function compileFor(node: ForStatement, place: Place): Execute {
  const assigned = assignmentToLoop(node);
  if (assigned) {
    throw new TemplateSyntaxFailure("Can't assign to special loop variable in for-loop target", assigned.offset);
  }
  const inside = innerPlace(place);
  const iterable = compileValue(node.iterable, place);
  const assign = compileAssign(node.target, inside);
  const filter = node.filter && compileCondition(node.filter, inside);
  const body = compileBody(node.body, inside);
  const otherwise = compileBody(node.otherwise, inside);
  const usesLoop =
    node.recursive || namesLoaded(node.body).has('loop') || node.body.some((statement) => hasScopedBlock(statement));

  /** Only the items that pass the test, each tested when its turn comes. */
  function* passing(scope: Scope, items: Iterator<Value>, reads: readonly string[]): IterableIterator<Value> {
    if (!filter) return;
    for (let next = items.next(); !next.done; next = items.next()) {
      const inner = scope.inner();
      scope.rendering.meter.step();
      assign(inner, scope.rendering.variable(next.value, reads));
      if (filter(inner)) yield next.value;
    }
  }

  function walk(scope: Scope, out: Output, over: Variable, depth: number): void {
    const { rendering } = scope;
    rendering.at(place.source, node.iterable.offset);
    const origin = rendering.origins.pathOf(over.value);
    const reads = origin === undefined ? over.reads : [origin];
    const items = iterator(over.value);
    const chosen = filter ? passing(scope, items, reads) : items;
    const loop = usesLoop
      ? new LoopContext(filter ? new Lazy(chosen) : over.value, chosen, depth, node.recursive ? again : undefined)
      : undefined;
    const variable = loop && { value: loop, reads: [] };
    const source: Iterator<Value> = loop ?? chosen;
    let isEmpty = true;
    for (let next = source.next(); !next.done; next = source.next()) {
      isEmpty = false;
      rendering.meter.step();
      const inner = scope.inner();
      if (variable) inner.declare('loop', variable);
      assign(inner, rendering.variable(next.value, reads));
      body(inner, out);
    }
    if (isEmpty) otherwise(scope.inner(), out);

    function again(value: Value): Value {
      const inner = new Output(rendering.meter);
      rendering.meter.nested(() => walk(scope, inner, { value, reads: over.reads }, depth + 1));
      return (place.escapes ?? rendering.escapes) ? new Markup(inner.text()) : inner.text();
    }
  }
  return (scope, out) => walk(scope, out, iterable(scope), 0);
}

/** `loop` in a loop: counts lazily, so that a generator is asked no earlier than needed. */
class LoopContext extends Instance implements Iterator<Value> {
  readonly typeName = 'LoopContext';
  override readonly module = 'jinja2.runtime';
  readonly #iterable: Value;
  #items: Iterator<Value>;
  readonly #depth0: number;
  readonly #recurse: ((value: Value) => Value) | undefined;
  #index0 = -1;
  #length: number | undefined;
  #before: Value | undefined;
  #current: Value | undefined;
  /** The next item, once it has been looked at; `done` at the end. */
  #after: IteratorResult<Value> | undefined;
  #lastChanged: Tuple | undefined;

  constructor(iterable: Value, items: Iterator<Value>, depth0: number, recurse: LoopContext['again'] | undefined) {
    super();
    this.#iterable = iterable;
    this.#items = items;
    this.#depth0 = depth0;
    this.#recurse = recurse;
  }

  next(): IteratorResult<Value> {
    const next = this.#after && !this.#after.done ? this.#after : this.#items.next();
    this.#after = undefined;
    if (next.done) return next;
    this.#index0 += 1;
    this.#before = this.#current;
    this.#current = next.value;
    return next;
  }

  #peek(): Value | undefined {
    if (!this.#after || this.#after.done) this.#after = this.#items.next();
    return this.#after.done ? undefined : this.#after.value;
  }

  override length(): number {
    if (this.#length !== undefined) return this.#length;
    const known = lengthIfKnown(this.#iterable);
    if (known !== undefined) this.#length = known;
    else {
      const rest: Value[] = [];
      for (let next = this.#items.next(); !next.done; next = this.#items.next()) rest.push(next.value);
      this.#items = rest[Symbol.iterator]();
      this.#length = rest.length + this.#index0 + 1 + (this.#after && !this.#after.done ? 1 : 0);
    }
    return this.#length;
  }

  override member(name: string): Value | undefined {
    switch (name) {
      case 'index':
        return BigInt(this.#index0 + 1);
      case 'index0':
        return BigInt(this.#index0);
      case 'revindex':
        return BigInt(this.length() - this.#index0);
      case 'revindex0':
        return BigInt(this.length() - this.#index0 - 1);
      case 'first':
        return this.#index0 === 0;
      case 'last':
        return this.#peek() === undefined;
      case 'length':
        return BigInt(this.length());
      case 'depth':
        return BigInt(this.#depth0 + 1);
      case 'depth0':
        return BigInt(this.#depth0);
      case 'previtem':
        return this.#before === undefined ? new Undefined('there is no previous item') : this.#before;
      case 'nextitem': {
        const next = this.#peek();
        return next === undefined ? new Undefined('there is no next item') : next;
      }
      case 'cycle':
        return new BuiltinFunction('cycle', (args, keywords) => this.#cycle(args, keywords), 'method');
      case 'changed':
        return new BuiltinFunction('changed', (args, _keywords, evaluator) => this.#changed(args, evaluator), 'method');
      default:
        return undefined;
    }
  }

  #cycle(args: readonly Value[], keywords: Keywords): Value {
    if (keywords.size > 0) return fail('LoopContext.cycle() got an unexpected keyword argument');
    return args.length === 0 ? fail('no items for cycling given') : (args[this.#index0 % args.length] as Value);
  }

  #changed(args: readonly Value[], { meter }: Evaluator): Value {
    const values = new Tuple(args);
    if (this.#lastChanged && equal(this.#lastChanged, values, meter)) return false;
    this.#lastChanged = values;
    return true;
  }

  again(value: Value): Value {
    return this.#recurse
      ? this.#recurse(value)
      : fail("The loop must have the 'recursive' marker to be called recursively.");
  }

  override call(args: readonly Value[], keywords: Keywords): Value {
    const [iterable] = args;
    if (iterable === undefined || args.length > 1 || keywords.size > 0) {
      return fail('LoopContext.__call__() takes one argument');
    }
    return this.again(iterable);
  }

  override shown(): string {
    return `<LoopContext ${this.#index0 + 1}/${this.length()}>`;
  }
}

/** Where a loop assigns to the name `loop`, if it does. */
function assignmentToLoop(node: ForStatement): { readonly offset: number } | undefined {
  const assigned = [node.target, ...assignTargetsIn([...node.body, ...node.otherwise])];
  return assigned.flatMap(namesIn).find(({ name }) => name === 'loop');
}

type Target = ForStatement['target'];

function namesIn(target: Target): { readonly name: string; readonly offset: number }[] {
  if (target.kind === 'tuple') return target.items.flatMap(namesIn);
  return target.kind === 'name' ? [target] : [];
}

function assignTargetsIn(nodes: readonly (Statement | Expression)[]): Target[] {
  return nodes.flatMap((node) => {
    const own = node.kind === 'for' || node.kind === 'set' || node.kind === 'set-block' ? [node.target] : [];
    return [...own, ...assignTargetsIn(childrenOf(node))];
  });
}

function hasScopedBlock(node: Statement | Expression): boolean {
  return (node.kind === 'block' && node.scoped) || childrenOf(node).some(hasScopedBlock);
}
