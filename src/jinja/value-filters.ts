import { type Filter, filter } from './filter.ts';
import { roundFloat } from './number-format.ts';
import { repr, str } from './printing.ts';
import {
  type Callable,
  characters,
  Dict,
  defined,
  fail,
  isNumber,
  isText,
  iterate,
  lengthOf,
  Markup,
  type Namespace,
  type Range,
  Tuple,
  textOf,
  truthy,
  typeName,
  Undefined,
  type Value,
  type View,
} from './values.ts';

const defaultFilter = (name: string) =>
  filter(name, ['default_value?', 'boolean?'], (target, call) => {
    if (target instanceof Undefined) return call.value('default_value', '');
    return truthy(call.value('boolean', false)) && !truthy(target) ? call.value('default_value', '') : target;
  });

const lengthFilter = (name: string) => filter(name, [], (target) => BigInt(lengthOf(target)));

export const valueFilters: readonly (readonly [string, Filter])[] = [
  defaultFilter('default'),
  defaultFilter('d'),
  lengthFilter('length'),
  lengthFilter('count'),
  filter('abs', [], (target) => {
    const value = defined(target);
    if (typeof value === 'number') return Math.abs(value);
    if (isNumber(value)) return BigInt(value) < 0n ? -BigInt(value) : BigInt(value);
    return fail(`bad operand type for abs(): '${typeName(value)}'`);
  }),
  filter('int', ['default?', 'base?'], (target, call) => {
    const value = defined(target);
    const usual = call.value('default', 0n);
    if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : usual;
    if (isNumber(value)) return BigInt(value);
    if (!isText(value)) return usual;
    return integerOf(textOf(value), call.integer('base', 10)) ?? usual;
  }),
  filter('float', ['default?'], (target, call) => {
    const value = defined(target);
    if (isNumber(value)) return Number(value);
    return (isText(value) ? floatOf(textOf(value)) : undefined) ?? call.value('default', 0);
  }),
  filter('round', ['precision?', 'method?'], (target, call) => {
    const value = defined(target);
    const method = call.text('method', 'common');
    if (!['common', 'ceil', 'floor'].includes(method)) return fail('method must be common, ceil or floor');
    if (!isNumber(value)) return fail(`type ${typeName(value)} doesn't define __round__ method`);
    const precision = call.integer('precision', 0);
    if (method === 'common')
      return typeof value === 'number' ? roundFloat(value, precision) : roundInteger(BigInt(value), precision);
    const scale = 10 ** precision;
    const scaled = Number(value) * scale;
    return (method === 'ceil' ? Math.ceil(scaled) : Math.floor(scaled)) / scale;
  }),
  filter('list', [], (target, _, { meter }) => {
    meter.step(lengthOf(target));
    return [...iterate(target)];
  }),
  filter('items', [], (target) => {
    if (target instanceof Undefined) return [];
    return target instanceof Dict
      ? target.entries().map((entry) => new Tuple(entry))
      : fail('Can only get item pairs from a mapping.');
  }),
  filter('reverse', [], (target) => {
    const value = defined(target);
    return isText(value) ? characters(textOf(value)).reverse().join('') : [...iterate(value)].reverse();
  }),
  filter('tojson', ['indent?'], (target, call, { meter }) => {
    const indent = call.value('indent') === null ? undefined : call.integer('indent');
    const json = jsonOf(defined(target), indent, 0, meter.length.bind(meter));
    return new Markup(
      json.replace(/[<>&']/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    );
  }),
  filter('pprint', [], (target) => repr(defined(target))),
];

/** Python's int(text, base), or undefined. */
export function integerOf(text: string, base: number): bigint | undefined {
  const bare = text.trim();
  if (base === 10) {
    if (/^[+-]?\d+(?:_\d+)*$/.test(bare)) return BigInt(bare.replaceAll('_', '').replace('+', ''));
    const float = floatOf(bare); // Jinja tries a float next: "42.7" gives 42
    return float !== undefined && Number.isFinite(float) ? BigInt(Math.trunc(float)) : undefined;
  }
  const [, sign = '', prefix = '', digits = ''] = /^([+-]?)(0[xXoObB])?([\da-zA-Z_]+)$/.exec(bare) ?? [];
  const wanted: Readonly<Record<string, number>> = { '0x': 16, '0o': 8, '0b': 2 };
  const prefixBase = wanted[prefix.toLowerCase()];
  if (prefix && prefixBase !== base && base !== 0) return undefined;
  const radix = base === 0 ? (prefixBase ?? 10) : base;
  if (radix < 2 || radix > 36) return undefined;
  let value = 0n;
  if (digits === '') return undefined;
  for (const digit of digits.replaceAll('_', '')) {
    const number = Number.parseInt(digit, 36);
    if (Number.isNaN(number) || number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return sign === '-' ? -value : value;
}

function floatOf(text: string): number | undefined {
  const bare = text.trim();
  if (/^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+)?$/.test(bare))
    return Number(bare.replaceAll('_', ''));
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(bare) ?? [];
  if (!word) return undefined;
  const value = word.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return sign === '-' ? -value : value;
}

function roundInteger(value: bigint, precision: number): bigint {
  if (precision >= 0) return value;
  const unit = 10n ** BigInt(Math.min(-precision, 4_000));
  const negative = value < 0n;
  const size = negative ? -value : value;
  const rest = size % unit;
  let whole = size - rest;
  if (rest * 2n > unit || (rest * 2n === unit && (whole / unit) % 2n === 1n)) whole += unit;
  return negative ? -whole : whole;
}

/** Python's json.dumps with sorted keys, `, ` and `: `, ASCII only. */
function jsonOf(value: Value, indent: number | undefined, level: number, measure: (length: number) => void): string {
  if (level > 50) return fail('a value nested more than 50 levels deep cannot be written as JSON');
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return repr(value).replace('inf', 'Infinity').replace('nan', 'NaN');
  if (isText(value)) return jsonText(textOf(value));
  const between = indent === undefined ? ', ' : `,\n${' '.repeat(indent * (level + 1))}`;
  const open = indent === undefined ? '' : `\n${' '.repeat(indent * (level + 1))}`;
  const close = indent === undefined ? '' : `\n${' '.repeat(indent * level)}`;
  const wrap = (left: string, parts: string[], right: string) => {
    const text = parts.length === 0 ? left + right : left + open + parts.join(between) + close + right;
    measure(text.length);
    return text;
  };
  if (Array.isArray(value) || value instanceof Tuple) {
    return wrap(
      '[',
      iterate(value).map((each) => jsonOf(defined(each), indent, level + 1, measure)),
      ']',
    );
  }
  if (value instanceof Dict) {
    const entries = value.entries();
    if (entries.some(([key]) => !isText(key)) && entries.some(([key]) => isText(key))) {
      return fail("'<' not supported between instances of 'int' and 'str'");
    }
    const members = entries
      .map(([key, each]) => [jsonKey(key), each] as const)
      .sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0))
      .map(([key, each]) => `${jsonText(key)}: ${jsonOf(defined(each), indent, level + 1, measure)}`);
    return wrap('{', members, '}');
  }
  return fail(`Object of type ${typeName(value as Callable | Namespace | Range | View)} is not JSON serializable`);
}

function jsonKey(key: Value): string {
  if (isText(key)) return textOf(key);
  if (key === null) return 'null';
  if (typeof key === 'boolean') return String(key);
  if (isNumber(key)) return str(key);
  return fail(`keys must be str, int, float, bool or None, not ${typeName(key)}`);
}

const jsonEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
  '\f': '\\f',
};

function jsonText(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f\u007f-\uffff]/g, (character) => {
    if (character === '\x7f') return character;
    return jsonEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
