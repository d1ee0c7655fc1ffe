import type { Meter } from './limits.ts';
import { fixed, general, grouped, scientific } from './number-format.ts';
import { repr, reprFloat, str } from './printing.ts';
import { defined, fail, isNumber, type Keywords, TemplateFailure, textLength, typeName, type Value } from './values.ts';

export type ReadMember = (owner: Value, name: string, kind: 'attribute' | 'item') => Value;

/** Python's `text.format(...)`: replacement fields with attributes, items, conversions and format specs. */
export function formatStr(
  format: string,
  args: readonly Value[],
  keywords: Keywords,
  read: ReadMember,
  meter: Meter,
): string {
  const state = { automatic: 0, manual: false };
  return fill(format, args, keywords, read, meter, state, 2);
}

function fill(
  format: string,
  args: readonly Value[],
  keywords: Keywords,
  read: ReadMember,
  meter: Meter,
  state: { automatic: number; manual: boolean },
  levels: number,
): string {
  if (levels < 0) return fail('Max string recursion exceeded');
  let out = '';
  for (let at = 0; at < format.length; at += 1) {
    const character = format[at] as string;
    if (character === '}') {
      if (format[at + 1] !== '}') return fail("Single '}' encountered in format string");
      out += '}';
      at += 1;
    } else if (character !== '{') out += character;
    else if (format[at + 1] === '{') {
      out += '{';
      at += 1;
    } else {
      const end = closingBrace(format, at + 1);
      out += field(format.slice(at + 1, end), args, keywords, read, meter, state, levels);
      at = end;
    }
    meter.length(out.length);
  }
  return out;
}

function closingBrace(format: string, start: number): number {
  let depth = 1;
  for (let at = start; at < format.length; at += 1) {
    if (format[at] === '{') depth += 1;
    else if (format[at] === '}') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return fail(start >= format.length ? "Single '{' encountered in format string" : "expected '}' before end of string");
}

function field(
  text: string,
  args: readonly Value[],
  keywords: Keywords,
  read: ReadMember,
  meter: Meter,
  state: { automatic: number; manual: boolean },
  levels: number,
): string {
  const [, path = '', conversion, , spec = ''] =
    /^((?:[^:![]|\[[^\]]*\])*)(?:!([^:]*))?(:([\s\S]*))?$/.exec(text) ?? [];
  let value = lookUp(path, args, keywords, read, state);
  if (conversion === 'r') value = repr(defined(value));
  else if (conversion === 's') value = str(defined(value));
  else if (conversion === 'a') value = repr(defined(value));
  else if (conversion !== undefined) return fail(`Unknown conversion specifier '${conversion}'`);
  const filledSpec = spec.includes('{') ? fill(spec, args, keywords, read, meter, state, levels - 1) : spec;
  return formatValue(value, filledSpec, meter);
}

function lookUp(
  path: string,
  args: readonly Value[],
  keywords: Keywords,
  read: ReadMember,
  state: { automatic: number; manual: boolean },
): Value {
  const [, first = '', rest = ''] = /^([^.[]*)([\s\S]*)$/.exec(path) ?? [];
  let value: Value | undefined;
  if (first === '') {
    if (state.manual) return fail('cannot switch from manual field specification to automatic field numbering');
    value = args[state.automatic] ?? undefined;
    state.automatic += 1;
    if (state.automatic > args.length)
      return fail(`Replacement index ${state.automatic - 1} out of range for positional args tuple`);
  } else if (/^\d+$/.test(first)) {
    if (state.automatic > 0) return fail('cannot switch from automatic field numbering to manual field specification');
    state.manual = true;
    if (Number(first) >= args.length) return fail(`Replacement index ${first} out of range for positional args tuple`);
    value = args[Number(first)];
  } else {
    if (!keywords.has(first)) return fail(`KeyError: ${repr(first)}`);
    value = keywords.get(first);
  }
  let current = value as Value;
  for (const [, attribute, item] of rest.matchAll(/\.([^.[]*)|\[([^\]]*)\]/g)) {
    current = defined(read(current, attribute ?? item ?? '', attribute === undefined ? 'item' : 'attribute'));
  }
  return current;
}

const specPattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([a-zA-Z%])?$/u;

/** Python's `format(value, spec)`. */
export function formatValue(given: Value, spec: string, meter: Meter): string {
  const value = defined(given);
  if (spec === '') return str(value);
  const parts = specPattern.exec(spec);
  if (!parts) return fail(`Invalid format specifier '${spec}'`);
  const [, fillText, alignText, sign, , alternate, zero, widthText, separator, precisionText, type] = parts;
  const width = Number(widthText ?? 0);
  const precision = precisionText === undefined ? undefined : Number(precisionText);
  meter.length(width + (precision ?? 0));
  const isNumeric = isNumber(value) && !(typeof value === 'boolean' && (type === undefined || type === 's'));
  let body: string;
  if (isNumeric) body = numberText(value, type, sign, alternate !== undefined, separator, precision, meter);
  else if (type !== undefined && type !== 's') {
    return fail(`Unknown format code '${type}' for object of type '${typeName(value)}'`);
  } else if (sign) return fail('Sign not allowed in string format specifier');
  else body = precision === undefined ? str(value) : Array.from(str(value)).slice(0, precision).join('');
  const align = alignText ?? (zero ? '=' : isNumeric ? '>' : '<');
  return aligned(body, width, alignText ? (fillText ?? ' ') : zero ? '0' : ' ', align, isNumeric);
}

function numberText(
  value: boolean | bigint | number,
  type: string | undefined,
  sign: string | undefined,
  alternate: boolean,
  separator: string | undefined,
  precision: number | undefined,
  meter: Meter,
): string {
  let text: string;
  const isFloatType = type !== undefined && 'eEfFgG%'.includes(type);
  if (typeof value === 'number' || isFloatType) text = floatText(Number(value), type, alternate, precision, meter);
  else text = integerText(BigInt(value), type, alternate, precision);
  const negative = text.startsWith('-');
  let bare = negative ? text.slice(1) : text;
  if (separator) {
    const [whole = '', ...rest] = bare.split(/(?=[.e])/);
    bare = grouped(whole, separator) + rest.join('');
  }
  return `${negative ? '-' : sign === '+' || sign === ' ' ? sign : ''}${bare}`;
}

function integerText(
  value: bigint,
  type: string | undefined,
  alternate: boolean,
  precision: number | undefined,
): string {
  if (precision !== undefined) return fail('Precision not allowed in integer format specifier');
  const bases: Readonly<Record<string, [number, string]>> = {
    d: [10, ''],
    n: [10, ''],
    x: [16, '0x'],
    X: [16, '0X'],
    o: [8, '0o'],
    b: [2, '0b'],
  };
  if (type === 'c') return String.fromCodePoint(Number(value));
  const [base, prefix] = bases[type ?? 'd'] ?? fail(`Unknown format code '${type}' for object of type 'int'`);
  const digits = (value < 0n ? -value : value).toString(base);
  return `${value < 0n ? '-' : ''}${alternate ? prefix : ''}${type === 'X' ? digits.toUpperCase() : digits}`;
}

function floatText(
  value: number,
  type: string | undefined,
  alternate: boolean,
  precision: number | undefined,
  meter: Meter,
): string {
  switch (type) {
    case undefined: {
      if (precision === undefined) return reprFloat(value);
      const text = general(value, precision, alternate, meter);
      return /^-?\d+$/.test(text) ? `${text}.0` : text;
    }
    case 'f':
    case 'F':
      return fixed(value, precision ?? 6, meter);
    case 'e':
    case 'E': {
      const text = scientific(value, precision ?? 6, meter);
      return type === 'E' ? text.toUpperCase() : text;
    }
    case 'g':
    case 'G':
    case 'n': {
      const text = general(value, precision ?? 6, alternate, meter);
      return type === 'G' ? text.toUpperCase() : text;
    }
    case '%':
      return `${fixed(value * 100, precision ?? 6, meter)}%`;
    default:
      return fail(`Unknown format code '${type}' for object of type 'float'`);
  }
}

function aligned(text: string, width: number, fillText: string, align: string, numeric: boolean): string {
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  const pad = (count: number) => fillText.repeat(count);
  switch (align) {
    case '<':
      return text + pad(missing);
    case '>':
      return pad(missing) + text;
    case '^':
      return pad(missing >> 1) + text + pad(missing - (missing >> 1));
    default: {
      if (!numeric)
        throw new TemplateFailure('template-runtime', "'=' alignment not allowed in string format specifier");
      const [, lead = '', rest = ''] = /^([-+ ]?(?:0[xXob])?)([\s\S]*)$/.exec(text) ?? [];
      return lead + pad(missing) + rest;
    }
  }
}
