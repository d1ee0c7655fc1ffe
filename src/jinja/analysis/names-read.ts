import type { NameRead } from '../rendering.ts';
import type { SourceText } from '../syntax/source-text.ts';
import {
  argumentsIn,
  type Body,
  type CallExpression,
  childrenOf,
  type Expression,
  type FilterExpression,
  type IfStatement,
  type MacroStatement,
  type Parameter,
  type Statement,
} from '../syntax/syntax-tree.ts';
import type { Template } from '../template.ts';
import { Bindings, type Path } from './bindings.ts';
import { assuredBy, assuredByFalse, isDefault } from './guards.ts';
import { attributeArgument, eitherReading, pathsOf, pathsOfItems } from './path-of.ts';

/** How often bodies of macros are looked through again for the arguments of a call. */
const macroCallsMax = 500;

/**
 * The dotted names that a template reads from what it is given, without rendering it: `service_instance.inputs.port`,
 * `service_instances.*.name` for the items of a loop; also through names that the template itself sets and through the
 * parameters of its macros. Reads in branches that may not be taken count too. Files that it includes are not looked into.
 */
export function namesRead({ source, statements }: Template): NameRead[] {
  const reader = new NameReader(source);
  reader.body(statements, new Bindings());
  return reader.reads;
}

class NameReader {
  readonly reads: NameRead[] = [];
  readonly #source: SourceText;
  /** Paths that a surrounding condition has made sure of. */
  #assured: readonly Path[] = [];
  /** Whether what is being read may be absent. */
  #isOptional = false;
  readonly #openMacros = new Set<MacroStatement>();
  /** Macros that no call has led to yet. */
  readonly #uncalled = new Map<MacroStatement, Bindings>();
  #macroCalls = 0;

  constructor(source: SourceText) {
    this.#source = source;
  }

  body(statements: Body, scope: Bindings): void {
    const isOutermost = this.#openMacros.size === 0;
    for (const statement of statements) this.#statement(statement, scope);
    if (!isOutermost) return;
    for (const [macro, around] of this.#uncalled) {
      if (!statements.includes(macro)) continue;
      this.#uncalled.delete(macro);
      this.#macroBody(macro.parameters, macro.body, around);
    }
  }

  #statement(node: Statement, scope: Bindings): void {
    switch (node.kind) {
      case 'data':
        return;
      case 'for': {
        this.#expression(node.iterable, scope);
        const inner = scope.inner();
        inner.set('loop');
        const { item, parts } = pathsOfItems(node.iterable, scope);
        inner.assign(node.target, item, parts);
        if (node.filter) this.#expression(node.filter, inner);
        const assured = node.filter ? assuredBy(node.filter, inner) : [];
        this.#assuming(assured, () => this.body(node.body, inner));
        return this.body(node.otherwise, scope.inner());
      }
      case 'if':
        return this.#if(node, scope);
      case 'set':
        this.#expression(node.value, scope);
        return scope.assign(node.target, pathsOf(node.value, scope), partsOf(node.value, scope));
      case 'set-block':
        this.#children(node, scope);
        return scope.assign(node.target, []);
      case 'with': {
        const inner = scope.inner();
        for (const { target, value } of node.assignments) {
          this.#expression(value, scope);
          inner.assign(target, pathsOf(value, scope), partsOf(value, scope));
        }
        return this.body(node.body, inner);
      }
      case 'macro':
        scope.set(node.name, { paths: [], macro: { node, scope } });
        this.#uncalled.set(node, scope);
        return;
      case 'call-block':
        this.#expression(node.call, scope);
        return this.#macroBody(node.parameters, node.body, scope);
      case 'import':
        this.#expression(node.template, scope);
        return scope.set(node.alias);
      case 'from-import':
        this.#expression(node.template, scope);
        for (const { alias } of node.names) scope.set(alias);
        return;
      default:
        return this.#children(node, scope);
    }
  }

  /** The expressions of a statement, and its body with names of its own. */
  #children(node: Statement, scope: Bindings): void {
    const inner = scope.inner();
    for (const child of childrenOf(node)) {
      if (isStatement(child)) this.#statement(child, inner);
      else this.#expression(child, scope);
    }
  }

  /** What a test makes sure of holds in its body, and its contrary in the branches behind it. */
  #if(node: IfStatement, scope: Bindings): void {
    const before = this.#assured;
    const branches: Bindings[] = [];
    for (const { test, body } of node.branches) {
      this.#expression(test, scope);
      const branch = scope.inner();
      branches.push(branch);
      this.#assuming(assuredBy(test, scope), () => this.body(body, branch));
      this.#assured = [...this.#assured, ...assuredByFalse(test, scope)];
    }
    const otherwise = scope.inner();
    branches.push(otherwise);
    this.body(node.otherwise, otherwise);
    this.#assured = before;
    scope.join(branches);
  }

  #assuming(assured: readonly Path[], read: () => void): void {
    const before = this.#assured;
    this.#assured = [...before, ...assured];
    read();
    this.#assured = before;
  }

  /** @param given what the parameters stand for, as far as a call says it */
  #macroBody(
    parameters: readonly Parameter[],
    body: Body,
    scope: Bindings,
    given: ReadonlyMap<string, readonly Path[]> = new Map(),
  ): void {
    const inner = scope.inner();
    for (const special of ['caller', 'varargs', 'kwargs']) inner.set(special);
    for (const { name, default: usual } of parameters) {
      if (usual && !given.has(name)) this.#expression(usual, inner);
      inner.set(name, { paths: given.get(name) ?? (usual ? pathsOf(usual, inner) : []) });
    }
    this.body(body, inner);
  }

  #expression(node: Expression, scope: Bindings): void {
    switch (node.kind) {
      case 'name':
        return this.#read(node, scope);
      case 'attribute':
      case 'item':
        this.#read(node, scope);
        return this.#way(node, scope);
      case 'call':
        return this.#call(node, scope);
      case 'filter':
        return this.#filter(node, scope);
      case 'test':
        if (node.name === 'defined' || node.name === 'undefined') this.#absent(node.target, scope);
        else this.#expression(node.target, scope);
        return this.#each(argumentsIn(node.arguments), scope);
      case 'and':
      case 'or': {
        this.#expression(node.left, scope);
        const assured = node.kind === 'and' ? assuredBy(node.left, scope) : assuredByFalse(node.left, scope);
        return this.#assuming(assured, () => this.#expression(node.right, scope));
      }
      case 'condition': {
        const { test, whenTrue, otherwise } = node;
        this.#expression(test, scope);
        this.#assuming(assuredBy(test, scope), () => this.#expression(whenTrue, scope));
        if (otherwise) this.#assuming(assuredByFalse(test, scope), () => this.#expression(otherwise, scope));
        return;
      }
      case 'hyphenated':
        return this.#expression(eitherReading(node, scope), scope);
      default:
        return this.#each(childrenOf(node) as readonly Expression[], scope);
    }
  }

  #each(nodes: readonly Expression[], scope: Bindings): void {
    for (const node of nodes) this.#expression(node, scope);
  }

  /** What is read on the way to a member, besides the path itself, which is read as a whole. */
  #way(node: Expression, scope: Bindings): void {
    if (node.kind === 'item') this.#expression(node.key, scope);
    if (node.kind === 'item' || node.kind === 'attribute') this.#way(node.owner, scope);
    else if (node.kind !== 'name') this.#expression(node, scope);
  }

  /** `x.items()` reads x, `x.get('name')` may read its member; a macro is looked through with what it is given. */
  #call(node: CallExpression, scope: Bindings): void {
    const { callee, arguments: args } = node;
    if (callee.kind !== 'attribute') this.#expression(callee, scope);
    else if (callee.name === 'get' && args.positional.length > 0) {
      this.#optionally(() => this.#read(node, scope));
      this.#way(callee.owner, scope);
    } else this.#expression(callee.owner, scope);
    this.#each(argumentsIn(args), scope);
    const macro = callee.kind === 'name' ? scope.find(callee.name)?.macro : undefined;
    if (macro) this.#macroCall(macro, node, scope);
  }

  #macroCall(
    { node, scope: around }: { node: MacroStatement; scope: Bindings },
    call: CallExpression,
    scope: Bindings,
  ) {
    if (this.#openMacros.has(node) || this.#macroCalls >= macroCallsMax) return;
    this.#macroCalls += 1;
    this.#openMacros.add(node);
    this.#uncalled.delete(node);
    const { positional, keywords } = call.arguments;
    const given = new Map<string, readonly Path[]>();
    for (const [index, { name }] of node.parameters.entries()) {
      const value = positional[index] ?? keywords.find((keyword) => keyword.name === name)?.value;
      if (value) given.set(name, pathsOf(value, scope));
    }
    this.#macroBody(node.parameters, node.body, around, given);
    this.#openMacros.delete(node);
  }

  #filter(node: FilterExpression, scope: Bindings): void {
    if (isDefault(node.name)) this.#absent(node.target, scope);
    else this.#expression(node.target, scope);
    const attribute = attributeArgument(node);
    if (attribute) {
      const items = pathsOfItems(node.target, scope).item;
      const read = () =>
        this.#note(
          items.map((path) => [...path, ...attribute]),
          node.nameOffset,
        );
      if (node.arguments.keywords.some(({ name }) => name === 'default')) this.#optionally(read);
      else read();
    }
    this.#each(argumentsIn(node.arguments), scope);
  }

  /** An expression whose value may be absent; what it is made from may not. */
  #absent(node: Expression, scope: Bindings): void {
    switch (node.kind) {
      case 'name':
      case 'attribute':
      case 'item':
        this.#optionally(() => this.#read(node, scope));
        return this.#way(node, scope);
      case 'condition':
        this.#expression(node.test, scope);
        for (const each of [node.whenTrue, node.otherwise]) if (each) this.#absent(each, scope);
        return;
      case 'hyphenated':
        return this.#absent(eitherReading(node, scope), scope);
      default:
        return this.#expression(node, scope);
    }
  }

  #optionally(read: () => void): void {
    const before = this.#isOptional;
    this.#isOptional = true;
    read();
    this.#isOptional = before;
  }

  #read(node: Expression, scope: Bindings): void {
    this.#note(pathsOf(node, scope), node.offset);
  }

  #note(paths: readonly Path[], offset: number): void {
    for (const path of paths) {
      const isAssured = this.#assured.some((assured) => assured.every((part, index) => part === path[index]));
      this.reads.push({ path, position: this.#source.position(offset), optional: this.#isOptional || isAssured });
    }
  }
}

/** What the items of a value are that is unpacked. */
function partsOf(node: Expression, scope: Bindings): Path[][] | undefined {
  return node.kind === 'tuple' || node.kind === 'list' ? node.items.map((item) => pathsOf(item, scope)) : undefined;
}

const statementKinds: ReadonlySet<string> = new Set<Statement['kind']>([
  'data',
  'output',
  'for',
  'if',
  'set',
  'set-block',
  'with',
  'macro',
  'call-block',
  'filter-block',
  'block',
  'extends',
  'include',
  'import',
  'from-import',
  'autoescape',
]);

function isStatement(node: Statement | Expression): node is Statement {
  return statementKinds.has(node.kind);
}
