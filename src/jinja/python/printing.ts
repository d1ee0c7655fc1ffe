import { isPrintable } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { reprFloat } from './floats.ts';
import { integerDigitsMax } from './numbers.ts';
import { Dict, defined, fail, Instance, Lazy, Markup, Range, Tuple, Undefined, type Value, View } from './values.ts';

/** Python's str(value): what `{{ value }}` prints. */
export function str(value: Value, evaluator: Evaluator): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  if (value instanceof Undefined) return value.lenient ? '' : defined(value);
  if (value instanceof Instance) return value.printed(evaluator);
  return repr(value, evaluator);
}

/** Python's repr(value). */
export function repr(value: Value, evaluator: Evaluator): string {
  switch (typeof value) {
    case 'boolean':
      return value ? 'True' : 'False';
    case 'bigint':
      return integerText(value);
    case 'number':
      return reprFloat(value);
    case 'string':
      return reprText(value);
  }
  if (value === null) return 'None';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof Markup) return `Markup(${reprText(value.text)})`;
  if (value instanceof Instance) return value.shown(evaluator);
  if (value instanceof Range) {
    return `range(${value.start}, ${value.stop}${value.step === 1n ? '' : `, ${value.step}`})`;
  }
  if (value instanceof Lazy) return `<${value.typeName} object>`;
  return new ContainerPrinter(evaluator).container(value);
}

export function integerText(value: bigint): string {
  const text = value.toString();
  return text.length > integerDigitsMax + 1
    ? fail(`Exceeds the limit (${integerDigitsMax} digits) for integer string conversion`)
    : text;
}

/** Prints containers, which can hold one another, or themselves. */
class ContainerPrinter {
  readonly #evaluator: Evaluator;
  readonly #open: Value[] = [];
  #length = 0;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  container(value: Value[] | Tuple | Dict | View): string {
    if (this.#open.includes(value)) return Array.isArray(value) ? '[...]' : value instanceof Dict ? '{...}' : '(...)';
    this.#open.push(value);
    const text = this.#text(value);
    this.#open.pop();
    return text;
  }

  #text(value: Value[] | Tuple | Dict | View): string {
    if (Array.isArray(value)) return `[${this.#list(value)}]`;
    if (value instanceof Tuple)
      return value.items.length === 1 ? `(${this.#list(value.items)},)` : `(${this.#list(value.items)})`;
    if (value instanceof View) return `${value.typeName}([${this.#list(value.items())}])`;
    const members = Array.from(value.entries(), ([key, member]) => `${this.#part(key)}: ${this.#part(member)}`);
    return `{${members.join(', ')}}`;
  }

  #list(items: readonly Value[]): string {
    return items.map((item) => this.#part(item)).join(', ');
  }

  #part(value: Value): string {
    const isContainer =
      Array.isArray(value) || value instanceof Tuple || value instanceof Dict || value instanceof View;
    const text = isContainer ? this.container(value) : repr(value, this.#evaluator);
    const added = isContainer ? 2 : text.length + 2;
    this.#length += added;
    this.#evaluator.meter.step();
    this.#evaluator.meter.text(this.#length, added);
    return text;
  }
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  if (/^[ !#-&(-[\]-~]*$/.test(text)) return `${quote}${text}${quote}`;
  let shown = '';
  for (const character of text) {
    if (character === quote) shown += `\\${character}`;
    else shown += escapes[character] ?? (isPrintable(character) ? character : escapedCode(character));
  }
  return `${quote}${shown}${quote}`;
}

function escapedCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}

/** Python's ascii(value). */
export function ascii(value: Value, evaluator: Evaluator): string {
  return repr(value, evaluator).replace(/[^\0-\x7f]/gu, escapedCode);
}
