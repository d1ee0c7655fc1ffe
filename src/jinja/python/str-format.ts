import type { Evaluator } from './evaluator.ts';
import { formatValue } from './format-spec.ts';
import { itemOf } from './items.ts';
import { escapeText } from './markup.ts';
import { ascii, repr, str } from './printing.ts';
import {
  Dict,
  defined,
  fail,
  Instance,
  type Keywords,
  Markup,
  present,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/** How deep fields may stand in the format specs of fields. */
const nestingMax = 2;

/** Python's `text.format(...)`. @param escapes as the format of escaped text does */
export function formatStr(
  format: string,
  args: readonly Value[],
  keywords: Keywords,
  evaluator: Evaluator,
  escapes: boolean,
): string {
  return new StrFormat(args, (name) => keywords.get(name), evaluator, escapes).fill(format, nestingMax);
}

/** Python's `text.format_map(mapping)`. */
export function formatMap(format: string, mapping: Value, evaluator: Evaluator, escapes: boolean): string {
  const named = (name: string): Value | undefined => {
    if (mapping instanceof Dict) return mapping.get(name);
    return fail(`'${typeName(defined(mapping))}' object is not a mapping`);
  };
  return new StrFormat(undefined, named, evaluator, escapes).fill(format, nestingMax);
}

interface Field {
  readonly name: string;
  readonly conversion: string;
  readonly spec: string;
  /** Where the text goes on. */
  readonly end: number;
}

class StrFormat {
  readonly #args: readonly Value[] | undefined;
  readonly #named: (name: string) => Value | undefined;
  readonly #evaluator: Evaluator;
  readonly #escapes: boolean;
  #numbering: 'automatic' | 'manual' | undefined;
  #nextIndex = 0;

  constructor(
    args: readonly Value[] | undefined,
    named: (name: string) => Value | undefined,
    evaluator: Evaluator,
    escapes: boolean,
  ) {
    this.#args = args;
    this.#named = named;
    this.#evaluator = evaluator;
    this.#escapes = escapes;
  }

  fill(format: string, nesting: number): string {
    if (nesting === 0) return fail('Max string recursion exceeded');
    const { meter } = this.#evaluator;
    let out = '';
    for (let at = 0; at < format.length; ) {
      const literal = /[^{}]*/y;
      literal.lastIndex = at;
      const text = literal.exec(format)?.[0] ?? '';
      let piece = text;
      at += text.length;
      const brace = format[at];
      if (brace !== undefined && format[at + 1] === brace) {
        piece += brace;
        at += 2;
      } else if (brace === '}') return fail("Single '}' encountered in format string");
      else if (brace === '{') {
        const field = parseField(format, at + 1);
        piece += this.#shown(field, nesting);
        at = field.end;
      }
      meter.step();
      meter.text(out.length + piece.length, piece.length);
      out += piece;
    }
    return out;
  }

  #shown({ name, conversion, spec }: Field, nesting: number): string {
    const value = this.#converted(this.#valueOf(name), conversion);
    const filled = spec.includes('{') || spec.includes('}') ? this.fill(spec, nesting - 1) : spec;
    if (!this.#escapes) return formatValue(value, filled, this.#evaluator);
    if (!(value instanceof Markup)) return escapeText(formatValue(value, filled, this.#evaluator));
    return filled === '' ? value.text : fail('Unsupported format specification for Markup.');
  }

  #converted(value: Value, conversion: string): Value {
    switch (conversion) {
      case '':
        return value;
      case 'r':
        return repr(value, this.#evaluator);
      case 's':
        return str(value, this.#evaluator);
      case 'a':
        return ascii(value, this.#evaluator);
      default:
        return fail(`Unknown conversion specifier '${conversion}'`);
    }
  }

  /** `name.attribute[item]` */
  #valueOf(path: string): Value {
    const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(path) ?? [];
    let value = this.#first(first);
    for (let at = 0; at < rest.length; ) {
      if (rest[at] === '.') {
        const [name = ''] = /^[^.[]*/.exec(rest.slice(at + 1)) ?? [];
        if (name === '') return fail('Empty attribute in format string');
        value = this.#attribute(value, name);
        at += 1 + name.length;
      } else if (rest[at] === '[') {
        const end = rest.indexOf(']', at);
        if (end < 0) return fail("Missing ']' in format string");
        const name = rest.slice(at + 1, end);
        if (name === '') return fail('Empty attribute in format string');
        value = this.#item(value, name);
        at = end + 1;
      } else return fail("Only '.' or '[' may follow ']' in format field specifier");
    }
    return value;
  }

  #first(name: string): Value {
    if (name !== '' && !/^\d+$/.test(name)) {
      return present(this.#named(name), () => `KeyError: ${repr(name, this.#evaluator)}`);
    }
    if (!this.#args) return fail('Format string contains positional fields');
    const numbering = name === '' ? 'automatic' : 'manual';
    if (this.#numbering && this.#numbering !== numbering) {
      return fail(
        numbering === 'manual'
          ? 'cannot switch from automatic field numbering to manual field specification'
          : 'cannot switch from manual field specification to automatic field numbering',
      );
    }
    this.#numbering = numbering;
    const index = name === '' ? this.#nextIndex : Number(name);
    if (name === '') this.#nextIndex += 1;
    const value = this.#args[index];
    return present(value, () => `Replacement index ${index} out of range for positional args tuple`);
  }

  #attribute(owner: Value, name: string): Value {
    if (owner instanceof Undefined) return defined(owner);
    return present(
      this.#evaluator.attributeOf(owner, name),
      () => `'${typeName(owner)}' object has no attribute '${name}'`,
    );
  }

  #item(owner: Value, name: string): Value {
    const key = /^\d+$/.test(name) ? BigInt(name) : name;
    if (owner instanceof Undefined || owner instanceof Instance) {
      return fail(`'${typeName(defined(owner))}' object is not subscriptable`);
    }
    return present(itemOf(owner, key), () => `KeyError: ${repr(key, this.#evaluator)}`);
  }
}

/** Reads the field that begins behind a `{`. */
function parseField(format: string, start: number): Field {
  let at = start;
  for (; at < format.length; at += 1) {
    const character = format[at];
    if (character === '{') return fail("unexpected '{' in field name");
    if (character === '}' || character === ':' || character === '!') break;
    if (character === '[') {
      const close = format.indexOf(']', at);
      at = close < 0 ? format.length : close;
    }
  }
  if (at >= format.length) {
    return fail(
      start >= format.length ? "Single '{' encountered in format string" : "expected '}' before end of string",
    );
  }
  const name = format.slice(start, at);
  if (format[at] === '}') return { name, conversion: '', spec: '', end: at + 1 };
  let conversion = '';
  if (format[at] === '!') {
    conversion = format[at + 1] ?? fail('end of string while looking for conversion specifier');
    at += 2;
    if (format[at] === '}') return { name, conversion, spec: '', end: at + 1 };
    if (format[at] !== ':' && at < format.length) return fail("expected ':' after conversion specifier");
  }
  const end = closingBrace(format, at + 1);
  return { name, conversion, spec: format.slice(at + 1, end), end: end + 1 };
}

function closingBrace(format: string, start: number): number {
  let depth = 1;
  for (let at = start; at < format.length; at += 1) {
    if (format[at] === '{') depth += 1;
    else if (format[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  return fail("unmatched '{' in format spec");
}
