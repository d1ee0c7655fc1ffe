import type { SourceText } from './source-text.ts';

export type Token =
  | { readonly kind: 'data'; readonly text: string; readonly offset: number }
  | { readonly kind: 'open-output' | 'close-output' | 'open-block' | 'close-block'; readonly offset: number }
  | { readonly kind: 'name' | 'operator'; readonly text: string; readonly offset: number }
  | { readonly kind: 'string'; readonly value: string; readonly offset: number }
  | { readonly kind: 'integer'; readonly value: bigint; readonly offset: number }
  | { readonly kind: 'float'; readonly value: number; readonly offset: number }
  | { readonly kind: 'end'; readonly offset: number };

/** The text is no template: why, and where. */
export class TemplateSyntaxFailure extends Error {
  readonly offset: number;
  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const delimiter = /\{\{|\{%|\{#/g;
const rawStart = /\{%([-+]?)\s*raw\s*(-?)%\}/y;
const rawEnd = /\{%([-+]?)\s*endraw\s*([-+]?)%\}/g;
const space = /\s+/y;
const nameToken = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const floatToken = /\d(?:_?\d)*(?:\.\d(?:_?\d)*(?:[eE][+-]?\d(?:_?\d)*)?|[eE][+-]?\d(?:_?\d)*)/y;
const integerToken = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const stringToken = /'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*"/y;
const operatorToken = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}.,:|=<>;!]/y;
const closers: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };

/** Cuts a template into text, delimiters and the tokens between them. White space control is applied here. */
export function tokenize(source: SourceText): Token[] {
  const { text } = source;
  const tokens: Token[] = [];
  let at = 0;
  let stripNext = false;

  function data(end: number, stripEnd: boolean): void {
    let start = at;
    if (stripNext) while (start < end && isSpace(text[start])) start += 1;
    stripNext = false;
    let stop = end;
    if (stripEnd) while (stop > start && isSpace(text[stop - 1])) stop -= 1;
    if (stop > start) tokens.push({ kind: 'data', text: text.slice(start, stop), offset: start });
  }

  while (at < text.length) {
    delimiter.lastIndex = at;
    const found = delimiter.exec(text);
    if (!found) {
      data(text.length, false);
      break;
    }
    const open = found.index;
    const minus = text[open + 2] === '-';
    if (found[0] === '{#') {
      data(open, minus);
      const close = text.indexOf('#}', open + 2);
      if (close < 0) throw new TemplateSyntaxFailure('Missing end of comment tag', open);
      stripNext = text[close - 1] === '-' && close - 1 > open + 1;
      at = close + 2;
      continue;
    }
    rawStart.lastIndex = open;
    const raw = found[0] === '{%' ? rawStart.exec(text) : null;
    if (raw) {
      data(open, raw[1] === '-');
      const begin = open + raw[0].length;
      rawEnd.lastIndex = begin;
      const end = rawEnd.exec(text);
      if (!end) throw new TemplateSyntaxFailure('Missing end of raw directive', open);
      at = begin;
      stripNext = raw[2] === '-';
      data(end.index, end[1] === '-');
      stripNext = end[2] === '-';
      at = end.index + end[0].length;
      continue;
    }
    data(open, minus);
    const kind = found[0] === '{{' ? 'output' : 'block';
    tokens.push({ kind: `open-${kind}`, offset: open });
    const modified = minus || text[open + 2] === '+';
    at = open + (modified ? 3 : 2);
    stripNext = codeTokens(kind);
  }
  tokens.push({ kind: 'end', offset: text.length });
  return tokens;

  /** The tokens up to the closing delimiter; returns whether that strips the white space behind it. */
  function codeTokens(kind: 'output' | 'block'): boolean {
    const closer = kind === 'output' ? '}}' : '%}';
    const opened: { readonly closer: string; readonly offset: number }[] = [];
    for (;;) {
      space.lastIndex = at;
      if (space.test(text)) at = space.lastIndex;
      if (at >= text.length) {
        throw new TemplateSyntaxFailure(`unexpected end of template, expected '${closer}'`, text.length);
      }
      if (opened.length === 0) {
        const modifier = text[at] === '-' || (kind === 'block' && text[at] === '+') ? 1 : 0;
        if (text.startsWith(closer, at + modifier)) {
          tokens.push({ kind: `close-${kind}`, offset: at });
          const strips = text[at] === '-';
          at += modifier + 2;
          return strips;
        }
      }
      codeToken(opened);
    }
  }

  function codeToken(opened: { closer: string; offset: number }[]): void {
    const offset = at;
    const float = match(floatToken);
    if (float) return void tokens.push({ kind: 'float', value: Number(float.replaceAll('_', '')), offset });
    const integer = match(integerToken);
    if (integer) return void tokens.push({ kind: 'integer', value: BigInt(integer.replaceAll('_', '')), offset });
    const name = match(nameToken);
    if (name) return void tokens.push({ kind: 'name', text: name, offset });
    const string = match(stringToken);
    if (string) return void tokens.push({ kind: 'string', value: decodeEscapes(string.slice(1, -1), offset), offset });
    const operator = match(operatorToken);
    if (!operator) throw new TemplateSyntaxFailure(`unexpected char ${JSON.stringify(text[at])}`, offset);
    const closer = closers[operator];
    if (closer) opened.push({ closer, offset });
    else if (operator === ')' || operator === ']' || operator === '}') {
      const expected = opened.pop()?.closer;
      if (expected === undefined) throw new TemplateSyntaxFailure(`unexpected '${operator}'`, offset);
      if (expected !== operator)
        throw new TemplateSyntaxFailure(`unexpected '${operator}', expected '${expected}'`, offset);
    }
    tokens.push({ kind: 'operator', text: operator, offset });
  }

  function match(pattern: RegExp): string | undefined {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (!found) return undefined;
    at += found[0].length;
    return found[0];
  }
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** Python's escapes in string literals; unknown ones stay as they are. */
function decodeEscapes(body: string, offset: number): string {
  return body.replace(
    /\\(?:x([\s\S]{0,2})|u([\s\S]{0,4})|U([\s\S]{0,8})|N\{[^}]*\}|([0-7]{1,3})|([\s\S]))/g,
    (whole, x, u, wide, octal, plain) => {
      const hex = x ?? u ?? wide;
      if (hex !== undefined) {
        const digits = x !== undefined ? 2 : u !== undefined ? 4 : 8;
        const code = Number.parseInt(hex, 16);
        if (!/^[\da-fA-F]+$/.test(hex) || hex.length !== digits || code > 0x10ffff) {
          throw new TemplateSyntaxFailure(`truncated or illegal escape ${JSON.stringify(whole)}`, offset);
        }
        return String.fromCodePoint(code);
      }
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      if (plain === undefined)
        throw new TemplateSyntaxFailure(`unknown character name in ${JSON.stringify(whole)}`, offset);
      return simpleEscapes[plain] ?? whole;
    },
  );
}
