import {
  applyFilter,
  callValue,
  compileArguments,
  compileExpression,
  constantPath,
  type Evaluate,
} from './compile-expression.ts';
import { str } from './printing.ts';
import { Output, type Rendering, Scope, type Variable } from './rendering-state.ts';
import type { SourceText } from './source-text.ts';
import type { AssignTarget, Expression, FilterCall, Parameter, Statement } from './syntax-tree.ts';
import {
  Callable,
  Dict,
  defined,
  fail,
  isText,
  iterate,
  type Keywords,
  Namespace,
  TemplateFailure,
  Tuple,
  textOf,
  truthy,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

export type Execute = (scope: Scope, out: Output) => void;

/** A template made ready to run. */
export interface Compiled {
  readonly source: SourceText;
  readonly run: Execute;
  /** The bodies of its blocks, by name. */
  readonly blocks: ReadonlyMap<string, Execute>;
  readonly extended: Evaluate | undefined;
}

export type CompileNamed = (name: string, text: string) => Compiled;

interface Workshop {
  readonly source: SourceText;
  readonly blocks: Map<string, Execute>;
  /** Reads another template of the same bundle. */
  readonly compileNamed: CompileNamed;
}

/** The name under which a rendering keeps the blocks of a template and of those that extend it, the last first. */
const blockStacks = new WeakMap<Rendering, Map<string, Execute[]>>();

export function compileTemplate(
  statements: readonly Statement[],
  source: SourceText,
  compileNamed: CompileNamed,
): Compiled {
  const blocks = new Map<string, Execute>();
  const shop: Workshop = { source, blocks, compileNamed };
  const extension = statements.find((statement) => statement.kind === 'extends');
  const parts = statements.map((statement) => ({ statement, execute: compileStatement(statement, shop) }));
  // the blocks of a template that extends another are run by that one
  const own = parts.filter(({ statement }) => !extension || statement.kind !== 'block').map(({ execute }) => execute);
  const run = inOrder(own);
  return { source, run, blocks, extended: extension && compileExpression(extension.template, source) };
}

/** Runs a template: alone, or as the child of the one that it extends. */
export function runTemplate(template: Compiled, scope: Scope, out: Output, compileNamed: CompileNamed): void {
  const { rendering } = scope;
  const stacks = blockStacks.get(rendering) ?? new Map<string, Execute[]>();
  blockStacks.set(rendering, stacks);
  for (const [name, body] of template.blocks) stacks.set(name, [...(stacks.get(name) ?? []), body]);
  if (!template.extended) return template.run(scope, out);
  template.run(scope, new Output(rendering.meter)); // only what it sets is kept
  const parent = loadTemplate(rendering, template.extended(scope), compileNamed);
  rendering.meter.nested(() => runTemplate(parent, scope, out, compileNamed));
}

function loadTemplate(rendering: Rendering, name: Value, compileNamed: CompileNamed): Compiled {
  const wanted = str(defined(name));
  const text = rendering.load(wanted);
  if (text === undefined) {
    throw new TemplateFailure(
      'template-forbidden',
      `There is no template '${wanted}': a template can only use files of its own bundle.`,
    );
  }
  rendering.meter.step(Math.ceil(text.length / 16));
  return compileNamed(wanted, text);
}

function compileBody(statements: readonly Statement[], shop: Workshop): Execute {
  return inOrder(statements.map((statement) => compileStatement(statement, shop)));
}

function inOrder(parts: readonly Execute[]): Execute {
  const [only] = parts;
  if (parts.length === 1 && only) return only;
  return (scope, out) => {
    for (const part of parts) part(scope, out);
  };
}

function compileStatement(node: Statement, shop: Workshop): Execute {
  const { source } = shop;
  const { offset } = node;
  const expression = (child: Expression) => compileExpression(child, source);
  switch (node.kind) {
    case 'data': {
      const { text } = node;
      return (_, out) => out.write(text, source, offset);
    }
    case 'output':
      return compileOutput(node.expression, offset, source);
    case 'for':
      return compileFor(node, shop);
    case 'if': {
      const branches = node.branches.map(({ test, body }) => ({
        test: expression(test),
        offset: test.offset,
        body: compileBody(body, shop),
      }));
      const otherwise = compileBody(node.otherwise, shop);
      return (scope, out) => {
        const { rendering } = scope;
        for (const branch of branches) {
          const value = branch.test(scope);
          rendering.source = source;
          rendering.offset = branch.offset;
          if (truthy(value)) return branch.body(scope, out);
        }
        otherwise(scope, out);
      };
    }
    case 'set': {
      const value = compileValue(node.value, source);
      const assign = compileAssign(node.target, source);
      return (scope) => assign(scope, value(scope));
    }
    case 'set-block': {
      const body = compileBody(node.body, shop);
      const filters = compileFilters(node.filters, source);
      const assign = compileAssign(node.target, source);
      return (scope) => {
        const { value, reads } = captured(scope, body, filters);
        assign(scope, { value, reads });
      };
    }
    case 'with': {
      const assignments = node.assignments.map(({ target, value }) => ({
        assign: compileAssign(target, source),
        value: compileValue(value, source),
      }));
      const body = compileBody(node.body, shop);
      return (scope, out) => {
        const inner = scope.inner();
        const values = assignments.map(({ value }) => value(scope));
        for (const [index, { assign }] of assignments.entries()) assign(inner, values[index] as Variable);
        body(inner, out);
      };
    }
    case 'scope': {
      const body = compileBody(node.body, shop);
      return (scope, out) => body(scope.inner(), out);
    }
    case 'macro': {
      const make = compileMacro(node.name, node.parameters, node.body, shop);
      return (scope) => scope.set(node.name, { value: make(scope), reads: [] });
    }
    case 'call-block': {
      const makeCaller = compileMacro('caller', node.parameters, node.body, shop);
      const { call } = node;
      if (call.kind !== 'call') throw new Error('the parser lets only calls through');
      const callee = expression(call.callee);
      const args = compileArguments(call.arguments, source);
      return (scope, out) => {
        const target = callee(scope);
        const given = args(scope);
        const keywords = new Map([...given.keywords, ['caller', makeCaller(scope)] as const]);
        emit(scope, out, source, offset, () => callValue(target, given.positional, keywords, scope.rendering));
      };
    }
    case 'filter-block': {
      const body = compileBody(node.body, shop);
      const filters = compileFilters(node.filters, source);
      return (scope, out) => emit(scope, out, source, offset, () => captured(scope, body, filters).value);
    }
    case 'block': {
      const body = compileBody(node.body, shop);
      const { name } = node;
      shop.blocks.set(name, body);
      return (scope, out) => runBlock(scope, out, name, 0);
    }
    case 'extends':
      return () => undefined; // runTemplate does it
    case 'include': {
      const name = expression(node.template);
      const { ignoreMissing, withContext } = node;
      return (scope, out) => {
        const { rendering } = scope;
        const template = firstTemplate(rendering, name(scope), ignoreMissing, shop.compileNamed);
        if (!template) return;
        const run = (inner: Scope) =>
          rendering.meter.nested(() => runTemplate(template, inner, out, shop.compileNamed));
        if (withContext) run(scope.inner());
        else apart(rendering, run);
      };
    }
    case 'import': {
      const name = expression(node.template);
      const { alias, withContext } = node;
      return (scope) => {
        const members = importTemplate(scope, name(scope), withContext, shop.compileNamed);
        const values = new Map([...members].map(([key, variable]) => [key, variable.value]));
        const module = new Callable(
          'module',
          () => fail("'TemplateModule' object is not callable"),
          values,
          'TemplateModule',
        );
        scope.set(alias, { value: module, reads: [] });
      };
    }
    case 'from-import': {
      const name = expression(node.template);
      const { names, withContext } = node;
      return (scope) => {
        const wanted = name(scope);
        const members = importTemplate(scope, wanted, withContext, shop.compileNamed);
        for (const each of names) {
          const message = `the template '${str(wanted)}' does not export the requested name '${each.name}'`;
          scope.set(each.alias, members.get(each.name) ?? { value: new Undefined(message), reads: [] });
        }
      };
    }
  }
}

/** Evaluates and prints one value, noting which inputs were read for it. */
function compileOutput(expression: Expression, offset: number, source: SourceText): Execute {
  const evaluate = compileExpression(expression, source);
  const indentation = source.indentationBefore(offset);
  return (scope, out) => {
    scope.rendering.indentation = indentation;
    emit(scope, out, source, expression.offset, () => evaluate(scope));
  };
}

function emit(scope: Scope, out: Output, source: SourceText, offset: number, evaluate: () => Value): void {
  const { rendering } = scope;
  const before = rendering.reads;
  const reads = new Set<string>();
  rendering.reads = reads;
  const value = evaluate();
  rendering.source = source;
  rendering.offset = offset;
  const text = str(defined(value));
  out.write(text, source, offset, [...rendering.reads]);
  rendering.reads = before;
  for (const read of reads) before.add(read);
}

/** A value together with the inputs that were read to make it. */
function compileValue(node: Expression, source: SourceText): (scope: Scope) => Variable {
  const evaluate = compileExpression(node, source);
  const isPath = constantPath(node) !== undefined;
  return (scope) => {
    const { value, reads } = reading(scope.rendering, () => evaluate(scope));
    return { value, reads, path: isPath && reads.length === 1 ? reads[0] : undefined };
  };
}

function reading(rendering: Rendering, evaluate: () => Value): { value: Value; reads: string[] } {
  const before = rendering.reads;
  rendering.reads = new Set();
  const value = evaluate();
  const reads = [...rendering.reads];
  rendering.reads = before;
  for (const read of reads) before.add(read);
  return { value, reads };
}

type ApplyFilters = (scope: Scope, value: Value) => Value;

function compileFilters(filters: readonly FilterCall[], source: SourceText): ApplyFilters {
  const calls = filters.map(({ name, arguments: args, offset }) => ({
    name,
    offset,
    args: compileArguments(args, source),
  }));
  return (scope, value) =>
    calls.reduce((target, { name, args, offset }) => {
      const given = args(scope);
      scope.rendering.source = source;
      scope.rendering.offset = offset;
      return applyFilter(scope.rendering, name, target, given.positional, given.keywords);
    }, value);
}

/** What a body writes, as a value. */
function captured(scope: Scope, body: Execute, filters: ApplyFilters): { value: Value; reads: string[] } {
  return reading(scope.rendering, () => {
    const out = new Output(scope.rendering.meter);
    body(scope.inner(), out);
    for (const { reads } of out.pieces) for (const read of reads) scope.rendering.reads.add(read);
    return filters(scope, out.text());
  });
}

function compileAssign(target: AssignTarget, source: SourceText): (scope: Scope, variable: Variable) => void {
  switch (target.kind) {
    case 'name':
      return (scope, variable) => scope.set(target.name, variable);
    case 'namespace':
      return (scope, { value }) => {
        const owner = scope.find(target.name)?.value;
        scope.rendering.source = source;
        scope.rendering.offset = target.offset;
        if (!(owner instanceof Namespace)) return fail('cannot assign attribute on non-namespace object');
        owner.members.set(target.attribute, value);
      };
    case 'tuple': {
      const parts = target.items.map((each) => compileAssign(each, source));
      return (scope, { value, reads }) => {
        scope.rendering.source = source;
        scope.rendering.offset = target.offset;
        const items = iterate(value);
        if (items.length > parts.length) return fail(`too many values to unpack (expected ${parts.length})`);
        if (items.length < parts.length)
          return fail(`not enough values to unpack (expected ${parts.length}, got ${items.length})`);
        for (const [index, assign] of parts.entries()) assign(scope, { value: items[index] as Value, reads });
      };
    }
  }
}

function compileFor(node: Extract<Statement, { kind: 'for' }>, shop: Workshop): Execute {
  const { source } = shop;
  const iterable = compileValue(node.iterable, source);
  const assign = compileAssign(node.target, source);
  const filter = node.filter && compileExpression(node.filter, source);
  const body = compileBody(node.body, shop);
  const otherwise = compileBody(node.otherwise, shop);
  const { recursive } = node;

  function items(scope: Scope, over: Variable): Variable[] {
    scope.rendering.source = source;
    scope.rendering.offset = node.iterable.offset;
    const path = over.path === undefined ? undefined : `${over.path}.*`;
    const all = iterate(over.value).map((value) => ({ value, reads: over.reads, path }));
    scope.rendering.meter.step(all.length);
    if (!filter) return all;
    return all.filter((variable) => {
      const inner = scope.inner();
      assign(inner, variable);
      return truthy(filter(inner));
    });
  }

  function walk(scope: Scope, out: Output, over: Variable, depth: number): void {
    const all = items(scope, over);
    if (all.length === 0) return otherwise(scope.inner(), out);
    const changes: { last?: readonly Value[] } = {};
    for (const [index, variable] of all.entries()) {
      const inner = scope.inner();
      scope.rendering.meter.step();
      const again = (value: Value): string => {
        if (!recursive) return fail("The loop must have the 'recursive' marker to be called recursively.");
        const inside = new Output(scope.rendering.meter);
        walk(scope, inside, { value, reads: over.reads }, depth + 1);
        return inside.text();
      };
      inner.set('loop', { value: loopValue(all, index, depth, again, changes), reads: [] });
      assign(inner, variable);
      body(inner, out);
    }
  }
  return (scope, out) => walk(scope, out, iterable(scope), 0);
}

/** `loop`: its members are worked out when they are asked for. */
function loopValue(
  all: readonly Variable[],
  index: number,
  depth: number,
  again: (value: Value) => string,
  changes: { last?: readonly Value[] },
): Callable {
  const count = (value: number) => BigInt(value);
  const get = (name: string): Value | undefined => {
    switch (name) {
      case 'index':
        return count(index + 1);
      case 'index0':
        return count(index);
      case 'revindex':
        return count(all.length - index);
      case 'revindex0':
        return count(all.length - index - 1);
      case 'first':
        return index === 0;
      case 'last':
        return index === all.length - 1;
      case 'length':
        return count(all.length);
      case 'depth':
        return count(depth + 1);
      case 'depth0':
        return count(depth);
      case 'previtem':
        return all[index - 1]?.value ?? new Undefined('there is no previous item');
      case 'nextitem':
        return all[index + 1]?.value ?? new Undefined('there is no next item');
      case 'cycle':
        return new Callable('cycle', (values) => {
          if (values.length === 0) return fail('no items for cycling given');
          return values[index % values.length] as Value;
        });
      case 'changed':
        return new Callable('changed', (values) => {
          const before = changes.last;
          changes.last = values;
          return !before || !sameValues(before, values);
        });
      default:
        return undefined;
    }
  };
  return new Callable(
    'loop',
    (args) => again(args[0] ?? fail('loop() needs something to loop over')),
    { get },
    'LoopContext',
  );
}

function sameValues(left: readonly Value[], right: readonly Value[]): boolean {
  const [a, b] = [Dict.from([['v', new Tuple(left)]]), Dict.from([['v', new Tuple(right)]])];
  return str(a) === str(b);
}

function compileMacro(
  name: string,
  parameters: readonly Parameter[],
  statements: readonly Statement[],
  shop: Workshop,
): (scope: Scope) => Callable {
  const body = compileBody(statements, shop);
  const names = new Set(namesUsed(statements));
  const defaults = parameters.map(
    (parameter) => parameter.default && compileExpression(parameter.default, shop.source),
  );

  return (outer) => {
    const attributes = new Map<string, Value>([
      ['name', name],
      ['arguments', new Tuple(parameters.map((parameter) => parameter.name))],
      ['catch_varargs', names.has('varargs')],
      ['catch_kwargs', names.has('kwargs')],
      ['caller', names.has('caller')],
    ]);
    const call = (args: readonly Value[], keywords: Keywords): Value => {
      const scope = outer.inner();
      bindParameters(scope, name, parameters, defaults, names, args, keywords);
      const out = new Output(outer.rendering.meter);
      body(scope, out);
      for (const { reads } of out.pieces) for (const read of reads) outer.rendering.reads.add(read);
      return out.text();
    };
    return new Callable(name, call, attributes, 'Macro');
  };
}

function bindParameters(
  scope: Scope,
  macro: string,
  parameters: readonly Parameter[],
  defaults: readonly (Evaluate | undefined)[],
  names: ReadonlySet<string>,
  args: readonly Value[],
  keywords: Keywords,
): void {
  const rest = new Map(keywords);
  for (const [index, { name }] of parameters.entries()) {
    let value = args[index];
    if (value !== undefined && rest.has(name))
      return fail(`macro '${macro}' got multiple values for argument '${name}'`);
    value ??= rest.get(name);
    rest.delete(name);
    value ??= defaults[index]?.(scope) ?? new Undefined(`parameter '${name}' was not provided`);
    scope.set(name, { value, reads: [] });
  }
  if (names.has('caller')) {
    scope.set('caller', { value: rest.get('caller') ?? new Undefined('No caller defined'), reads: [] });
    rest.delete('caller');
  }
  if (names.has('kwargs')) scope.set('kwargs', { value: Dict.from([...rest]), reads: [] });
  else {
    const [unknown] = rest.keys();
    if (unknown === 'caller')
      return fail(
        `macro '${macro}' was invoked with two values for the special caller argument. This is most likely a bug.`,
      );
    if (unknown !== undefined) return fail(`macro '${macro}' takes no keyword argument '${unknown}'`);
  }
  const extra = args.slice(parameters.length);
  if (names.has('varargs')) scope.set('varargs', { value: new Tuple(extra), reads: [] });
  else if (extra.length > 0) return fail(`macro '${macro}' takes not more than ${parameters.length} argument(s)`);
}

/** Every name that occurs in a piece of syntax. */
function namesUsed(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(namesUsed);
  if (node === null || typeof node !== 'object') return [];
  const { kind, name } = node as { kind?: string; name?: string };
  const own = kind === 'name' && name !== undefined ? [name] : [];
  return [...own, ...Object.values(node).flatMap(namesUsed)];
}

function runBlock(scope: Scope, out: Output, name: string, level: number): void {
  const body = blockStacks.get(scope.rendering)?.get(name)?.[level];
  if (!body) return;
  const inner = scope.inner();
  const parent = () => {
    const above = new Output(scope.rendering.meter);
    if (!blockStacks.get(scope.rendering)?.get(name)?.[level + 1])
      return fail(`there is no parent block called '${name}'.`);
    runBlock(scope, above, name, level + 1);
    return above.text();
  };
  inner.set('super', { value: new Callable('super', parent), reads: [] });
  scope.rendering.meter.nested(() => body(inner, out));
}

/** `include` takes a name or a list of names, of which the first that exists counts. */
function firstTemplate(
  rendering: Rendering,
  wanted: Value,
  ignoreMissing: boolean,
  compileNamed: CompileNamed,
): Compiled | undefined {
  const names = isText(wanted) ? [textOf(wanted)] : iterate(defined(wanted)).map((each) => str(defined(each)));
  const name = names.find((each) => rendering.load(each) !== undefined);
  if (name !== undefined) return loadTemplate(rendering, name, compileNamed);
  if (ignoreMissing) return undefined;
  return loadTemplate(rendering, names[0] ?? typeName(wanted), compileNamed);
}

/** Runs with the globals alone; where it failed is told to the rendering around it. */
function apart(rendering: Rendering, work: (scope: Scope) => void): void {
  const inner = { ...rendering, context: new Map() };
  try {
    work(new Scope(inner));
  } finally {
    rendering.source = inner.source;
    rendering.offset = inner.offset;
  }
}

/** Runs a template for the names that it binds; what it writes is dropped. */
function importTemplate(
  scope: Scope,
  name: Value,
  withContext: boolean,
  compileNamed: CompileNamed,
): ReadonlyMap<string, Variable> {
  const { rendering } = scope;
  const template = loadTemplate(rendering, name, compileNamed);
  const members = new Map<string, Variable>();
  const run = (module: Scope) => {
    rendering.meter.nested(() => runTemplate(template, module, new Output(rendering.meter), compileNamed));
    for (const [key, variable] of module.own()) if (!key.startsWith('_')) members.set(key, variable);
  };
  if (withContext) run(scope.inner());
  else apart(rendering, run);
  return members;
}
