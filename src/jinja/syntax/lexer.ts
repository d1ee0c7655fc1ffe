import { whiteSpace } from '../python/characters.ts';
import type { SourceText } from './source-text.ts';
import { decodeLiteral } from './string-literal.ts';
import { TemplateSyntaxFailure, type Token } from './token.ts';

const space = whiteSpace.source;
const opening = /\{\{|\{%|\{#/g;
const rawOpening = new RegExp(`\\{%([-+]?)(?:${space})*raw(?:${space})*(-?)%\\}`, 'y');
const rawClosing = new RegExp(`\\{%([-+]?)(?:${space})*endraw(?:${space})*([-+]?)%\\}`, 'g');
const spaces = new RegExp(`(?:${space})+`, 'y');
const name = /[\p{XID_Start}_]\p{XID_Continue}*/uy;
const float = /(?<!\.)\d(?:_?\d)*(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*)/y;
const integer = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const operator = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}.,:|=<>;]/y;

const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Digits beyond which Python refuses to read an int. */
const integerDigitsMax = 4_300;

/** Cuts a template into text, delimiters and the tokens between them. White space control is applied here. */
export function tokenize(source: SourceText): Token[] {
  return new Lexer(source.text).tokens();
}

class Lexer {
  readonly #text: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  /** Whether the tag before asked to drop the white space behind it. */
  #stripsNext = false;

  constructor(text: string) {
    this.#text = text;
  }

  tokens(): Token[] {
    while (this.#at < this.#text.length) {
      opening.lastIndex = this.#at;
      const found = opening.exec(this.#text);
      if (!found) {
        this.#data(this.#text.length, false);
        break;
      }
      if (found[0] === '{#') this.#comment(found.index);
      else if (found[0] === '{{') this.#code(found.index, 'output');
      else if (!this.#raw(found.index)) this.#code(found.index, 'block');
    }
    this.#tokens.push({ kind: 'end', offset: this.#text.length });
    return this.#tokens;
  }

  /** The text from here to `end`. */
  #data(end: number, stripsEnd: boolean): void {
    const text = this.#text;
    let [start, stop] = [this.#at, end];
    while (this.#stripsNext && start < stop && whiteSpace.test(text[start] as string)) start += 1;
    while (stripsEnd && stop > start && whiteSpace.test(text[stop - 1] as string)) stop -= 1;
    if (stop > start) this.#tokens.push({ kind: 'data', text: text.slice(start, stop), offset: start });
    this.#stripsNext = false;
    this.#at = end;
  }

  #comment(open: number): void {
    this.#data(open, this.#text[open + 2] === '-');
    const start = open + (/[-+]/.test(this.#text[open + 2] ?? '') ? 3 : 2);
    const close = this.#text.indexOf('#}', start);
    if (this.#endsBehind(start)) return;
    if (close < 0) throw new TemplateSyntaxFailure('Missing end of comment tag', open);
    this.#stripsNext = close > start && this.#text[close - 1] === '-';
    this.#at = close + 2;
  }

  /** Whether a tag that opens something is the last of the text: Jinja lets it pass. */
  #endsBehind(opening: number): boolean {
    if (opening < this.#text.length) return false;
    this.#at = this.#text.length;
    return true;
  }

  /** Text that is not looked into; false where the tag is another one. */
  #raw(open: number): boolean {
    rawOpening.lastIndex = open;
    const begin = rawOpening.exec(this.#text);
    if (!begin) return false;
    this.#data(open, begin[1] === '-');
    if (this.#endsBehind(open + begin[0].length)) return true;
    rawClosing.lastIndex = open + begin[0].length;
    const end = rawClosing.exec(this.#text);
    if (!end) throw new TemplateSyntaxFailure('Missing end of raw directive', open);
    this.#at = open + begin[0].length;
    this.#stripsNext = begin[2] === '-';
    this.#data(end.index, end[1] === '-');
    this.#stripsNext = end[2] === '-';
    this.#at = end.index + end[0].length;
    return true;
  }

  /** `{{ ... }}` or `{% ... %}`. */
  #code(open: number, kind: 'output' | 'block'): void {
    this.#data(open, this.#text[open + 2] === '-');
    this.#tokens.push({ kind: `open-${kind}`, offset: open });
    this.#at = open + (/[-+]/.test(this.#text[open + 2] ?? '') ? 3 : 2);
    const brackets: string[] = [];
    for (;;) {
      spaces.lastIndex = this.#at;
      if (spaces.test(this.#text)) this.#at = spaces.lastIndex;
      if (this.#at >= this.#text.length) {
        const closer = kind === 'output' ? '}}' : '%}';
        throw new TemplateSyntaxFailure(`unexpected end of template, expected '${closer}'`, this.#text.length);
      }
      if (brackets.length === 0 && this.#closes(kind)) return;
      this.#token(brackets);
    }
  }

  #closes(kind: 'output' | 'block'): boolean {
    const offset = this.#at;
    const modifier = this.#text[offset] === '-' || (kind === 'block' && this.#text[offset] === '+') ? 1 : 0;
    if (!this.#text.startsWith(kind === 'output' ? '}}' : '%}', offset + modifier)) return false;
    this.#tokens.push({ kind: `close-${kind}`, offset });
    this.#stripsNext = this.#text[offset] === '-';
    this.#at = offset + modifier + 2;
    return true;
  }

  /** @param brackets what the open brackets wait for */
  #token(brackets: string[]): void {
    const offset = this.#at;
    const floatText = this.#match(float);
    if (floatText !== undefined) {
      this.#tokens.push({ kind: 'float', value: Number(floatText.replaceAll('_', '')), offset });
      return;
    }
    const integerText = this.#match(integer)?.replaceAll('_', '');
    if (integerText !== undefined) {
      if (integerText.length > integerDigitsMax)
        throw new TemplateSyntaxFailure('an integer of too many digits', offset);
      this.#tokens.push({ kind: 'integer', value: BigInt(integerText), offset });
      return;
    }
    const text = this.#match(name);
    if (text !== undefined) {
      this.#tokens.push({ kind: 'name', text, offset });
      return;
    }
    const first = this.#text[offset];
    if (first === "'" || first === '"') this.#string(first);
    else this.#operator(brackets);
  }

  #string(quote: string): void {
    const offset = this.#at;
    let end = offset + 1;
    while (end < this.#text.length && this.#text[end] !== quote) end += this.#text[end] === '\\' ? 2 : 1;
    if (end >= this.#text.length) throw new TemplateSyntaxFailure(`unexpected char ${JSON.stringify(quote)}`, offset);
    this.#tokens.push({ kind: 'string', value: decodeLiteral(this.#text.slice(offset + 1, end), offset), offset });
    this.#at = end + 1;
  }

  #operator(brackets: string[]): void {
    const offset = this.#at;
    const text = this.#match(operator);
    if (text === undefined) {
      throw new TemplateSyntaxFailure(`unexpected char ${JSON.stringify(this.#text[offset])}`, offset);
    }
    const closer = closers[text];
    if (closer !== undefined) brackets.push(closer);
    else if (text === ')' || text === ']' || text === '}') {
      const expected = brackets.pop();
      if (expected === undefined) throw new TemplateSyntaxFailure(`unexpected '${text}'`, offset);
      if (expected !== text) throw new TemplateSyntaxFailure(`unexpected '${text}', expected '${expected}'`, offset);
    }
    this.#tokens.push({ kind: 'operator', text, offset });
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (!found) return undefined;
    this.#at += found[0].length;
    return found[0];
  }
}
