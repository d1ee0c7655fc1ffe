import { describeToken, TemplateSyntaxFailure, type Token } from './token.ts';

/** How deep expressions and statements may nest: far beyond any template, far below the stack. */
const depthMax = 150;

/** How long a chain like `a + b + c` or `x.a.b.c` may be, for the same reason. */
const chainMax = 1_000;

/** Walks over the tokens of a template. */
export class TokenStream {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#at] as Token;
  }

  get following(): Token | undefined {
    return this.#tokens[this.#at + 1];
  }

  /** The present place, to which `goTo` comes back. */
  get place(): number {
    return this.#at;
  }

  goTo(place: number): void {
    this.#at = place;
  }

  next(): Token {
    const token = this.current;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  is(kind: 'name' | 'operator', text: string): boolean {
    const token = this.current;
    return token.kind === kind && token.text === text;
  }

  /** Whether the next two tokens are these names. */
  areNames(first: string, second: string): boolean {
    const { following } = this;
    return this.is('name', first) && following?.kind === 'name' && following.text === second;
  }

  skip(kind: 'name' | 'operator', text: string): boolean {
    if (!this.is(kind, text)) return false;
    this.#at += 1;
    return true;
  }

  expect(kind: 'name' | 'operator', text: string): Token {
    if (!this.is(kind, text)) this.unexpected(`'${text}'`);
    return this.next();
  }

  expectName(): string {
    const token = this.current;
    if (token.kind !== 'name') return this.unexpected('a name');
    this.#at += 1;
    return token.text;
  }

  unexpected(expected: string): never {
    const { current } = this;
    throw new TemplateSyntaxFailure(`expected ${expected}, got ${describeToken(current)}`, current.offset);
  }

  nested<T>(parse: () => T): T {
    this.#depth += 1;
    if (this.#depth > depthMax) {
      throw new TemplateSyntaxFailure(`nested more than ${depthMax} levels deep`, this.current.offset);
    }
    try {
      return parse();
    } finally {
      this.#depth -= 1;
    }
  }

  /** Before a chain of that many parts becomes longer. */
  inChain(length: number): void {
    if (length > chainMax) {
      throw new TemplateSyntaxFailure(`an expression of more than ${chainMax} parts`, this.current.offset);
    }
  }
}
