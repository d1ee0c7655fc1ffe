import { constantPath } from './compile-expression.ts';
import type { NameRead } from './rendering.ts';
import type { SourceText } from './source-text.ts';
import type { Arguments, AssignTarget, Expression, FilterCall, Parameter, Statement } from './syntax-tree.ts';
import type { Template } from './template.ts';

/** What a bound name stands for: the path of an input, or something made in the template. */
type Binding = readonly string[] | undefined;

/** Filters behind which an absent value does no harm. */
const allowsAbsence = new Set(['default', 'd']);
const globals = new Set([
  'range',
  'dict',
  'lipsum',
  'cycler',
  'joiner',
  'namespace',
  'loop',
  'caller',
  'varargs',
  'kwargs',
  'super',
  'self',
]);

/**
 * The dotted names that a template reads from what it is given, without rendering it: `service_instance.inputs.port`,
 * `service_instances.*.name` for items of a loop. Reads in branches that are not taken count too.
 */
export function namesRead(template: Template): NameRead[] {
  const reader = new NameReader(template.source);
  reader.statements(template.statements, new Map());
  return reader.reads;
}

class NameReader {
  readonly reads: NameRead[] = [];
  readonly #source: SourceText;
  /** Paths that a surrounding `if` has made sure of. */
  readonly #assured: string[] = [];
  #optional = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  statements(statements: readonly Statement[], bound: Map<string, Binding>): void {
    for (const statement of statements) this.#statement(statement, bound);
  }

  #statement(node: Statement, bound: Map<string, Binding>): void {
    switch (node.kind) {
      case 'data':
        return;
      case 'output':
        return this.#expression(node.expression, bound);
      case 'for': {
        this.#expression(node.iterable, bound);
        const inner = new Map(bound);
        inner.set('loop', undefined);
        const path = this.#pathOf(node.iterable, bound);
        bind(inner, node.target, path && [...path, '*']);
        if (node.filter) this.#expression(node.filter, inner);
        this.statements(node.body, inner);
        return this.statements(node.otherwise, new Map(bound));
      }
      case 'if':
        return this.#if(node, bound);
      case 'set':
        this.#expression(node.value, bound);
        return bind(bound, node.target, this.#pathOf(node.value, bound));
      case 'set-block':
        this.#filterCalls(node.filters, bound);
        this.statements(node.body, new Map(bound));
        return bind(bound, node.target, undefined);
      case 'with': {
        const inner = new Map(bound);
        for (const { target, value } of node.assignments) {
          this.#expression(value, bound);
          bind(inner, target, this.#pathOf(value, bound));
        }
        return this.statements(node.body, inner);
      }
      case 'scope':
      case 'block':
        return this.statements(node.body, new Map(bound));
      case 'macro':
        bound.set(node.name, undefined);
        return this.#macro(node.parameters, node.body, bound);
      case 'call-block':
        this.#expression(node.call, bound);
        return this.#macro(node.parameters, node.body, bound);
      case 'filter-block':
        this.#filterCalls(node.filters, bound);
        return this.statements(node.body, new Map(bound));
      case 'extends':
      case 'include':
        return this.#expression(node.template, bound);
      case 'import':
        bound.set(node.alias, undefined);
        return this.#expression(node.template, bound);
      case 'from-import':
        for (const { alias } of node.names) bound.set(alias, undefined);
        return this.#expression(node.template, bound);
    }
  }

  /** What a test makes sure of holds in its body; what any branch assigns may hold afterwards. */
  #if(node: Extract<Statement, { kind: 'if' }>, bound: Map<string, Binding>): void {
    for (const { test, body } of node.branches) {
      this.#expression(test, bound);
      const assured = this.#assuredBy(test, bound);
      this.#assured.push(...assured);
      this.statements(body, bound);
      this.#assured.length -= assured.length;
    }
    const [first] = node.branches;
    const denied = first ? this.#assuredBy({ kind: 'not', operand: first.test, offset: first.test.offset }, bound) : [];
    this.#assured.push(...denied);
    this.statements(node.otherwise, bound);
    this.#assured.length -= denied.length;
  }

  #macro(parameters: readonly Parameter[], body: readonly Statement[], bound: Map<string, Binding>): void {
    const inner = new Map(bound);
    for (const parameter of parameters) {
      if (parameter.default) this.#expression(parameter.default, bound);
      inner.set(parameter.name, undefined);
    }
    this.statements(body, inner);
  }

  #filterCalls(filters: readonly FilterCall[], bound: Map<string, Binding>): void {
    for (const { arguments: args } of filters) this.#arguments(args, bound);
  }

  #arguments(args: Arguments, bound: Map<string, Binding>): void {
    for (const each of args.positional) this.#expression(each, bound);
    for (const { value } of args.keywords) this.#expression(value, bound);
    if (args.spreadList) this.#expression(args.spreadList, bound);
    if (args.spreadDict) this.#expression(args.spreadDict, bound);
  }

  #expression(node: Expression, bound: Map<string, Binding>): void {
    const path = this.#pathOf(node, bound);
    if (path) this.#read(path, node.offset);
    if (constantPath(node)) return;
    switch (node.kind) {
      case 'constant':
      case 'name':
        return;
      case 'list':
      case 'tuple':
        for (const each of node.items) this.#expression(each, bound);
        return;
      case 'dict':
        for (const [key, value] of node.entries) {
          this.#expression(key, bound);
          this.#expression(value, bound);
        }
        return;
      case 'attribute':
      case 'item':
        if (path) return this.#keys(node, bound);
        this.#expression(node.owner, bound);
        if (node.kind === 'item') this.#expression(node.key, bound);
        return;
      case 'slice':
        for (const each of [node.owner, node.start, node.stop, node.step]) if (each) this.#expression(each, bound);
        return;
      case 'call':
        this.#callee(node.callee, bound);
        return this.#arguments(node.arguments, bound);
      case 'filter':
        if (allowsAbsence.has(node.name)) this.#withAbsence(() => this.#expression(node.target, bound));
        else this.#expression(node.target, bound);
        return this.#arguments(node.arguments, bound);
      case 'test':
        if (node.name === 'defined' || node.name === 'undefined')
          this.#withAbsence(() => this.#expression(node.target, bound));
        else this.#expression(node.target, bound);
        return this.#arguments(node.arguments, bound);
      case 'not':
      case 'negative':
      case 'positive':
        return this.#expression(node.operand, bound);
      case 'and':
      case 'or': {
        this.#expression(node.left, bound);
        const left: Expression =
          node.kind === 'and' ? node.left : { kind: 'not', operand: node.left, offset: node.offset };
        const assured = this.#assuredBy(left, bound);
        this.#assured.push(...assured);
        this.#expression(node.right, bound);
        this.#assured.length -= assured.length;
        return;
      }
      case 'arithmetic':
        this.#expression(node.left, bound);
        return this.#expression(node.right, bound);
      case 'concat':
        for (const part of node.parts) this.#expression(part, bound);
        return;
      case 'compare':
        this.#expression(node.first, bound);
        for (const { operand } of node.rest) this.#expression(operand, bound);
        return;
      case 'condition': {
        this.#expression(node.test, bound);
        const assured = this.#assuredBy(node.test, bound);
        this.#assured.push(...assured);
        this.#expression(node.whenTrue, bound);
        this.#assured.length -= assured.length;
        if (node.otherwise) this.#expression(node.otherwise, bound);
      }
    }
  }

  /** What the brackets on the way of a path read; the path itself is read as a whole. */
  #keys(node: Expression, bound: Map<string, Binding>): void {
    if (node.kind !== 'attribute' && node.kind !== 'item') return;
    if (node.kind === 'item') this.#expression(node.key, bound);
    this.#keys(node.owner, bound);
  }

  /** `x.items()` reads x, `name.split(';')` reads name: the last part is a method. */
  #callee(callee: Expression, bound: Map<string, Binding>): void {
    this.#expression(callee.kind === 'attribute' ? callee.owner : callee, bound);
  }

  #withAbsence(read: () => void): void {
    this.#optional += 1;
    read();
    this.#optional -= 1;
  }

  #read(path: readonly string[], offset: number): void {
    const name = path.join('.');
    const optional = this.#optional > 0 || this.#assured.some((each) => each === name || name.startsWith(`${each}.`));
    this.reads.push({ path, position: this.#source.position(offset), optional });
  }

  /** The input that an expression is, seen through what the template has bound; undefined for anything made here. */
  #pathOf(node: Expression, bound: Map<string, Binding>): Binding {
    const constant = constantPath(node);
    if (constant) {
      const parts = constant.parts.map(({ name }) => (typeof name === 'bigint' ? '*' : name));
      if (bound.has(constant.root)) {
        const alias = bound.get(constant.root);
        return alias && [...alias, ...parts];
      }
      return globals.has(constant.root) ? undefined : [constant.root, ...parts];
    }
    if (node.kind === 'item') {
      const owner = this.#pathOf(node.owner, bound);
      return owner && [...owner, '*'];
    }
    if (node.kind === 'attribute') {
      const owner = this.#pathOf(node.owner, bound);
      return owner && [...owner, node.name];
    }
    return undefined;
  }

  /** Paths that are there when the test holds. */
  #assuredBy(test: Expression, bound: Map<string, Binding>): string[] {
    switch (test.kind) {
      case 'test': {
        const path = this.#pathOf(test.target, bound);
        const isPresent = test.name === 'defined' ? !test.negated : test.name === 'undefined' && test.negated;
        return path && isPresent ? [path.join('.')] : [];
      }
      case 'not': {
        const { operand } = test;
        if (operand.kind === 'test') return this.#assuredBy({ ...operand, negated: !operand.negated }, bound);
        if (operand.kind === 'not') return this.#assuredBy(operand.operand, bound);
        if (operand.kind === 'or') {
          return [operand.left, operand.right].flatMap((each) =>
            this.#assuredBy({ kind: 'not', operand: each, offset: each.offset }, bound),
          );
        }
        return [];
      }
      case 'and':
        return [...this.#assuredBy(test.left, bound), ...this.#assuredBy(test.right, bound)];
      case 'compare': {
        // `'x' in inputs`
        const [only] = test.rest;
        const container =
          only && test.rest.length === 1 && only.operator === 'in' ? this.#pathOf(only.operand, bound) : undefined;
        return container && test.first.kind === 'constant' ? [[...container, String(test.first.value)].join('.')] : [];
      }
      case 'filter': {
        // `x | default(false)` that holds: x is there, or its default is true, which nobody guards by
        const path = allowsAbsence.has(test.name) ? this.#pathOf(test.target, bound) : undefined;
        return path ? [path.join('.')] : [];
      }
      default:
        return [];
    }
  }
}

function bind(bound: Map<string, Binding>, target: AssignTarget, path: Binding): void {
  if (target.kind === 'name') bound.set(target.name, path);
  else if (target.kind === 'tuple') for (const each of target.items) bind(bound, each, path && [...path, '*']);
}
