import type { Meter } from './limits.ts';
import { fixed, general, scientific } from './number-format.ts';
import { isPrintable, repr, str } from './printing.ts';
import { Dict, defined, fail, isNumber, isText, Tuple, textLength, textOf, typeName, type Value } from './values.ts';

const conversion = /%(?:\(([^)]*)\))?([#0\- +]*)(\*|\d+)?(?:\.(\*|\d*))?[hlL]?([\s\S])?/g;

/** Python's `text % values`. */
export function formatPercent(format: string, values: Value, meter: Meter): string {
  const items = values instanceof Tuple ? values.items : [values];
  let used = 0;
  let length = 0;
  let usedNames = false;

  function next(): Value {
    if (used >= items.length) return fail('not enough arguments for format string');
    used += 1;
    return items[used - 1] as Value;
  }
  function size(text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    if (text !== '*') return Number(text);
    const value = next();
    return typeof value === 'bigint' ? Number(value) : fail('* wants int');
  }

  const text = format.replace(conversion, (_, name, flags: string, width, precision, type) => {
    if (type === undefined) return fail('incomplete format');
    if (type === '%') return '%';
    let value: Value | undefined;
    if (name !== undefined) {
      if (!(values instanceof Dict)) return fail('format requires a mapping');
      usedNames = true;
      value = values.get(name) ?? fail(`KeyError: ${repr(name)}`);
    }
    const wanted = size(width) ?? 0;
    const digits = size(precision === '' ? '0' : precision);
    meter.length(length + Math.abs(wanted) + (digits ?? 0));
    const shown = convert(type, value ?? next(), flags, digits, meter);
    const result = padded(shown, type, wanted < 0 ? `${flags}-` : flags, Math.abs(wanted));
    length += result.length;
    meter.length(length);
    return result;
  });
  if (!usedNames && used < items.length && !(values instanceof Dict) && !Array.isArray(values)) {
    return fail('not all arguments converted during string formatting');
  }
  return text;
}

function convert(type: string, given: Value, flags: string, digits: number | undefined, meter: Meter): string {
  const value = defined(given);
  switch (type) {
    case 's':
      return cut(str(value), digits);
    case 'r':
      return cut(repr(value), digits);
    case 'a':
      return cut(asciiOnly(repr(value)), digits);
    case 'c':
      if (isText(value) && textLength(textOf(value)) === 1) return textOf(value);
      if (typeof value === 'bigint' && value >= 0n && value <= 0x10ffffn) return String.fromCodePoint(Number(value));
      return fail('%c requires int or char');
    case 'd':
    case 'i':
    case 'u':
      return signed(wholeNumber(value, type), flags, 10, '', digits);
    case 'x':
      return signed(integerOnly(value, type), flags, 16, '0x', digits);
    case 'X':
      return signed(integerOnly(value, type), flags, 16, '0X', digits).toUpperCase();
    case 'o':
      return signed(integerOnly(value, type), flags, 8, '0o', digits);
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G': {
      const float = isNumber(value) ? Number(value) : fail(`must be real number, not ${typeName(value)}`);
      const lower = type.toLowerCase();
      const precision = digits ?? 6;
      const plain =
        lower === 'f'
          ? fixed(float, precision, meter)
          : lower === 'e'
            ? scientific(float, precision, meter)
            : general(float, precision, flags.includes('#'), meter);
      const signedText = plain.startsWith('-') ? plain : withSign(plain, flags);
      return type === lower ? signedText : signedText.toUpperCase();
    }
    default:
      return fail(
        `unsupported format character '${isPrintable(type) ? type : '?'}' (0x${type.codePointAt(0)?.toString(16)})`,
      );
  }
}

function cut(text: string, digits: number | undefined): string {
  return digits === undefined ? text : Array.from(text).slice(0, digits).join('');
}

function asciiOnly(text: string): string {
  return Array.from(text)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x80) return character;
      if (code <= 0xff) return `\\x${code.toString(16)}`;
      return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
    })
    .join('');
}

function wholeNumber(value: Value, type: string): bigint {
  if (typeof value === 'number') {
    return Number.isFinite(value) ? BigInt(Math.trunc(value)) : fail(`cannot convert float ${repr(value)} to integer`);
  }
  if (isNumber(value)) return BigInt(value);
  return fail(`%${type} format: a real number is required, not ${typeName(value)}`);
}

function integerOnly(value: Value, type: string): bigint {
  if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
  return fail(`%${type} format: an integer is required, not ${typeName(value)}`);
}

function signed(value: bigint, flags: string, base: number, prefix: string, digits: number | undefined): string {
  const bare = (value < 0n ? -value : value).toString(base).padStart(digits ?? 0, '0');
  const shown = flags.includes('#') ? `${prefix}${bare}` : bare;
  return value < 0n ? `-${shown}` : withSign(shown, flags);
}

function withSign(text: string, flags: string): string {
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

function padded(text: string, type: string, flags: string, width: number): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (flags.includes('0') && /[diuxXoeEfFgG]/.test(type)) {
    const [, sign = '', rest = ''] = /^([-+ ]?(?:0[xXo](?=.))?)([\s\S]*)$/.exec(text) ?? [];
    return flags.includes('#') || !/^[-+ ]?0[xXo]/.test(text)
      ? `${sign}${'0'.repeat(missing)}${rest}`
      : `${'0'.repeat(missing)}${text}`;
  }
  return ' '.repeat(missing) + text;
}
