import { sliceText, textLength } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { fixed, general, grouped, reprFloat, scientific } from './floats.ts';
import { toFloat } from './numbers.ts';
import { integerText, str } from './printing.ts';
import { defined, fail, isNumber, isText, textOf, typeName, type Value } from './values.ts';

type Align = '<' | '>' | '=' | '^';

/** `[[fill]align][sign][z][#][0][width][grouping][.precision][type]` */
interface FormatSpec {
  readonly fillWith: string;
  readonly align: Align;
  readonly sign: string;
  readonly noNegativeZero: boolean;
  readonly alternate: boolean;
  readonly width: number;
  readonly separator: string;
  readonly precision: number | undefined;
  readonly type: string;
}

const specPattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_]{0,2})(?:\.(\d+))?([\s\S]?)$/u;

function parseSpec(text: string, usualAlign: Align, kind: string): FormatSpec {
  const parts = specPattern.exec(text);
  if (!parts) return fail(`Invalid format specifier '${text}' for object of type '${kind}'`);
  const [, fillWith, align, sign = '', z, alternate, zero, width = '0', separator = '', precision, type = ''] = parts;
  if (separator.length > 1) return fail("Cannot specify both ',' and '_'.");
  const isZeroFilled = zero !== undefined && fillWith === undefined;
  return {
    fillWith: fillWith ?? (isZeroFilled ? '0' : ' '),
    align: (align ?? (isZeroFilled && usualAlign === '>' ? '=' : usualAlign)) as Align,
    sign,
    noNegativeZero: z !== undefined,
    alternate: alternate !== undefined,
    width: Number(width),
    separator,
    precision: precision === undefined ? undefined : Number(precision),
    type,
  };
}

/** Python's `format(value, spec)`. */
export function formatValue(value: Value, spec: string, evaluator: Evaluator): string {
  if (spec === '') return str(value, evaluator);
  if (!isNumber(value) && !isText(value)) {
    return fail(`unsupported format string passed to ${typeName(defined(value))}.__format__`);
  }
  const parsed = parseSpec(spec, isText(value) ? '<' : '>', typeName(value));
  evaluator.meter.text(parsed.width + (parsed.precision ?? 0));
  if (isText(value)) return formatText(textOf(value), parsed);
  if (typeof value === 'number' || (parsed.type !== '' && 'eEfFgG%'.includes(parsed.type))) {
    return formatFloat(toFloat(value), parsed);
  }
  return formatInteger(BigInt(value), parsed);
}

function formatText(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's') return unknownType(spec.type, 'str');
  if (spec.sign !== '') return fail('Sign not allowed in string format specifier');
  if (spec.noNegativeZero) return fail('Negative zero coercion (z) not allowed in string format specifier');
  if (spec.alternate) return fail('Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') return fail("'=' alignment not allowed in string format specifier");
  if (spec.separator !== '') return fail(`Cannot specify '${spec.separator}' with 's'.`);
  return aligned('', spec.precision === undefined ? text : sliceText(text, 0, spec.precision), spec);
}

function unknownType(type: string, kind: string): never {
  return fail(`Unknown format code '${type}' for object of type '${kind}'`);
}

const bases: Readonly<Record<string, readonly [number, string]>> = {
  '': [10, ''],
  d: [10, ''],
  n: [10, ''],
  b: [2, '0b'],
  o: [8, '0o'],
  x: [16, '0x'],
  X: [16, '0X'],
};

function formatInteger(value: bigint, spec: FormatSpec): string {
  const { type, separator } = spec;
  if (spec.precision !== undefined) return fail('Precision not allowed in integer format specifier');
  if (spec.noNegativeZero) return fail('Negative zero coercion (z) not allowed in format specifier with integer');
  if (type === 'c') return formatCharacter(value, spec);
  const base = bases[type];
  if (!base) return unknownType(type, 'int');
  const [radix, prefix] = base;
  if (separator !== '' && (type === 'n' || (separator === ',' && radix !== 10))) {
    return fail(`Cannot specify '${separator}' with '${type}'.`);
  }
  const size = value < 0n ? -value : value;
  const digits = radix === 10 ? integerText(size) : size.toString(radix);
  const lead = signText(value < 0n, spec) + (spec.alternate ? prefix : '');
  const shown = type === 'X' ? digits.toUpperCase() : digits;
  return alignedNumber(lead, shown, '', spec, radix === 10 ? 3 : 4);
}

function formatCharacter(value: bigint, spec: FormatSpec): string {
  if (spec.sign !== '') return fail("Sign not allowed with integer format specifier 'c'");
  if (spec.alternate) return fail("Alternate form (#) not allowed with integer format specifier 'c'");
  if (spec.separator !== '') return fail(`Cannot specify '${spec.separator}' with 'c'.`);
  if (value < 0n || value > 0x10ffffn) return fail('%c arg not in range(0x110000)');
  return aligned('', String.fromCodePoint(Number(value)), spec);
}

function formatFloat(value: number, spec: FormatSpec): string {
  if (spec.separator !== '' && spec.type === 'n') return fail(`Cannot specify '${spec.separator}' with 'n'.`);
  const text = floatText(value, spec);
  const isNegative = text.startsWith('-') && !(spec.noNegativeZero && /^-[0.]+(?:e|%|$)/.test(text));
  const bare = text.replace(/^-/, '');
  const [, whole = '', rest = ''] = /^(\d*)([\s\S]*)$/.exec(bare) ?? [];
  return alignedNumber(signText(isNegative, spec), whole, rest, spec, 3);
}

function floatText(value: number, { type, precision, alternate }: FormatSpec): string {
  switch (type) {
    case '':
      return precision === undefined && !alternate ? reprFloat(value) : plainFloat(value, precision, alternate);
    case 'f':
    case 'F': {
      const text = withPoint(fixed(value, precision ?? 6), alternate, value);
      return type === 'F' ? text.toUpperCase() : text;
    }
    case 'e':
    case 'E': {
      const text = withPoint(scientific(value, precision ?? 6), alternate, value);
      return type === 'E' ? text.toUpperCase() : text;
    }
    case 'g':
    case 'n':
      return general(value, precision ?? 6, alternate);
    case 'G':
      return general(value, precision ?? 6, alternate).toUpperCase();
    case '%':
      return `${withPoint(fixed(value * 100, precision ?? 6), alternate, value)}%`;
    default:
      return unknownType(type, 'float');
  }
}

/** Without a type: as many digits as asked for, and one behind the point at least. */
function plainFloat(value: number, precision: number | undefined, alternate: boolean): string {
  if (precision === undefined || !Number.isFinite(value)) return reprFloat(value);
  const digits = precision === 0 ? 1 : precision;
  const exponent = value === 0 ? 0 : Number(scientific(value, digits - 1).split('e')[1]);
  if (exponent >= digits - 1 && exponent >= -4 && exponent < digits) {
    const text = scientific(value, digits - 1);
    return alternate ? text : text.replace(/(\.\d*?)0+e/, '$1e').replace('.e', 'e');
  }
  const text = general(value, digits, alternate);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function withPoint(text: string, alternate: boolean, value: number): string {
  if (!alternate || text.includes('.') || !Number.isFinite(value)) return text;
  return text.includes('e') ? text.replace('e', '.e') : `${text}.`;
}

function signText(isNegative: boolean, { sign }: FormatSpec): string {
  if (isNegative) return '-';
  return sign === '+' || sign === ' ' ? sign : '';
}

/** Groups the digits, those that fill up to the width included. */
function alignedNumber(lead: string, whole: string, rest: string, spec: FormatSpec, groupSize: number): string {
  const { separator, width, fillWith, align } = spec;
  if (separator === '' || !/^\d|^[\da-fA-F]+$/.test(whole)) return aligned(lead, whole + rest, spec);
  let digits = whole;
  let shown = grouped(digits, separator, groupSize);
  while (fillWith === '0' && align === '=' && lead.length + shown.length + rest.length < width) {
    digits = `0${digits}`;
    shown = grouped(digits, separator, groupSize);
  }
  return aligned(lead, shown + rest, spec);
}

function aligned(lead: string, text: string, { width, fillWith, align }: FormatSpec): string {
  const missing = width - textLength(lead) - textLength(text);
  if (missing <= 0) return lead + text;
  const fill = (count: number) => fillWith.repeat(count);
  switch (align) {
    case '<':
      return lead + text + fill(missing);
    case '>':
      return fill(missing) + lead + text;
    case '^':
      return fill(missing >> 1) + lead + text + fill(missing - (missing >> 1));
    case '=':
      return lead + fill(missing) + text;
  }
}
