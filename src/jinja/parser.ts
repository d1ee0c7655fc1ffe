import { TemplateSyntaxFailure, type Token, tokenize } from './lexer.ts';
import type { SourceText } from './source-text.ts';
import {
  type Arguments,
  type ArithmeticOperator,
  type AssignTarget,
  type Comparison,
  type ComparisonOperator,
  type Expression,
  type FilterCall,
  noArguments,
  type Parameter,
  type Statement,
} from './syntax-tree.ts';

/** How deep expressions and statements may nest: far beyond any template, far below the stack. */
const depthMax = 150;
/** How long a chain like `a + b + c` or `x.a.b.c` may be, for the same reason. */
const chainMax = 1_000;

const constants: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

const comparisonOperators = new Set(['==', '!=', '<', '<=', '>', '>=']);

export interface ParserNames {
  readonly filters: { has(name: string): boolean };
  readonly tests: { has(name: string): boolean };
}

/** Reads a template into its syntax tree; throws TemplateSyntaxFailure. */
export function parseSource(source: SourceText, names: ParserNames): readonly Statement[] {
  return new Parser(tokenize(source), names).template();
}

class Parser {
  readonly #tokens: readonly Token[];
  readonly #names: ParserNames;
  #at = 0;
  #depth = 0;
  /** The end tags that the statements around the present one wait for, innermost last. */
  readonly #awaited: (readonly string[])[] = [];
  readonly #openTags: string[] = [];
  readonly #blocks = new Set<string>();

  constructor(tokens: readonly Token[], names: ParserNames) {
    this.#tokens = tokens;
    this.#names = names;
  }

  template(): readonly Statement[] {
    return this.#statements();
  }

  // --- tokens ---

  get #token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #next(): Token {
    const token = this.#token;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  #is(kind: 'name' | 'operator', text: string): boolean {
    const token = this.#token;
    return token.kind === kind && token.text === text;
  }

  #skip(kind: 'name' | 'operator', text: string): boolean {
    if (!this.#is(kind, text)) return false;
    this.#at += 1;
    return true;
  }

  #expect(kind: 'name' | 'operator', text: string): Token {
    if (!this.#is(kind, text)) this.#unexpected(`'${text}'`);
    return this.#next();
  }

  #expectName(): string {
    const token = this.#token;
    if (token.kind !== 'name') return this.#unexpected('a name');
    this.#next();
    return token.text;
  }

  #unexpected(expected: string): never {
    throw new TemplateSyntaxFailure(`expected ${expected}, got ${describe(this.#token)}`, this.#token.offset);
  }

  #nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthMax) {
      throw new TemplateSyntaxFailure(`nested more than ${depthMax} levels deep`, this.#token.offset);
    }
    const result = parse();
    this.#depth -= 1;
    return result;
  }

  #inChain(length: number): void {
    if (length > chainMax) {
      throw new TemplateSyntaxFailure(`an expression of more than ${chainMax} parts`, this.#token.offset);
    }
  }

  // --- statements ---

  /** Up to the end of the text, or to a block that begins with one of `ends` (which is not consumed). */
  #statements(ends: readonly string[] = []): readonly Statement[] {
    return this.#nested(() => {
      this.#awaited.push(ends);
      const body: Statement[] = [];
      for (;;) {
        const token = this.#token;
        if (token.kind === 'end') {
          if (ends.length > 0) this.#unexpectedEnd(ends);
          break;
        }
        if (token.kind === 'data') {
          this.#next();
          body.push({ kind: 'data', text: token.text, offset: token.offset });
        } else if (token.kind === 'open-output') {
          this.#next();
          const expression = this.#tuple();
          this.#close('close-output', 'end of print statement');
          body.push({ kind: 'output', expression, offset: token.offset });
        } else if (token.kind === 'open-block') {
          const tag = this.#tokens[this.#at + 1];
          if (tag?.kind === 'name' && ends.includes(tag.text)) {
            this.#at += 1;
            break;
          }
          this.#next();
          body.push(...this.#statement(token.offset));
        } else {
          this.#unexpected('a statement');
        }
      }
      this.#awaited.pop();
      return body;
    });
  }

  #unexpectedEnd(ends: readonly string[]): never {
    const tag = this.#openTags.at(-1);
    const looking = ends.map((end) => `'${end}'`).join(' or ');
    throw new TemplateSyntaxFailure(
      `Unexpected end of template. Jinja was looking for the following tags: ${looking}. The innermost block that needs to be closed is '${tag}'.`,
      this.#token.offset,
    );
  }

  #close(kind: 'close-output' | 'close-block', what = 'end of statement block'): void {
    if (this.#token.kind !== kind) this.#unexpected(what);
    this.#next();
  }

  /** Statements up to the end tag, the end tag, and what closes it. */
  #bodyUntil(end: string): readonly Statement[] {
    this.#close('close-block');
    const body = this.#statements([end]);
    this.#next();
    return body;
  }

  #statement(offset: number): readonly Statement[] {
    const token = this.#token;
    if (token.kind !== 'name')
      throw new TemplateSyntaxFailure(`tag name expected, got ${describe(token)}`, token.offset);
    this.#openTags.push(token.text);
    this.#next();
    const parsed = this.#tag(token.text, offset, token);
    this.#openTags.pop();
    this.#close('close-block');
    return parsed;
  }

  #tag(name: string, offset: number, token: Token): readonly Statement[] {
    switch (name) {
      case 'for':
        return [this.#for(offset)];
      case 'if':
        return [this.#if(offset)];
      case 'set':
        return [this.#set(offset)];
      case 'with':
        return [this.#with(offset)];
      case 'macro':
        return [this.#macro(offset)];
      case 'call':
        return [this.#callBlock(offset)];
      case 'filter': {
        const filters = this.#filterCalls(true);
        return [{ kind: 'filter-block', filters, body: this.#bodyUntil('endfilter'), offset }];
      }
      case 'block':
        return [this.#block(offset)];
      case 'extends':
        return [{ kind: 'extends', template: this.#expression(), offset }];
      case 'include':
        return [this.#include(offset)];
      case 'import': {
        const template = this.#expression();
        this.#expect('name', 'as');
        return [{ kind: 'import', template, alias: this.#expectName(), withContext: this.#contextRule(false), offset }];
      }
      case 'from':
        return [this.#fromImport(offset)];
      case 'print': {
        const parts: Statement[] = [];
        do {
          parts.push({ kind: 'output', expression: this.#expression(), offset });
        } while (this.#skip('operator', ','));
        return parts;
      }
      case 'autoescape': {
        // Escaping is off in Proton; the block only makes a scope. What it asks for is read and refused when it is on.
        const wanted = this.#expression();
        if (wanted.kind !== 'constant' || wanted.value !== false) {
          throw new TemplateSyntaxFailure(
            'autoescape can only be false: Proton renders without escaping',
            token.offset,
          );
        }
        return [{ kind: 'scope', body: this.#bodyUntil('endautoescape'), offset }];
      }
      default:
        throw new TemplateSyntaxFailure(this.#unknownTag(name), token.offset);
    }
  }

  #unknownTag(name: string): string {
    const awaited = this.#awaited.at(-1) ?? [];
    this.#openTags.pop();
    const open = this.#openTags.at(-1);
    if (awaited.length === 0) return `Encountered unknown tag '${name}'.`;
    const looking = awaited.map((end) => `'${end}'`).join(' or ');
    return `Encountered unknown tag '${name}'. Jinja was looking for the following tags: ${looking}. The innermost block that needs to be closed is '${open}'.`;
  }

  #for(offset: number): Statement {
    const target = this.#assignTarget(['in']);
    this.#expect('name', 'in');
    const iterable = this.#tuple({ condition: false, ends: ['recursive'] });
    const filter = this.#skip('name', 'if') ? this.#expression() : undefined;
    const recursive = this.#skip('name', 'recursive');
    this.#close('close-block');
    const body = this.#statements(['endfor', 'else']);
    let otherwise: readonly Statement[] = [];
    if (this.#skip('name', 'else')) otherwise = this.#bodyUntil('endfor');
    else this.#next();
    return { kind: 'for', target, iterable, filter, recursive, body, otherwise, offset };
  }

  #if(offset: number): Statement {
    const branches: { test: Expression; body: readonly Statement[] }[] = [];
    let otherwise: readonly Statement[] = [];
    for (;;) {
      const test = this.#tuple({ condition: false });
      this.#close('close-block');
      branches.push({ test, body: this.#statements(['elif', 'else', 'endif']) });
      if (this.#skip('name', 'elif')) continue;
      if (this.#skip('name', 'else')) otherwise = this.#bodyUntil('endif');
      else this.#next();
      return { kind: 'if', branches, otherwise, offset };
    }
  }

  #set(offset: number): Statement {
    const target = this.#assignTarget(['='], true);
    if (this.#skip('operator', '=')) return { kind: 'set', target, value: this.#tuple(), offset };
    const filters = this.#filterCalls(false);
    return { kind: 'set-block', target, filters, body: this.#bodyUntil('endset'), offset };
  }

  #with(offset: number): Statement {
    const assignments: { target: AssignTarget; value: Expression }[] = [];
    while (this.#token.kind !== 'close-block') {
      if (assignments.length > 0) this.#expect('operator', ',');
      const target = this.#singleTarget(false);
      this.#expect('operator', '=');
      assignments.push({ target, value: this.#expression() });
    }
    return { kind: 'with', assignments, body: this.#bodyUntil('endwith'), offset };
  }

  #macro(offset: number): Statement {
    const name = this.#expectName();
    const parameters = this.#parameters();
    return { kind: 'macro', name, parameters, body: this.#bodyUntil('endmacro'), offset };
  }

  #callBlock(offset: number): Statement {
    const parameters = this.#is('operator', '(') ? this.#parameters() : [];
    const call = this.#expression();
    if (call.kind !== 'call') throw new TemplateSyntaxFailure('expected call', call.offset);
    return { kind: 'call-block', call, parameters, body: this.#bodyUntil('endcall'), offset };
  }

  #parameters(): readonly Parameter[] {
    const parameters: Parameter[] = [];
    this.#expect('operator', '(');
    while (!this.#is('operator', ')')) {
      if (parameters.length > 0) this.#expect('operator', ',');
      if (this.#is('operator', ')')) break;
      const offset = this.#token.offset;
      const name = this.#expectName();
      if (this.#skip('operator', '=')) parameters.push({ name, default: this.#expression() });
      else if (parameters.some((each) => each.default)) {
        throw new TemplateSyntaxFailure('non-default argument follows default argument', offset);
      } else parameters.push({ name });
    }
    this.#expect('operator', ')');
    return parameters;
  }

  #block(offset: number): Statement {
    const nameOffset = this.#token.offset;
    const name = this.#expectName();
    if (this.#blocks.has(name)) throw new TemplateSyntaxFailure(`block '${name}' defined twice`, nameOffset);
    this.#blocks.add(name);
    const scoped = this.#skip('name', 'scoped');
    this.#skip('name', 'required');
    const body = this.#bodyUntil('endblock');
    this.#skip('name', name);
    return { kind: 'block', name, scoped, body, offset };
  }

  #include(offset: number): Statement {
    const template = this.#expression();
    let ignoreMissing = false;
    if (this.#is('name', 'ignore')) {
      this.#next();
      this.#expect('name', 'missing');
      ignoreMissing = true;
    }
    return { kind: 'include', template, ignoreMissing, withContext: this.#contextRule(true), offset };
  }

  #contextRule(usual: boolean): boolean {
    const token = this.#token;
    const following = this.#tokens[this.#at + 1];
    if (token.kind !== 'name' || (token.text !== 'with' && token.text !== 'without')) return usual;
    if (following?.kind !== 'name' || following.text !== 'context') return usual;
    this.#at += 2;
    return token.text === 'with';
  }

  #fromImport(offset: number): Statement {
    const template = this.#expression();
    this.#expect('name', 'import');
    const names: { name: string; alias: string }[] = [];
    let withContext = false;
    for (;;) {
      if (this.#is('name', 'with') || this.#is('name', 'without')) {
        const before = this.#at;
        withContext = this.#contextRule(false);
        if (this.#at !== before) break;
      }
      const name = this.#expectName();
      if (name.startsWith('_'))
        throw new TemplateSyntaxFailure(`names starting with an underline can not be imported`, offset);
      names.push({ name, alias: this.#skip('name', 'as') ? this.#expectName() : name });
      if (!this.#skip('operator', ',')) {
        withContext = this.#contextRule(false);
        break;
      }
      if (this.#token.kind === 'close-block') break;
    }
    return { kind: 'from-import', template, names, withContext, offset };
  }

  #assignTarget(ends: readonly string[], withNamespace = false): AssignTarget {
    const offset = this.#token.offset;
    const items: AssignTarget[] = [];
    let isTuple = false;
    for (;;) {
      const token = this.#token;
      if (items.length > 0 && ((token.kind === 'name' && ends.includes(token.text)) || token.kind === 'close-block'))
        break;
      if (items.length > 0 && token.kind === 'operator' && ends.includes(token.text)) break;
      items.push(this.#singleTarget(withNamespace));
      if (!this.#skip('operator', ',')) break;
      isTuple = true;
    }
    return isTuple ? { kind: 'tuple', items, offset } : (items[0] as AssignTarget);
  }

  #singleTarget(withNamespace: boolean): AssignTarget {
    const offset = this.#token.offset;
    if (this.#skip('operator', '(')) {
      const inner = this.#assignTarget([')'], false);
      this.#expect('operator', ')');
      return inner;
    }
    const name = this.#expectName();
    if (withNamespace && this.#skip('operator', '.'))
      return { kind: 'namespace', name, attribute: this.#expectName(), offset };
    if (constants.has(name)) throw new TemplateSyntaxFailure(`can't assign to '${name}'`, offset);
    return { kind: 'name', name, offset };
  }

  /** `name(args) | name(args)`, as behind `filter`, or behind the target of a `set` block. */
  #filterCalls(startsWithName: boolean): readonly FilterCall[] {
    const filters: FilterCall[] = [];
    let first = startsWithName;
    while (first || this.#is('operator', '|')) {
      if (!first) this.#next();
      first = false;
      const offset = this.#token.offset;
      const name = this.#filterName();
      filters.push({ name, arguments: this.#is('operator', '(') ? this.#arguments() : noArguments, offset });
    }
    return filters;
  }

  #filterName(): string {
    const offset = this.#token.offset;
    let name = this.#expectName();
    while (this.#skip('operator', '.')) name += `.${this.#expectName()}`;
    if (!this.#names.filters.has(name)) throw new TemplateSyntaxFailure(`No filter named '${name}'.`, offset);
    return name;
  }

  // --- expressions ---

  #expression(condition = true): Expression {
    return this.#nested(() => (condition ? this.#condition() : this.#or()));
  }

  /** Comma-separated expressions make a tuple; a single one is itself. */
  #tuple({ condition = true, ends = [] as readonly string[], parenthesised = false } = {}): Expression {
    const offset = this.#token.offset;
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0 && !this.#is('operator', ',')) break;
      if (items.length > 0) {
        this.#next();
        isTuple = true;
      }
      if (this.#endsTuple(ends)) break;
      items.push(this.#expression(condition));
    }
    if (!isTuple) {
      const [only] = items;
      if (only) return only;
      if (!parenthesised) this.#unexpected('an expression');
    }
    return { kind: 'tuple', items, offset };
  }

  #endsTuple(ends: readonly string[]): boolean {
    const token = this.#token;
    if (token.kind === 'close-output' || token.kind === 'close-block') return true;
    if (token.kind === 'operator') return token.text === ')';
    return token.kind === 'name' && ends.includes(token.text);
  }

  #condition(): Expression {
    let result = this.#or();
    for (let length = 0; this.#skip('name', 'if'); length += 1) {
      this.#inChain(length);
      const test = this.#or();
      const otherwise = this.#skip('name', 'else') ? this.#expression() : undefined;
      result = { kind: 'condition', test, whenTrue: result, otherwise, offset: result.offset };
    }
    return result;
  }

  #or(): Expression {
    let left = this.#and();
    for (let length = 0; this.#skip('name', 'or'); length += 1) {
      this.#inChain(length);
      left = { kind: 'or', left, right: this.#and(), offset: left.offset };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let length = 0; this.#skip('name', 'and'); length += 1) {
      this.#inChain(length);
      left = { kind: 'and', left, right: this.#not(), offset: left.offset };
    }
    return left;
  }

  #not(): Expression {
    const { offset } = this.#token;
    if (this.#skip('name', 'not')) return { kind: 'not', operand: this.#nested(() => this.#not()), offset };
    return this.#compare();
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: Comparison[] = [];
    for (;;) {
      const operator = this.#comparisonOperator();
      if (!operator) break;
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, offset: first.offset };
  }

  #comparisonOperator(): ComparisonOperator | undefined {
    const token = this.#token;
    if (token.kind === 'operator' && comparisonOperators.has(token.text)) {
      this.#next();
      return token.text as ComparisonOperator;
    }
    if (this.#skip('name', 'in')) return 'in';
    const following = this.#tokens[this.#at + 1];
    if (this.#is('name', 'not') && following?.kind === 'name' && following.text === 'in') {
      this.#at += 2;
      return 'not in';
    }
    return undefined;
  }

  #binary(operand: () => Expression, operators: readonly ArithmeticOperator[]): Expression {
    let left = operand();
    for (let length = 0; ; length += 1) {
      this.#inChain(length);
      const token = this.#token;
      if (token.kind !== 'operator' || !operators.includes(token.text as ArithmeticOperator)) return left;
      this.#next();
      left = {
        kind: 'arithmetic',
        operator: token.text as ArithmeticOperator,
        left,
        right: operand(),
        offset: left.offset,
      };
    }
  }

  #sum(): Expression {
    return this.#binary(() => this.#concat(), ['+', '-']);
  }

  #concat(): Expression {
    const parts = [this.#product()];
    while (this.#skip('operator', '~')) parts.push(this.#product());
    const [first] = parts;
    return parts.length === 1 && first ? first : { kind: 'concat', parts, offset: (first as Expression).offset };
  }

  #product(): Expression {
    return this.#binary(() => this.#power(), ['*', '/', '//', '%']);
  }

  #power(): Expression {
    return this.#binary(() => this.#unary(), ['**']);
  }

  #unary(withFilter = true): Expression {
    const { offset } = this.#token;
    let node: Expression;
    if (this.#skip('operator', '-'))
      node = { kind: 'negative', operand: this.#nested(() => this.#unary(false)), offset };
    else if (this.#skip('operator', '+'))
      node = { kind: 'positive', operand: this.#nested(() => this.#unary(false)), offset };
    else node = this.#primary();
    node = this.#postfix(node);
    return withFilter ? this.#filters(node) : node;
  }

  #primary(): Expression {
    const token = this.#next();
    const { offset } = token;
    if (token.kind === 'name') {
      const constant = constants.get(token.text);
      return constant === undefined
        ? { kind: 'name', name: token.text, offset }
        : { kind: 'constant', value: constant, offset };
    }
    if (token.kind === 'string') {
      let value = token.value;
      for (let more = this.#token; more.kind === 'string'; more = this.#token) {
        value += more.value;
        this.#next();
      }
      return { kind: 'constant', value, offset };
    }
    if (token.kind === 'integer' || token.kind === 'float') return { kind: 'constant', value: token.value, offset };
    if (token.kind === 'operator') {
      if (token.text === '(') {
        const inner = this.#tuple({ parenthesised: true });
        this.#expect('operator', ')');
        return inner;
      }
      if (token.text === '[') return { kind: 'list', items: this.#items(']'), offset };
      if (token.text === '{') return { kind: 'dict', entries: this.#entries(), offset };
    }
    throw new TemplateSyntaxFailure(`unexpected ${describe(token)}`, offset);
  }

  #items(closer: string): readonly Expression[] {
    const items: Expression[] = [];
    while (!this.#is('operator', closer)) {
      if (items.length > 0) this.#expect('operator', ',');
      if (this.#is('operator', closer)) break;
      items.push(this.#expression());
    }
    this.#expect('operator', closer);
    return items;
  }

  #entries(): readonly (readonly [Expression, Expression])[] {
    const entries: [Expression, Expression][] = [];
    while (!this.#is('operator', '}')) {
      if (entries.length > 0) this.#expect('operator', ',');
      if (this.#is('operator', '}')) break;
      const key = this.#expression();
      this.#expect('operator', ':');
      entries.push([key, this.#expression()]);
    }
    this.#expect('operator', '}');
    return entries;
  }

  #postfix(start: Expression): Expression {
    let node = start;
    for (let length = 0; ; length += 1) {
      this.#inChain(length);
      const { offset } = node;
      if (this.#skip('operator', '.')) {
        const token = this.#next();
        if (token.kind === 'name') node = { kind: 'attribute', owner: node, name: token.text, offset };
        else if (token.kind === 'integer') {
          node = {
            kind: 'item',
            owner: node,
            key: { kind: 'constant', value: token.value, offset: token.offset },
            offset,
          };
        } else throw new TemplateSyntaxFailure(`expected name or number, got ${describe(token)}`, token.offset);
      } else if (this.#skip('operator', '[')) node = this.#subscript(node);
      else if (this.#is('operator', '(')) node = { kind: 'call', callee: node, arguments: this.#arguments(), offset };
      else return node;
    }
  }

  #subscript(owner: Expression): Expression {
    const { offset } = owner;
    const items: Expression[] = [];
    let isTuple = false;
    const itemOffset = this.#token.offset;
    while (!this.#is('operator', ']')) {
      if (items.length > 0) {
        this.#expect('operator', ',');
        isTuple = true;
        if (this.#is('operator', ']')) break;
      }
      const start = this.#is('operator', ':') ? undefined : this.#expression();
      if (!this.#skip('operator', ':')) {
        items.push(start as Expression);
        continue;
      }
      if (items.length > 0) throw new TemplateSyntaxFailure('a slice must stand alone', this.#token.offset);
      const stop = this.#sliceEnds() ? undefined : this.#expression();
      let step: Expression | undefined;
      if (this.#skip('operator', ':') && !this.#sliceEnds()) step = this.#expression();
      this.#expect('operator', ']');
      return { kind: 'slice', owner, start, stop, step, offset };
    }
    this.#expect('operator', ']');
    const [only] = items;
    if (!only) throw new TemplateSyntaxFailure('expected subscript expression', itemOffset);
    return { kind: 'item', owner, key: isTuple ? { kind: 'tuple', items, offset: itemOffset } : only, offset };
  }

  #sliceEnds(): boolean {
    return this.#is('operator', ':') || this.#is('operator', ']') || this.#is('operator', ',');
  }

  #filters(start: Expression): Expression {
    let node = start;
    for (let length = 0; ; length += 1) {
      this.#inChain(length);
      const { offset } = node;
      if (this.#is('operator', '|')) {
        this.#next();
        const name = this.#filterName();
        const args = this.#is('operator', '(') ? this.#arguments() : noArguments;
        node = { kind: 'filter', name, target: node, arguments: args, offset };
      } else if (this.#is('name', 'is')) node = this.#test(node);
      else if (this.#is('operator', '(')) node = { kind: 'call', callee: node, arguments: this.#arguments(), offset };
      else return node;
    }
  }

  #test(target: Expression): Expression {
    this.#expect('name', 'is');
    const negated = this.#skip('name', 'not');
    const { offset } = this.#token;
    let name = this.#expectName();
    while (this.#skip('operator', '.')) name += `.${this.#expectName()}`;
    if (!this.#names.tests.has(name)) throw new TemplateSyntaxFailure(`No test named '${name}'.`, offset);
    let args = noArguments;
    const token = this.#token;
    if (this.#is('operator', '(')) args = this.#arguments();
    else if (this.#is('name', 'is'))
      throw new TemplateSyntaxFailure('You cannot chain multiple tests with is', token.offset);
    else if (startsTestArgument(token)) args = { positional: [this.#postfix(this.#primary())], keywords: [] };
    return { kind: 'test', name, target, arguments: args, negated, offset: target.offset };
  }

  #arguments(): Arguments {
    this.#expect('operator', '(');
    const positional: Expression[] = [];
    const keywords: { name: string; value: Expression }[] = [];
    let spreadList: Expression | undefined;
    let spreadDict: Expression | undefined;
    let first = true;
    while (!this.#is('operator', ')')) {
      if (!first) this.#expect('operator', ',');
      first = false;
      if (this.#is('operator', ')')) break;
      const token = this.#token;
      const following = this.#tokens[this.#at + 1];
      if (this.#skip('operator', '**')) spreadDict = this.#expression();
      else if (this.#skip('operator', '*')) spreadList = this.#expression();
      else if (token.kind === 'name' && following?.kind === 'operator' && following.text === '=') {
        this.#at += 2;
        keywords.push({ name: token.text, value: this.#expression() });
      } else if (keywords.length > 0 || spreadDict || spreadList) {
        throw new TemplateSyntaxFailure('invalid syntax for function call expression', token.offset);
      } else positional.push(this.#expression());
    }
    this.#expect('operator', ')');
    return { positional, keywords, spreadList, spreadDict };
  }
}

function startsTestArgument(token: Token): boolean {
  if (token.kind === 'name') return !['else', 'or', 'and', 'not', 'in', 'if'].includes(token.text);
  if (token.kind === 'operator') return token.text === '[' || token.text === '{';
  return token.kind === 'string' || token.kind === 'integer' || token.kind === 'float';
}

function describe(token: Token): string {
  switch (token.kind) {
    case 'name':
    case 'operator':
      return `'${token.text}'`;
    case 'string':
      return `'${token.value}'`;
    case 'integer':
    case 'float':
      return `'${token.value}'`;
    case 'data':
      return 'template data';
    case 'open-output':
      return "'{{'";
    case 'close-output':
      return "'}}'";
    case 'open-block':
      return "'{%'";
    case 'close-block':
      return "'%}'";
    case 'end':
      return 'end of template';
  }
}
