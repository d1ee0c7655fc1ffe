import type { ListSyntax, MapSyntax, PairSyntax, ScalarSyntax, YamlSyntax } from './yaml-syntax.ts';

/** Control characters, tabs and other line breaks; marks of documents and directives. */
const unusual = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff]|^(?:---|\.\.\.|%)/m;
const documentStart = '---\n';
/** Deeper texts, and longer keys, have rules of their own. */
const depthMax = 50;
const keyLengthMax = 1_000;

const tagPattern = /![A-Za-z0-9]+/y;
/** Those that JSON has, too. */
const simpleEscapes = /^(?:[^\\]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*$/;

const [newline, space, quote, hash, apostrophe, comma, dash, colon] = [10, 32, 34, 35, 39, 44, 45, 58];
const [exclamation, greater, openBracket, closeBracket, bar, openBrace, closeBrace] = [33, 62, 91, 93, 124, 123, 125];

/** What no plain scalar begins with; a dash may, before anything but a blank. */
const indicators = new Set([...'?:,[]{}#&*!|>\'"%@`'].map((each) => each.charCodeAt(0)));

/**
 * Reads what most YAML files are made of in one pass: block maps and lists, flow collections, tags of functions, scalars on
 * one line, plain block texts. Whatever is empty, broken, anchored, folded over lines or otherwise rare is not read here.
 * @returns undefined for a text that is not wholly of that kind, be it valid or not; else the same as the full reader
 */
export function readUsualYaml(text: string): YamlSyntax | undefined {
  const start = text.startsWith(documentStart) ? documentStart.length : 0;
  if (unusual.test(start === 0 ? text : text.slice(start))) return undefined;
  try {
    return new UsualReader(text, start).document();
  } catch (failure) {
    if (failure instanceof Unusual) return undefined;
    throw failure;
  }
}

class Unusual extends Error {}

function giveUp(): never {
  throw new Unusual();
}

/** Lines are told apart by the column of their first character, nodes by that of their own. */
class UsualReader {
  readonly #text: string;
  #at: number;
  #lineStart = 0;
  /** Column of the next line's first character; -1 at the end of the text. */
  #indent = -1;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  document(): YamlSyntax {
    this.#toContent();
    const first = this.#text.charCodeAt(this.#at);
    if (this.#at !== this.#lineStart) giveUp();
    const root = first === openBrace || first === openBracket ? this.#wholeFlow(-1, 0) : this.#block(0);
    return this.#indent === -1 ? root : giveUp();
  }

  /** From the beginning of a line to the first character that is neither blank nor in a comment. */
  #toContent(): void {
    for (let start = this.#at; ; ) {
      let at = start;
      while (this.#text.charCodeAt(at) === space) at++;
      const code = this.#text.charCodeAt(at);
      if (code === newline) start = at + 1;
      else if (code === hash) start = this.#lineEnd(at) + 1;
      else {
        const isOver = at >= this.#text.length;
        this.#at = at;
        this.#lineStart = start;
        this.#indent = isOver ? -1 : at - start;
        return;
      }
    }
  }

  /** Where the line ends: at its line break, or at the end of the text. */
  #lineEnd(from: number): number {
    const end = this.#text.indexOf('\n', from);
    return end < 0 ? this.#text.length : end;
  }

  #skipBlanks(): void {
    while (this.#text.charCodeAt(this.#at) === space) this.#at++;
  }

  /** Whether nothing but blanks and a comment follows in the line. */
  #isLineOver(): boolean {
    this.#skipBlanks();
    const code = this.#text.charCodeAt(this.#at);
    if (code === hash) return this.#text.charCodeAt(this.#at - 1) === space;
    return code === newline || this.#at >= this.#text.length;
  }

  #nextLine(): void {
    this.#at = this.#lineEnd(this.#at) + 1;
    this.#toContent();
  }

  #endLine(): void {
    if (!this.#isLineOver()) giveUp();
    this.#nextLine();
  }

  #isBlankAt(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return code === space || code === newline || at >= this.#text.length;
  }

  #isDash(): boolean {
    return this.#text.charCodeAt(this.#at) === dash && this.#isBlankAt(this.#at + 1);
  }

  #block(depth: number): ListSyntax | MapSyntax {
    if (depth > depthMax) giveUp();
    const column = this.#at - this.#lineStart;
    return this.#isDash() ? this.#list(column, depth) : this.#map(column, depth);
  }

  #list(column: number, depth: number): ListSyntax {
    if (depth > depthMax) giveUp();
    const offset = this.#at;
    const items: YamlSyntax[] = [];
    while (this.#indent >= 0 && this.#isDash()) {
      this.#at++;
      items.push(this.#value(column, depth, 'list'));
      if (this.#indent !== column) break;
    }
    if (this.#indent > column) giveUp();
    return { kind: 'list', offset, items };
  }

  #map(column: number, depth: number): MapSyntax {
    const offset = this.#at;
    const pairs: PairSyntax[] = [];
    do {
      const key = this.#blockKey();
      pairs.push({ key, value: this.#value(column, depth, 'map') });
    } while (this.#indent === column);
    if (this.#indent > column) giveUp();
    return { kind: 'map', offset, pairs };
  }

  #blockKey(): ScalarSyntax {
    const offset = this.#at;
    const code = this.#text.charCodeAt(offset);
    const key = code === quote || code === apostrophe ? this.#quoted() : this.#plainKey();
    if (this.#text.charCodeAt(this.#at) !== colon || !this.#isBlankAt(this.#at + 1)) giveUp();
    if (this.#at - offset > keyLengthMax) giveUp();
    this.#at++;
    return key;
  }

  #plainKey(): ScalarSyntax {
    const key = this.#plain(false);
    if (this.#at !== key.offset + key.text.length) giveUp();
    return key;
  }

  /** Behind a colon or a dash in `column`; afterwards the next line is at hand. */
  #value(column: number, depth: number, around: 'map' | 'list'): YamlSyntax {
    this.#skipBlanks();
    const tag = this.#tag();
    if (this.#isLineOver()) {
      this.#nextLine();
      if (this.#indent > column) return tagged(this.#block(depth + 1), tag);
      if (around === 'map' && tag === undefined && this.#indent === column && this.#isDash())
        return this.#list(column, depth + 1);
      return giveUp();
    }
    if (around === 'list' && tag === undefined) {
      if (this.#isDash()) return this.#list(this.#at - this.#lineStart, depth + 1);
      if (this.#isKeyAhead()) return this.#block(depth + 1);
    }
    return tagged(this.#inline(column, depth + 1), tag);
  }

  #tag(): string | undefined {
    if (this.#text.charCodeAt(this.#at) !== exclamation) return undefined;
    tagPattern.lastIndex = this.#at;
    const tag = tagPattern.exec(this.#text)?.[0];
    if (tag === undefined || !this.#isBlankAt(this.#at + tag.length)) return giveUp();
    this.#at += tag.length;
    this.#skipBlanks();
    return tag;
  }

  /** Whether a map begins in the line of a list's dash. */
  #isKeyAhead(): boolean {
    const start = this.#at;
    const code = this.#text.charCodeAt(start);
    if (code === quote || code === apostrophe) this.#quoted();
    else if (this.#beginsPlain(start)) this.#plain(false);
    const isKey = this.#text.charCodeAt(this.#at) === colon && this.#at > start;
    this.#at = start;
    return isKey;
  }

  #inline(column: number, depth: number): YamlSyntax {
    const code = this.#text.charCodeAt(this.#at);
    if (code === openBrace || code === openBracket) return this.#wholeFlow(column, depth);
    if (code === bar || code === greater) return this.#blockText(column, code === greater);
    const scalar = code === quote || code === apostrophe ? this.#quoted() : this.#plain(false);
    this.#endLine();
    return scalar;
  }

  #wholeFlow(column: number, depth: number): YamlSyntax {
    const flow = this.#flow(column, depth);
    this.#endLine();
    return flow;
  }

  #beginsPlain(at: number): boolean {
    const code = this.#text.charCodeAt(at);
    return !indicators.has(code) && !(code === dash && this.#isBlankAt(at + 1));
  }

  /** Up to what ends a plain scalar in this line: a colon before a blank, a comment, in a flow its marks. */
  #plain(inFlow: boolean): ScalarSyntax {
    const text = this.#text;
    const offset = this.#at;
    if (!this.#beginsPlain(offset)) giveUp();
    let at = offset;
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === newline) break;
      if (code === colon && (this.#isBlankAt(at + 1) || (inFlow && isFlowMark(text.charCodeAt(at + 1))))) break;
      if (code === hash && text.charCodeAt(at - 1) === space) break;
      if (inFlow && isFlowMark(code)) break;
    }
    let end = at;
    while (text.charCodeAt(end - 1) === space) end--;
    this.#at = at;
    if (end === offset || (inFlow && end === offset + 1 && text.charCodeAt(offset) === dash)) giveUp();
    return { kind: 'scalar', offset, text: text.slice(offset, end), plain: true };
  }

  #quoted(): ScalarSyntax {
    const offset = this.#at;
    const text = this.#text.charCodeAt(offset) === quote ? this.#doubleQuoted() : this.#singleQuoted();
    return { kind: 'scalar', offset, text, plain: false };
  }

  #singleQuoted(): string {
    const from = this.#at + 1;
    let end = this.#text.indexOf("'", from);
    while (end >= 0 && this.#text.charCodeAt(end + 1) === apostrophe) end = this.#text.indexOf("'", end + 2);
    const raw = this.#text.slice(from, end);
    if (end < 0 || raw.includes('\n')) giveUp();
    this.#at = end + 1;
    return raw.replaceAll("''", "'");
  }

  #doubleQuoted(): string {
    const from = this.#at + 1;
    let end = from;
    let escaped = false;
    for (; end < this.#text.length; end++) {
      const code = this.#text.charCodeAt(end);
      if (code === quote) break;
      if (code === newline) giveUp();
      if (code !== 92) continue;
      escaped = true;
      end++;
    }
    const raw = this.#text.slice(from, end);
    if (end >= this.#text.length || (escaped && !simpleEscapes.test(raw))) giveUp();
    this.#at = end + 1;
    return escaped ? (JSON.parse(`"${raw}"`) as string) : raw;
  }

  /** `|`, `|-`, `>`, `>-`; folded only where every line break is a blank. */
  #blockText(column: number, isFolded: boolean): ScalarSyntax {
    const offset = this.#at;
    this.#at++;
    const isStripped = this.#text.charCodeAt(this.#at) === dash;
    if (isStripped) this.#at++;
    this.#skipBlanks();
    if (this.#text.charCodeAt(this.#at) !== newline) giveUp();
    this.#at++;
    const lines = this.#indentedLines(column);
    if (isFolded && lines.some((line) => line === '' || line.startsWith(' ') || line.endsWith(' '))) giveUp();
    const text = `${lines.join(isFolded ? ' ' : '\n')}${isStripped ? '' : '\n'}`;
    return { kind: 'scalar', offset, text, plain: false };
  }

  /** The first line says how far they are indented; blank lines at the end are not among them. */
  #indentedLines(column: number): string[] {
    const lines: string[] = [];
    let inner = 0;
    for (let start = this.#at; ; ) {
      let first = start;
      while (this.#text.charCodeAt(first) === space) first++;
      const indent = first - start;
      const isBlank = this.#text.charCodeAt(first) === newline;
      if (lines.length === 0) {
        if (isBlank || indent <= column) giveUp();
        inner = indent;
      }
      const isOver = first >= this.#text.length;
      if (isOver && (indent > 0 || lines.length === 0)) giveUp();
      if (isOver || (!isBlank && indent < inner)) {
        if (indent > column && !isOver) giveUp();
        this.#at = start;
        break;
      }
      if (isBlank && indent > inner) giveUp();
      const end = this.#text.indexOf('\n', first);
      if (end < 0) giveUp();
      lines.push(isBlank ? '' : this.#text.slice(start + inner, end));
      start = end + 1;
    }
    while (lines.at(-1) === '') lines.pop();
    this.#toContent();
    return lines;
  }

  #flow(column: number, depth: number): ListSyntax | MapSyntax {
    if (depth > depthMax) giveUp();
    const offset = this.#at;
    const isMap = this.#text.charCodeAt(offset) === openBrace;
    const close = isMap ? closeBrace : closeBracket;
    const items: YamlSyntax[] = [];
    const pairs: PairSyntax[] = [];
    this.#at++;
    for (;;) {
      this.#toFlowContent(column);
      if (this.#text.charCodeAt(this.#at) === close) break;
      if (isMap) pairs.push(this.#flowPair(column, depth));
      else items.push(this.#flowValue(column, depth));
      this.#toFlowContent(column);
      const code = this.#text.charCodeAt(this.#at);
      if (code === close) break;
      if (code !== comma) giveUp();
      this.#at++;
    }
    this.#at++;
    return isMap ? { kind: 'map', offset, pairs } : { kind: 'list', offset, items };
  }

  /** Over blanks, comments and line breaks; lines of a flow are indented further than what it stands in. */
  #toFlowContent(column: number): void {
    for (;;) {
      this.#skipBlanks();
      const code = this.#text.charCodeAt(this.#at);
      if (code === hash && this.#isBlankAt(this.#at - 1)) this.#at = this.#lineEnd(this.#at);
      else if (code === newline) {
        this.#at++;
        this.#lineStart = this.#at;
      } else break;
    }
    if (this.#at - this.#lineStart <= column) giveUp();
  }

  #flowPair(column: number, depth: number): PairSyntax {
    const offset = this.#at;
    const code = this.#text.charCodeAt(offset);
    const isQuoted = code === quote || code === apostrophe;
    const key = isQuoted ? this.#quoted() : this.#plain(true);
    if (!isQuoted && this.#at !== offset + key.text.length) giveUp();
    if (this.#text.charCodeAt(this.#at) !== colon || this.#at - offset > keyLengthMax) giveUp();
    this.#at++;
    if (!isQuoted && !this.#isBlankAt(this.#at)) giveUp();
    this.#toFlowContent(column);
    return { key, value: this.#flowValue(column, depth) };
  }

  #flowValue(column: number, depth: number): YamlSyntax {
    const tag = this.#tag();
    const code = this.#text.charCodeAt(this.#at);
    if (code === openBrace || code === openBracket) return tagged(this.#flow(column, depth + 1), tag);
    return tagged(code === quote || code === apostrophe ? this.#quoted() : this.#plain(true), tag);
  }
}

function isFlowMark(code: number): boolean {
  return code === comma || code === openBracket || code === closeBracket || code === openBrace || code === closeBrace;
}

function tagged<Node extends YamlSyntax>(node: Node, tag: string | undefined): Node {
  return tag === undefined ? node : { ...node, tag };
}
