import { accept, type Result } from '../errors/index.ts';
import { normaliseCall } from './short-forms.ts';
import type { SourcePositions } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import { nullValueMessage, repeatedKeyRefusal, templateDepthMax, tooDeepMessage } from './template-text-rules.ts';
import type { TemplateObject, TemplateValue } from './template-value.ts';

/** Reads JSON with the position of every entry; refuses null and repeated keys, which JSON.parse lets pass. */
export function readJsonTemplate(text: string, positions: SourcePositions): Result<TemplateValue, StackRefusal> {
  const reader = new JsonReader(text, positions);
  const root = reader.readWhole();
  return reader.refusal ? { ok: false, refusal: reader.refusal } : accept(root);
}

const blank = /[ \t\r\n\uFEFF]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const word = /true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y;

/** Recursive descent. After the first refusal it reads no further: `#at` is moved to the end of the text. */
class JsonReader {
  refusal: StackRefusal | undefined;
  readonly #text: string;
  readonly #positions: SourcePositions;
  readonly #path: (string | number)[] = [];
  #at = 0;

  constructor(text: string, positions: SourcePositions) {
    this.#text = text;
    this.#positions = positions;
  }

  readWhole(): TemplateValue {
    const root = this.#readValue();
    this.#match(blank);
    if (this.#at < this.#text.length) this.#refuseSyntax();
    return root;
  }

  #readValue(): TemplateValue {
    this.#match(blank);
    if (this.#path.length > templateDepthMax) {
      return this.#refuse('stack-template-limit', tooDeepMessage, this.#at);
    }
    switch (this.#text[this.#at]) {
      case '{':
        return this.#readObject();
      case '[':
        return this.#readList();
      case '"':
        return this.#readString();
      default:
        return this.#readWord();
    }
  }

  #readObject(): TemplateValue {
    const object: { [key: string]: TemplateValue } = Object.create(null);
    this.#at++;
    if (this.#takes('}')) return object;
    do {
      this.#match(blank);
      const offset = this.#at;
      const key = this.#readString();
      if (!this.#takes(':')) return this.#refuseSyntax();
      if (key in object) this.#refuseRepeated(key, object, offset);
      this.#positions.note(object, key, offset);
      this.#path.push(key);
      object[key] = this.#readValue();
      this.#path.pop();
    } while (this.#takes(','));
    if (!this.#takes('}')) return this.#refuseSyntax();
    return normaliseCall(object, this.#positions);
  }

  #readList(): TemplateValue {
    const list: TemplateValue[] = [];
    this.#at++;
    if (this.#takes(']')) return list;
    do {
      this.#match(blank);
      this.#positions.note(list, list.length, this.#at);
      this.#path.push(list.length);
      list.push(this.#readValue());
      this.#path.pop();
    } while (this.#takes(','));
    return this.#takes(']') ? list : this.#refuseSyntax();
  }

  #readString(): string {
    const found = this.#match(string);
    if (!found) {
      this.#refuseSyntax();
      return '';
    }
    return found.includes('\\') ? (JSON.parse(found) as string) : found.slice(1, -1);
  }

  #readWord(): TemplateValue {
    const offset = this.#at;
    const found = this.#match(word);
    if (!found) return this.#refuseSyntax();
    if (found === 'null') {
      return this.#refuse(
        'stack-template-invalid',
        nullValueMessage(this.#path),
        offset,
        'Give it a value, or leave it out.',
      );
    }
    if (found === 'true' || found === 'false') return found === 'true';
    // As in YAML: a number that would be written otherwise again stays the text that the author wrote.
    const number = Number(found);
    return String(number) === found ? number : found;
  }

  #takes(sign: string): boolean {
    this.#match(blank);
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found) this.#at += found.length;
    return found;
  }

  #refuseRepeated(key: string, object: TemplateObject, offset: number): void {
    const first = this.#positions.of(object, key)!;
    this.refusal ??= repeatedKeyRefusal(key, first, this.#positions.atOffset(offset));
  }

  #refuseSyntax(): TemplateValue {
    const { line, column } = this.#positions.atOffset(this.#at);
    const message = `Template format error: JSON not well-formed. (line ${line}, column ${column})`;
    return this.#refuse('stack-template-syntax', message, this.#at);
  }

  #refuse(code: StackRefusalCode, message: string, offset: number, remedy?: string): TemplateValue {
    this.refusal ??= stackRefusal(code, message, this.#positions.atOffset(offset), remedy);
    this.#at = this.#text.length;
    return '';
  }
}
