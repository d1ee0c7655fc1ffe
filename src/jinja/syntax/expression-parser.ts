import type { NumberOperator } from '../python/numbers.ts';
import type { ComparisonOperator } from '../python/operators.ts';
import {
  type Arguments,
  type CompareExpression,
  type Expression,
  type FilterCall,
  noArguments,
} from './syntax-tree.ts';
import { describeToken, TemplateSyntaxFailure, type Token } from './token.ts';
import type { TokenStream } from './token-stream.ts';

const constants: ReadonlyMap<string, null | boolean> = new Map([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);

/** Names that stand for a value: nothing can be assigned to them. */
export function isConstantName(name: string): boolean {
  return constants.has(name);
}

const comparisonOperators = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Reads expressions, from the loosest binding to the tightest. */
export class ExpressionParser {
  readonly #stream: TokenStream;
  /** Whether `a.b-c` is read as the member `b-c` of a. */
  #takesHyphens = false;
  /** The members that have been read, or could have been. */
  #hyphenated: { owner: Expression; name: string; firstName: string }[] = [];

  constructor(stream: TokenStream) {
    this.#stream = stream;
  }

  /** An expression of a statement. */
  expression(): Expression {
    return this.#eitherWay(() => this.#inner());
  }

  /**
   * Expressions with commas between them make a tuple; a single one is itself.
   * @param condition whether `a if b else c` may stand here
   * @param end a name that ends it
   */
  tuple(rules: { condition?: boolean; end?: string } = {}): Expression {
    return this.#eitherWay(() => this.#tuple(rules));
  }

  /** Reads it a second time if it may contain a name with hyphens. */
  #eitherWay(parse: () => Expression): Expression {
    const stream = this.#stream;
    const start = stream.place;
    this.#hyphenated = [];
    const plain = parse();
    if (this.#hyphenated.length === 0) return plain;
    const end = stream.place;
    stream.goTo(start);
    const literal = this.#literally(parse);
    const isSameText = stream.place === end;
    stream.goTo(end);
    if (!literal || !isSameText) return plain;
    return { kind: 'hyphenated', candidates: this.#hyphenated, literal, plain, offset: plain.offset };
  }

  /** With names that have hyphens; undefined where that makes no sense. */
  #literally(parse: () => Expression): Expression | undefined {
    this.#hyphenated = [];
    this.#takesHyphens = true;
    try {
      return parse();
    } catch (error) {
      if (error instanceof TemplateSyntaxFailure) return undefined;
      throw error;
    } finally {
      this.#takesHyphens = false;
    }
  }

  #inner(condition = true): Expression {
    return this.#stream.nested(() => (condition ? this.#condition() : this.#or()));
  }

  #tuple({ condition = true, end = '', parenthesised = false } = {}): Expression {
    const stream = this.#stream;
    const { offset } = stream.current;
    const items: Expression[] = [];
    let isTuple = false;
    while (!this.#endsTuple(end)) {
      items.push(this.#inner(condition));
      if (!stream.skip('operator', ',')) break;
      isTuple = true;
    }
    const [only] = items;
    if (only && !isTuple) return only;
    if (!only && !parenthesised) stream.unexpected('an expression');
    return { kind: 'tuple', items, offset };
  }

  #endsTuple(end: string): boolean {
    const { kind } = this.#stream.current;
    return (
      kind === 'close-output' ||
      kind === 'close-block' ||
      this.#stream.is('operator', ')') ||
      (end !== '' && this.#stream.is('name', end))
    );
  }

  #condition(): Expression {
    const stream = this.#stream;
    let result = this.#or();
    for (let length = 0; stream.skip('name', 'if'); length += 1) {
      stream.inChain(length);
      const test = this.#or();
      const otherwise = stream.skip('name', 'else') ? this.#inner() : undefined;
      result = { kind: 'condition', test, whenTrue: result, otherwise, offset: result.offset };
    }
    return result;
  }

  #or(): Expression {
    let left = this.#and();
    for (let length = 0; this.#stream.skip('name', 'or'); length += 1) {
      this.#stream.inChain(length);
      left = { kind: 'or', left, right: this.#and(), offset: left.offset };
    }
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    for (let length = 0; this.#stream.skip('name', 'and'); length += 1) {
      this.#stream.inChain(length);
      left = { kind: 'and', left, right: this.#not(), offset: left.offset };
    }
    return left;
  }

  #not(): Expression {
    const { offset } = this.#stream.current;
    if (!this.#stream.skip('name', 'not')) return this.#compare();
    return { kind: 'not', operand: this.#stream.nested(() => this.#not()), offset };
  }

  #compare(): Expression {
    const first = this.#sum();
    const rest: CompareExpression['rest'][number][] = [];
    for (let operator = this.#comparison(); operator; operator = this.#comparison()) {
      rest.push({ operator, operand: this.#sum() });
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, offset: first.offset };
  }

  #comparison(): ComparisonOperator | undefined {
    const stream = this.#stream;
    const token = stream.current;
    if (token.kind === 'operator' && comparisonOperators.has(token.text)) {
      stream.next();
      return token.text as ComparisonOperator;
    }
    if (stream.skip('name', 'in')) return 'in';
    if (!stream.areNames('not', 'in')) return undefined;
    stream.next();
    stream.next();
    return 'not in';
  }

  #binary(operators: readonly NumberOperator[], operand: () => Expression): Expression {
    const stream = this.#stream;
    let left = operand();
    for (let length = 0; ; length += 1) {
      stream.inChain(length);
      const operator = operators.find((each) => stream.is('operator', each));
      if (operator === undefined) return left;
      stream.next();
      left = { kind: 'arithmetic', operator, left, right: operand(), offset: left.offset };
    }
  }

  #sum(): Expression {
    return this.#binary(['+', '-'], () => this.#concat());
  }

  #concat(): Expression {
    const first = this.#product();
    const parts = [first];
    while (this.#stream.skip('operator', '~')) parts.push(this.#product());
    return parts.length === 1 ? first : { kind: 'concat', parts, offset: first.offset };
  }

  #product(): Expression {
    return this.#binary(['*', '/', '//', '%'], () => this.#binary(['**'], () => this.#unary()));
  }

  #unary(withFilter = true): Expression {
    const stream = this.#stream;
    const { offset } = stream.current;
    const kind = stream.skip('operator', '-') ? 'negative' : stream.skip('operator', '+') ? 'positive' : undefined;
    const operand = kind ? stream.nested(() => this.#unary(false)) : this.#primary();
    const node = this.#postfix(kind ? { kind, operand, offset } : operand);
    return withFilter ? this.#filtersAndTests(node) : node;
  }

  #primary(): Expression {
    const stream = this.#stream;
    const token = stream.next();
    const { offset } = token;
    switch (token.kind) {
      case 'name': {
        const value = constants.get(token.text);
        return value === undefined ? { kind: 'name', name: token.text, offset } : { kind: 'constant', value, offset };
      }
      case 'string': {
        let { value } = token;
        for (let more = stream.current; more.kind === 'string'; more = stream.current) {
          value += more.value;
          stream.next();
        }
        return { kind: 'constant', value, offset };
      }
      case 'integer':
      case 'float':
        return { kind: 'constant', value: token.value, offset };
      case 'operator':
        if (token.text === '(') {
          const inner = this.#tuple({ parenthesised: true });
          stream.expect('operator', ')');
          return inner;
        }
        if (token.text === '[') return { kind: 'list', items: this.#items(']', () => this.#inner()), offset };
        if (token.text === '{') return { kind: 'dict', entries: this.#items('}', () => this.#entry()), offset };
    }
    throw new TemplateSyntaxFailure(`unexpected ${describeToken(token)}`, offset);
  }

  /** Items with commas between them, up to the bracket that closes them. */
  #items<Item>(closer: string, item: () => Item): Item[] {
    const items: Item[] = [];
    while (!this.#stream.is('operator', closer)) {
      if (items.length > 0) this.#stream.expect('operator', ',');
      if (this.#stream.is('operator', closer)) break;
      items.push(item());
    }
    this.#stream.expect('operator', closer);
    return items;
  }

  #entry(): readonly [Expression, Expression] {
    const key = this.#inner();
    this.#stream.expect('operator', ':');
    return [key, this.#inner()];
  }

  #postfix(start: Expression): Expression {
    let node = start;
    for (let length = 0; ; length += 1) {
      this.#stream.inChain(length);
      if (this.#stream.skip('operator', '.')) node = this.#member(node);
      else if (this.#stream.skip('operator', '[')) node = this.#subscript(node);
      else if (this.#stream.is('operator', '(')) node = this.#call(node);
      else return node;
    }
  }

  #call(callee: Expression): Expression {
    return { kind: 'call', callee, arguments: this.arguments(), offset: callee.offset };
  }

  #member(owner: Expression): Expression {
    const token = this.#stream.next();
    if (token.kind === 'name') {
      const name = this.#withHyphens(token.text, token.offset);
      if (name !== token.text) this.#hyphenated.push({ owner, name, firstName: token.text });
      return { kind: 'attribute', owner, name: this.#takesHyphens ? name : token.text, offset: owner.offset };
    }
    if (token.kind !== 'integer') {
      throw new TemplateSyntaxFailure(`expected name or number, got ${describeToken(token)}`, token.offset);
    }
    const key: Expression = { kind: 'constant', value: token.value, offset: token.offset };
    return { kind: 'item', owner, key, offset: owner.offset };
  }

  /** The name with what follows it after hyphens, without a space. Consumed only while names with hyphens are read. */
  #withHyphens(firstName: string, offset: number): string {
    const stream = this.#stream;
    const start = stream.place;
    let name = firstName;
    for (;;) {
      const end = offset + name.length;
      const { current, following: part } = stream;
      if (!stream.is('operator', '-') || current.offset !== end || part?.offset !== end + 1) break;
      if (part.kind === 'name') name += `-${part.text}`;
      else if (part.kind === 'integer') name += `-${part.value}`;
      else break;
      stream.next();
      stream.next();
    }
    if (!this.#takesHyphens) stream.goTo(start);
    return name;
  }

  #subscript(owner: Expression): Expression {
    const stream = this.#stream;
    const { offset } = owner;
    const start = stream.current.offset;
    const items: Expression[] = [];
    while (!stream.is('operator', ']')) {
      if (items.length > 0) stream.expect('operator', ',');
      const item = stream.is('operator', ':') ? undefined : this.#inner();
      if (stream.is('operator', ':')) {
        if (items.length > 0) throw new TemplateSyntaxFailure('a slice must stand alone', stream.current.offset);
        return this.#slice(owner, item);
      }
      items.push(item as Expression);
    }
    stream.expect('operator', ']');
    const [only] = items;
    const key: Expression = only && items.length === 1 ? only : { kind: 'tuple', items, offset: start };
    return { kind: 'item', owner, key, offset };
  }

  #slice(owner: Expression, start: Expression | undefined): Expression {
    const stream = this.#stream;
    const part = () => (stream.is('operator', ':') || stream.is('operator', ']') ? undefined : this.#inner());
    stream.expect('operator', ':');
    const stop = part();
    const step = stream.skip('operator', ':') ? part() : undefined;
    stream.expect('operator', ']');
    return { kind: 'slice', owner, start, stop, step, offset: owner.offset };
  }

  #filtersAndTests(start: Expression): Expression {
    const stream = this.#stream;
    let node = start;
    for (let length = 0; ; length += 1) {
      stream.inChain(length);
      if (stream.skip('operator', '|')) node = this.#filter(node);
      else if (stream.skip('name', 'is')) node = this.#test(node);
      else if (stream.is('operator', '(')) node = this.#call(node);
      else return node;
    }
  }

  #filter(target: Expression): Expression {
    const { name, arguments: args, offset: nameOffset } = this.filterCall();
    return { kind: 'filter', name, nameOffset, target, arguments: args, offset: target.offset };
  }

  /** `name` or `name(args)`, behind a `|`. */
  filterCall(): FilterCall {
    const { offset } = this.#stream.current;
    const name = this.#dottedName();
    return { name, arguments: this.#stream.is('operator', '(') ? this.arguments() : noArguments, offset };
  }

  #dottedName(): string {
    let name = this.#stream.expectName();
    while (this.#stream.skip('operator', '.')) name += `.${this.#stream.expectName()}`;
    return name;
  }

  #test(target: Expression): Expression {
    const stream = this.#stream;
    const negated = stream.skip('name', 'not');
    const { offset: nameOffset } = stream.current;
    const name = this.#dottedName();
    let args = noArguments;
    if (stream.is('operator', '(')) args = this.arguments();
    else if (stream.is('name', 'is')) {
      throw new TemplateSyntaxFailure('You cannot chain multiple tests with is', stream.current.offset);
    } else if (startsTestArgument(stream.current)) {
      args = { positional: [this.#postfix(this.#primary())], keywords: [] };
    }
    return { kind: 'test', name, nameOffset, target, arguments: args, negated, offset: target.offset };
  }

  arguments(): Arguments {
    const stream = this.#stream;
    const { offset } = stream.expect('operator', '(');
    const positional: Expression[] = [];
    const keywords: { name: string; value: Expression }[] = [];
    let spreadList: Expression | undefined;
    let spreadDict: Expression | undefined;
    const allow = (isAllowed: boolean) => {
      if (!isAllowed) throw new TemplateSyntaxFailure('invalid syntax for function call expression', offset);
    };
    for (let isFirst = true; !stream.is('operator', ')'); isFirst = false) {
      if (!isFirst) stream.expect('operator', ',');
      if (stream.is('operator', ')')) break;
      const { current, following } = stream;
      if (stream.skip('operator', '*')) {
        allow(!spreadList && !spreadDict);
        spreadList = this.#inner();
      } else if (stream.skip('operator', '**')) {
        allow(!spreadDict);
        spreadDict = this.#inner();
      } else if (current.kind === 'name' && following?.kind === 'operator' && following.text === '=') {
        allow(!spreadDict);
        stream.next();
        stream.next();
        keywords.push({ name: current.text, value: this.#inner() });
      } else {
        allow(!spreadList && !spreadDict && keywords.length === 0);
        positional.push(this.#inner());
      }
    }
    stream.expect('operator', ')');
    return { positional, keywords, spreadList, spreadDict };
  }
}

/** `is divisibleby 3`: one argument needs no parentheses. */
function startsTestArgument(token: Token): boolean {
  if (token.kind === 'name') return token.text !== 'else' && token.text !== 'or' && token.text !== 'and';
  if (token.kind === 'operator') return token.text === '[' || token.text === '{';
  return token.kind === 'string' || token.kind === 'integer' || token.kind === 'float';
}
