import type { Evaluator } from '../python/evaluator.ts';
import { fixed } from '../python/floats.ts';
import { isIterable, listOf, unpacked, walk } from '../python/iteration.ts';
import { escaped, escapeText } from '../python/markup.ts';
import { bounded, parseFloatText, toFloat, truncated } from '../python/numbers.ts';
import { reprText, str } from '../python/printing.ts';
import type { Call } from '../python/signature.ts';
import {
  Dict,
  defined,
  fail,
  isInteger,
  isNumber,
  isText,
  Markup,
  textOf,
  typeName,
  Undefined,
  type Value,
} from '../python/values.ts';
import { type Filter, filter } from './filter.ts';
import { jsonOf } from './json.ts';
import { urlized } from './urlize.ts';

/** Filters for HTML, URLs and JSON. */
export const webFilters: readonly (readonly [string, Filter])[] = [
  filter('urlencode', [], (target, _call, evaluator) => urlEncoded(target, evaluator)),
  filter('xmlattr', ['autospace?'], xmlAttributes),
  filter('urlize', ['trim_url_limit?', 'nofollow?', 'target?', 'rel?', 'extra_schemes?'], urlize),
  filter('filesizeformat', ['binary?'], (target, call) => fileSize(byteCount(target), call.flag('binary'))),
  filter('tojson', ['indent?'], (target, call, evaluator) => {
    const json = jsonOf(target, indentOf(call, evaluator), evaluator);
    return new Markup(
      json.replace(/[<>&']/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    );
  }),
];

function indentOf(call: Call, { meter }: Evaluator): string | undefined {
  const indent = call.value('indent');
  if (indent === null) return undefined;
  if (isText(indent)) return textOf(indent);
  if (!isInteger(indent)) return fail(`can't multiply sequence by non-int of type '${typeName(indent)}'`);
  const width = Math.max(0, Number(indent));
  meter.text(width);
  return ' '.repeat(width);
}

function urlEncoded(target: Value, evaluator: Evaluator): string {
  const { meter } = evaluator;
  if (isText(target) || (!isIterable(target) && !(target instanceof Undefined))) {
    return quoted(str(target, evaluator), '/', meter);
  }
  const pairs =
    target instanceof Dict ? [...target.entries()] : walk(target, meter).map((pair) => unpacked(pair, 2, meter));
  const part = (value: Value) => quoted(str(value, evaluator), '', meter).replaceAll('%20', '+');
  return [...pairs.map(([key, value]) => `${part(key as Value)}=${part(value as Value)}`)].join('&');
}

const alwaysSafe = /[A-Za-z0-9_.~-]/;

/** Percent-encoding of UTF-8. */
function quoted(text: string, safe: string, meter: Evaluator['meter']): string {
  if (!text.isWellFormed()) return fail("'utf-8' codec can't encode a surrogate");
  meter.text(text.length * 3);
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && (alwaysSafe.test(character) || safe.includes(character))) out += character;
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function xmlAttributes(target: Value, call: Call, evaluator: Evaluator): Value {
  if (!(target instanceof Dict)) return fail(`'${typeName(defined(target))}' object has no attribute 'items'`);
  const attributes: string[] = [];
  for (const [key, value] of target.entries()) {
    evaluator.meter.step();
    if (value === null || value instanceof Undefined) continue;
    if (!isText(key)) return fail('expected string or bytes-like object');
    if (/[ \t-\r/>=]/.test(textOf(key))) return fail(`Invalid character in attribute name: ${reprText(textOf(key))}`);
    attributes.push(`${escaped(key, evaluator)}="${escaped(value, evaluator)}"`);
  }
  const text = (call.flag('autospace', true) && attributes.length > 0 ? ' ' : '') + attributes.join(' ');
  return evaluator.escapes ? new Markup(text) : text;
}

function urlize(target: Value, call: Call, evaluator: Evaluator): Value {
  const limit = call.value('trim_url_limit') === null ? undefined : call.integer('trim_url_limit');
  const rel = new Set((call.optionalText('rel') ?? '').split(/\s+/).filter((word) => word !== ''));
  if (call.flag('nofollow')) rel.add('nofollow');
  rel.add('noopener');
  const frame = call.optionalText('target');
  const schemes =
    call.value('extra_schemes') === null ? [] : listOf(call.value('extra_schemes'), evaluator.meter).map(schemeOf);
  const text = urlized(escaped(target, evaluator), {
    limit,
    attributes: ` rel="${escapeText([...rel].sort().join(' '))}"${frame ? ` target="${escapeText(frame)}"` : ''}`,
    schemes,
  });
  evaluator.meter.text(text.length);
  return evaluator.escapes ? new Markup(text) : text;
}

function schemeOf(value: Value): string {
  const scheme = isText(value) ? textOf(value) : fail(`expected string, got ${typeName(defined(value))}`);
  return /^[\p{L}\p{N}_.+-]{2,}:\/{0,2}$/u.test(scheme)
    ? scheme
    : fail(`${reprText(scheme)} is not a valid URI scheme prefix.`);
}

function byteCount(target: Value): number {
  const value = defined(target);
  if (isNumber(value)) return toFloat(value);
  if (!isText(value)) return fail(`float() argument must be a string or a real number, not '${typeName(value)}'`);
  return parseFloatText(textOf(value)) ?? fail(`could not convert string to float: ${reprText(textOf(value))}`);
}

const units = ['k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y'];

function fileSize(bytes: number, binary: boolean): string {
  const base = binary ? 1024 : 1000;
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${bounded(truncated(bytes))} Bytes`;
  const found = units.findIndex((_, index) => bytes < base ** (index + 2));
  const index = found < 0 ? units.length - 1 : found;
  const unit = `${binary ? (units[index] as string).toUpperCase() : units[index]}${binary ? 'iB' : 'B'}`;
  return `${fixed((base * bytes) / base ** (index + 2), 1)} ${unit}`;
}
