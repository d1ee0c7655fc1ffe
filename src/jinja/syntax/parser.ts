import { whiteSpace } from '../python/characters.ts';
import { ExpressionParser, isConstantName } from './expression-parser.ts';
import { tokenize } from './lexer.ts';
import type { SourceText } from './source-text.ts';
import type { AssignTarget, Body, Expression, FilterCall, Parameter, Statement } from './syntax-tree.ts';
import { describeToken, TemplateSyntaxFailure, type Token } from './token.ts';
import { TokenStream } from './token-stream.ts';

/** Reads a template into its syntax tree; throws TemplateSyntaxFailure. */
export function parseSource(source: SourceText): Body {
  return new Parser(new TokenStream(tokenize(source))).template();
}

/** Reads statements. */
class Parser {
  readonly #stream: TokenStream;
  readonly #expressions: ExpressionParser;
  /** The end tags that the statements around the present one wait for, innermost last. */
  readonly #awaited: (readonly string[])[] = [];
  readonly #openTags: string[] = [];
  readonly #blockNames = new Set<string>();

  constructor(stream: TokenStream) {
    this.#stream = stream;
    this.#expressions = new ExpressionParser(stream);
  }

  template(): Body {
    return this.#statements([]);
  }

  /** Up to the end of the text, or to a tag that is one of `ends` (which is not consumed). */
  #statements(ends: readonly string[]): Body {
    return this.#stream.nested(() => {
      this.#awaited.push(ends);
      const body: Statement[] = [];
      while (!this.#isAtEnd(ends)) body.push(...this.#next());
      this.#awaited.pop();
      return body;
    });
  }

  #isAtEnd(ends: readonly string[]): boolean {
    const { current, following } = this.#stream;
    if (current.kind === 'end') return ends.length === 0 || this.#unknownTag(undefined, current.offset);
    if (current.kind !== 'open-block' || following?.kind !== 'name' || !ends.includes(following.text)) return false;
    this.#stream.next();
    return true;
  }

  #next(): Body {
    const token = this.#stream.next();
    if (token.kind === 'data') return [token];
    if (token.kind === 'open-block') return this.#statement(token.offset);
    if (token.kind !== 'open-output') throw new Error(`the lexer gave ${describeToken(token)} outside a tag`);
    const expression = this.#expressions.tuple();
    this.#close('close-output', 'end of print statement');
    return [{ kind: 'output', expression, offset: token.offset }];
  }

  #close(kind: 'close-output' | 'close-block', what = 'end of statement block'): void {
    if (this.#stream.current.kind !== kind) this.#stream.unexpected(what);
    this.#stream.next();
  }

  /** What stands behind an opening tag. A colon before its end is allowed, as in Python. */
  #body(ends: readonly string[]): Body {
    this.#stream.skip('operator', ':');
    this.#close('close-block');
    return this.#statements(ends);
  }

  /** The same, with the end tag. */
  #bodyUntil(end: string): Body {
    const body = this.#body([end]);
    this.#stream.next();
    return body;
  }

  #statement(offset: number): Body {
    const token = this.#stream.current;
    if (token.kind !== 'name') {
      throw new TemplateSyntaxFailure(`tag name expected, got ${describeToken(token)}`, token.offset);
    }
    this.#openTags.push(token.text);
    this.#stream.next();
    const parsed = this.#tag(token.text, offset, token);
    this.#openTags.pop();
    this.#close('close-block');
    return parsed;
  }

  #tag(name: string, offset: number, token: Token): Body {
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
        const filters = [this.#expressions.filterCall(), ...this.#filterCalls()];
        return [{ kind: 'filter-block', filters, body: this.#bodyUntil('endfilter'), offset }];
      }
      case 'block':
        return [this.#block(offset)];
      case 'extends':
        return [{ kind: 'extends', template: this.#expressions.expression(), offset }];
      case 'include':
        return [this.#include(offset)];
      case 'import':
        return [this.#import(offset)];
      case 'from':
        return [this.#fromImport(offset)];
      case 'print':
        return this.#print(offset);
      case 'autoescape': {
        const wanted = this.#expressions.expression();
        return [{ kind: 'autoescape', wanted, body: this.#bodyUntil('endautoescape'), offset }];
      }
      default:
        this.#openTags.pop();
        return this.#unknownTag(name, token.offset);
    }
  }

  /** @param name undefined at the end of the template */
  #unknownTag(name: string | undefined, offset: number): never {
    const parts = [name === undefined ? 'Unexpected end of template.' : `Encountered unknown tag '${name}'.`];
    const looking = (this.#awaited.at(-1) ?? []).map((end) => `'${end}'`).join(' or ');
    if (looking !== '') {
      const isMisplaced = name !== undefined && this.#awaited.some((ends) => ends.includes(name));
      parts.push(
        isMisplaced
          ? `You probably made a nesting mistake. Jinja is expecting this tag, but currently looking for ${looking}.`
          : `Jinja was looking for the following tags: ${looking}.`,
      );
    }
    const open = this.#openTags.at(-1);
    if (open !== undefined) parts.push(`The innermost block that needs to be closed is '${open}'.`);
    throw new TemplateSyntaxFailure(parts.join(' '), offset);
  }

  #for(offset: number): Statement {
    const stream = this.#stream;
    const target = this.#assignTarget('in');
    stream.expect('name', 'in');
    const iterable = this.#expressions.tuple({ condition: false, end: 'recursive' });
    const filter = stream.skip('name', 'if') ? this.#expressions.expression() : undefined;
    const recursive = stream.skip('name', 'recursive');
    const body = this.#body(['endfor', 'else']);
    const otherwise = stream.skip('name', 'else') ? this.#bodyUntil('endfor') : [];
    stream.skip('name', 'endfor');
    return { kind: 'for', target, iterable, filter, recursive, body, otherwise, offset };
  }

  #if(offset: number): Statement {
    const stream = this.#stream;
    const branches: { test: Expression; body: Body }[] = [];
    do {
      const test = this.#expressions.tuple({ condition: false });
      branches.push({ test, body: this.#body(['elif', 'else', 'endif']) });
    } while (stream.skip('name', 'elif'));
    const otherwise = stream.skip('name', 'else') ? this.#bodyUntil('endif') : [];
    stream.skip('name', 'endif');
    return { kind: 'if', branches, otherwise, offset };
  }

  #set(offset: number): Statement {
    const target = this.#assignTarget('', true);
    if (this.#stream.skip('operator', '=')) {
      return { kind: 'set', target, value: this.#expressions.tuple(), offset };
    }
    const filters = this.#filterCalls();
    return { kind: 'set-block', target, filters, body: this.#bodyUntil('endset'), offset };
  }

  #with(offset: number): Statement {
    const assignments: { target: AssignTarget; value: Expression }[] = [];
    while (this.#stream.current.kind !== 'close-block') {
      if (assignments.length > 0) this.#stream.expect('operator', ',');
      const target = this.#assignTarget();
      this.#stream.expect('operator', '=');
      assignments.push({ target, value: this.#expressions.expression() });
    }
    return { kind: 'with', assignments, body: this.#bodyUntil('endwith'), offset };
  }

  #macro(offset: number): Statement {
    const name = this.#targetName();
    const parameters = this.#parameters();
    return { kind: 'macro', name, parameters, body: this.#bodyUntil('endmacro'), offset };
  }

  #callBlock(offset: number): Statement {
    const parameters = this.#stream.is('operator', '(') ? this.#parameters() : [];
    const call = this.#expressions.expression();
    if (call.kind !== 'call') throw new TemplateSyntaxFailure('expected call', call.offset);
    return { kind: 'call-block', call, parameters, body: this.#bodyUntil('endcall'), offset };
  }

  #parameters(): Parameter[] {
    const stream = this.#stream;
    const parameters: Parameter[] = [];
    stream.expect('operator', '(');
    while (!stream.is('operator', ')')) {
      if (parameters.length > 0) stream.expect('operator', ',');
      const { offset } = stream.current;
      const name = this.#targetName();
      if (stream.skip('operator', '=')) parameters.push({ name, default: this.#expressions.expression(), offset });
      else if (parameters.some((each) => each.default)) {
        throw new TemplateSyntaxFailure('non-default argument follows default argument', offset);
      } else parameters.push({ name, offset });
    }
    stream.expect('operator', ')');
    return parameters;
  }

  #block(offset: number): Statement {
    const stream = this.#stream;
    const nameOffset = stream.current.offset;
    const name = stream.expectName();
    if (this.#blockNames.has(name)) throw new TemplateSyntaxFailure(`block '${name}' defined twice`, nameOffset);
    this.#blockNames.add(name);
    const scoped = stream.skip('name', 'scoped');
    const required = stream.skip('name', 'required');
    const body = this.#bodyUntil('endblock');
    if (required && !body.every(isBlank)) {
      throw new TemplateSyntaxFailure('Required blocks can only contain comments or whitespace', offset);
    }
    stream.skip('name', name);
    return { kind: 'block', name, scoped, required, body, offset };
  }

  #include(offset: number): Statement {
    const template = this.#expressions.expression();
    const ignoreMissing = this.#stream.areNames('ignore', 'missing');
    if (ignoreMissing) {
      this.#stream.next();
      this.#stream.next();
    }
    return { kind: 'include', template, ignoreMissing, withContext: this.#contextRule() ?? true, offset };
  }

  /** `with context` or `without context`; undefined where neither stands. */
  #contextRule(): boolean | undefined {
    const stream = this.#stream;
    const isWith = stream.areNames('with', 'context');
    if (!isWith && !stream.areNames('without', 'context')) return undefined;
    stream.next();
    stream.next();
    return isWith;
  }

  #import(offset: number): Statement {
    const template = this.#expressions.expression();
    this.#stream.expect('name', 'as');
    const alias = this.#targetName();
    return { kind: 'import', template, alias, withContext: this.#contextRule() ?? false, offset };
  }

  #fromImport(offset: number): Statement {
    const stream = this.#stream;
    const template = this.#expressions.expression();
    stream.expect('name', 'import');
    const names: { name: string; alias: string }[] = [];
    let withContext = this.#contextRule();
    while (withContext === undefined) {
      const nameOffset = stream.current.offset;
      const name = this.#targetName();
      if (name.startsWith('_')) {
        throw new TemplateSyntaxFailure('names starting with an underline can not be imported', nameOffset);
      }
      names.push({ name, alias: stream.skip('name', 'as') ? this.#targetName() : name });
      withContext = this.#contextRule();
      if (withContext !== undefined || !stream.skip('operator', ',')) break;
      withContext = this.#contextRule();
    }
    return { kind: 'from-import', template, names, withContext: withContext ?? false, offset };
  }

  #print(offset: number): Body {
    const outputs: Statement[] = [];
    while (this.#stream.current.kind !== 'close-block') {
      if (outputs.length > 0) this.#stream.expect('operator', ',');
      outputs.push({ kind: 'output', expression: this.#expressions.expression(), offset });
    }
    return outputs;
  }

  /** `| name(args) | name(args)` */
  #filterCalls(): FilterCall[] {
    const filters: FilterCall[] = [];
    while (this.#stream.skip('operator', '|')) filters.push(this.#expressions.filterCall());
    return filters;
  }

  /** A name that something is assigned to. */
  #targetName(): string {
    const { offset } = this.#stream.current;
    const name = this.#stream.expectName();
    if (isConstantName(name)) throw new TemplateSyntaxFailure(`can't assign to '${name}'`, offset);
    return name;
  }

  /**
   * Names with commas between them.
   * @param end a name that ends them
   * @param withNamespace whether `namespace.name` may stand here
   */
  #assignTarget(end = '', withNamespace = false): AssignTarget {
    const stream = this.#stream;
    const { offset } = stream.current;
    const items: AssignTarget[] = [];
    let isTuple = false;
    const isEnd = () =>
      stream.current.kind === 'close-block' || stream.is('operator', ')') || (end !== '' && stream.is('name', end));
    do {
      if (items.length > 0) isTuple = true;
      if (isEnd()) break;
      items.push(this.#singleTarget(withNamespace));
    } while (stream.skip('operator', ','));
    const [only] = items;
    if (!only) return stream.unexpected('a name');
    return isTuple ? { kind: 'tuple', items, offset } : only;
  }

  #singleTarget(withNamespace: boolean): AssignTarget {
    const stream = this.#stream;
    const { offset } = stream.current;
    if (stream.skip('operator', '(')) {
      const inner = stream.nested<AssignTarget>(() =>
        stream.is('operator', ')') ? { kind: 'tuple', items: [], offset } : this.#assignTarget(),
      );
      stream.expect('operator', ')');
      return inner;
    }
    const name = this.#targetName();
    if (withNamespace && stream.skip('operator', '.')) {
      return { kind: 'namespace', name, attribute: stream.expectName(), offset };
    }
    return { kind: 'name', name, offset };
  }
}

function isBlank(statement: Statement): boolean {
  return statement.kind === 'data' && Array.from(statement.text).every((character) => whiteSpace.test(character));
}
