import { sliceText, textLength } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { fixed, general, scientific } from './floats.ts';
import { escaped, escapeText } from './markup.ts';
import { parseFloatText, parseInteger, toFloat, truncated } from './numbers.ts';
import { ascii, integerText, repr, str } from './printing.ts';
import {
  Dict,
  defined,
  fail,
  isInteger,
  isNumber,
  isText,
  present,
  Range,
  Tuple,
  textOf,
  typeName,
  Undefined,
  type Value,
} from './values.ts';

/** Python's `text % values`. */
export function formatPercent(format: string, values: Value, evaluator: Evaluator): string {
  return new PercentFormat(format, values, evaluator, false).text();
}

/** The same for text that escapes what is put into it. */
export function formatMarkup(format: string, values: Value, evaluator: Evaluator): string {
  return new PercentFormat(format, values, evaluator, true).text();
}

interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

class PercentFormat {
  readonly #format: string;
  readonly #evaluator: Evaluator;
  readonly #escapes: boolean;
  readonly #mapping: Value | undefined;
  /** What conversions without a name take, in order. */
  #items: readonly Value[];
  #used = 0;
  #at = 0;

  constructor(format: string, values: Value, evaluator: Evaluator, escapes: boolean) {
    this.#format = format;
    this.#evaluator = evaluator;
    this.#escapes = escapes;
    this.#mapping = isMapping(values) ? values : undefined;
    this.#items = values instanceof Tuple ? values.items : [values];
  }

  text(): string {
    let out = '';
    while (this.#at < this.#format.length) {
      const percent = this.#format.indexOf('%', this.#at);
      const literal = this.#format.slice(this.#at, percent < 0 ? undefined : percent);
      const piece = percent < 0 ? literal : literal + this.#converted(percent + 1);
      if (percent < 0) this.#at = this.#format.length;
      this.#evaluator.meter.text(out.length + piece.length, piece.length);
      out += piece;
    }
    if (this.#used < this.#items.length && this.#mapping === undefined) {
      return fail('not all arguments converted during string formatting');
    }
    return out;
  }

  #converted(start: number): string {
    this.#at = start;
    if (this.#format[this.#at] === '(') this.#takeNamed();
    const flags = this.#takeWhile('#0- +');
    let width = this.#takeSize() ?? 0;
    let precision: number | undefined;
    if (this.#format[this.#at] === '.') {
      this.#at += 1;
      precision = Math.max(0, this.#takeSize() ?? 0);
    }
    if ('hlL'.includes(this.#format[this.#at] ?? '-')) this.#at += 1;
    const code = this.#format.codePointAt(this.#at);
    if (code === undefined) return fail('incomplete format');
    const type = String.fromCodePoint(code);
    this.#at += type.length;
    if (type === '%') return '%';
    this.#evaluator.meter.text(Math.abs(width) + (precision ?? 0));
    const value = this.#next();
    const alignment = width < 0 ? `${flags}-` : flags;
    width = Math.abs(width);
    return this.#convert(value, { flags: alignment, width, precision, type });
  }

  #takeWhile(characters: string): string {
    const start = this.#at;
    while (this.#at < this.#format.length && characters.includes(this.#format[this.#at] as string)) this.#at += 1;
    return this.#format.slice(start, this.#at);
  }

  #takeSize(): number | undefined {
    if (this.#format[this.#at] === '*') {
      this.#at += 1;
      const value = this.#next();
      return isInteger(value) ? Number(value) : fail('* wants int');
    }
    const digits = this.#takeWhile('0123456789');
    return digits === '' ? undefined : Number(digits);
  }

  /** `%(name)s`: from here on the named value is the only one there is. */
  #takeNamed(): void {
    if (this.#mapping === undefined) return fail('format requires a mapping');
    const start = this.#at + 1;
    let depth = 1;
    let end = start;
    for (; end < this.#format.length; end += 1) {
      if (this.#format[end] === '(') depth += 1;
      else if (this.#format[end] === ')') depth -= 1;
      if (depth === 0) break;
    }
    if (depth > 0) return fail('incomplete format key');
    const name = this.#format.slice(start, end);
    const mapping = defined(this.#mapping);
    if (!(mapping instanceof Dict)) return fail(`${typeName(mapping)} indices must be integers or slices, not str`);
    this.#items = [present(mapping.get(name), () => `KeyError: ${repr(name, this.#evaluator)}`)];
    this.#used = 0;
    this.#at = end + 1;
  }

  #next(): Value {
    const value = this.#items[this.#used];
    if (value === undefined) return fail('not enough arguments for format string');
    this.#used += 1;
    return value;
  }

  #convert(value: Value, conversion: Conversion): string {
    const { type, precision } = conversion;
    const escapedIfAsked = (text: string) => (this.#escapes ? escapeText(text) : text);
    switch (type) {
      case 's':
        return padded(
          cut(this.#escapes ? escaped(value, this.#evaluator) : str(value, this.#evaluator), precision),
          conversion,
        );
      case 'r':
        return padded(cut(escapedIfAsked(repr(value, this.#evaluator)), precision), conversion);
      case 'a':
        return padded(cut(escapedIfAsked(ascii(value, this.#evaluator)), precision), conversion);
      case 'c':
        return padded(this.#escapes ? fail('%c requires int or char') : character(value), conversion);
      case 'd':
      case 'i':
      case 'u':
        return paddedNumber(digitsOf(this.#wholeNumber(value, type), 10, precision), '', conversion);
      case 'x':
      case 'X':
      case 'o': {
        const number = this.#escapes ? notAnInteger(value, type) : integerOnly(value, type);
        const text = digitsOf(number, type === 'o' ? 8 : 16, precision);
        return paddedNumber(type === 'X' ? text.toUpperCase() : text, `0${type}`, conversion);
      }
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': {
        const text = floatText(this.#float(value), conversion);
        return paddedNumber(type === type.toUpperCase() ? text.toUpperCase() : text, '', conversion);
      }
      default:
        return fail(`unsupported format character '${type}' (0x${type.codePointAt(0)?.toString(16)})`);
    }
  }

  #wholeNumber(value: Value, type: string): bigint {
    if (typeof value === 'number') return truncated(value);
    if (isInteger(value)) return BigInt(value);
    if (this.#escapes && isText(value)) {
      return (
        parseInteger(textOf(value), 10) ??
        fail(`invalid literal for int() with base 10: ${repr(value, this.#evaluator)}`)
      );
    }
    return fail(`%${type} format: a real number is required, not ${typeName(defined(value))}`);
  }

  #float(value: Value): number {
    if (isNumber(value)) return toFloat(value);
    if (this.#escapes && isText(value)) {
      return (
        parseFloatText(textOf(value)) ?? fail(`could not convert string to float: ${repr(value, this.#evaluator)}`)
      );
    }
    return fail(`must be real number, not ${typeName(defined(value))}`);
  }
}

/** What Python takes for a mapping here: whatever can be asked for an item, but no tuple and no text. */
function isMapping(value: Value): boolean {
  return value instanceof Dict || Array.isArray(value) || value instanceof Range || value instanceof Undefined;
}

function cut(text: string, precision: number | undefined): string {
  return precision === undefined ? text : sliceText(text, 0, precision);
}

function character(value: Value): string {
  if (isText(value) && textLength(textOf(value)) === 1) return textOf(value);
  if (!isInteger(value)) return fail('%c requires int or char');
  const code = Number(value);
  return code >= 0 && code <= 0x10ffff ? String.fromCodePoint(code) : fail('%c arg not in range(0x110000)');
}

function integerOnly(value: Value, type: string): bigint {
  return isInteger(value) ? BigInt(value) : notAnInteger(value, type);
}

function notAnInteger(value: Value, type: string): never {
  return fail(`%${type} format: an integer is required, not ${typeName(defined(value))}`);
}

/** Digits with their sign, at least `precision` of them. */
function digitsOf(value: bigint, base: number, precision = 0): string {
  const size = value < 0n ? -value : value;
  const digits = base === 10 ? integerText(size) : size.toString(base);
  return (value < 0n ? '-' : '') + digits.padStart(precision, '0');
}

function floatText(value: number, { type, precision = 6, flags }: Conversion): string {
  const keepsPoint = flags.includes('#');
  switch (type.toLowerCase()) {
    case 'f':
      return fixed(value, precision) + (keepsPoint && precision === 0 && Number.isFinite(value) ? '.' : '');
    case 'e': {
      const text = scientific(value, precision);
      return keepsPoint && precision === 0 ? text.replace('e', '.e') : text;
    }
    default:
      return general(value, precision, keepsPoint);
  }
}

function padded(text: string, { flags, width }: Conversion): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  return flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

/** @param text digits, with a `-` where they are below zero */
function paddedNumber(text: string, prefix: string, conversion: Conversion): string {
  const { flags, width } = conversion;
  const isNegative = text.startsWith('-');
  const sign = isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const lead = sign + (flags.includes('#') ? prefix : '');
  const digits = isNegative ? text.slice(1) : text;
  const isFilled = flags.includes('0') && !flags.includes('-');
  const zeros = isFilled ? '0'.repeat(Math.max(0, width - lead.length - digits.length)) : '';
  return padded(lead + zeros + digits, conversion);
}
