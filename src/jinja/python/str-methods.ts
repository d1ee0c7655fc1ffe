import { characters, isPrintable, reverseText, splitLines, stripSpace, textLength, whiteSpace } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { lengthOf, walk } from './iteration.ts';
import {
  capitalized,
  caseFolded,
  isAlpha,
  isAlphanumeric,
  isDecimal,
  isDigit,
  isLower,
  isNumeric,
  isTitle,
  isUpper,
  swapped,
  titled,
} from './letter-case.ts';
import { type Method, method } from './method.ts';
import type { Call } from './signature.ts';
import { formatMap, formatStr } from './str-format.ts';
import { translated, translationTable } from './translation.ts';
import { fail, isText, Tuple, textOf, typeName, type Value } from './values.ts';

type Meter = Evaluator['meter'];

function textMethod(
  name: string,
  parameters: readonly string[],
  work: (text: string, call: Call, evaluator: Evaluator) => Value,
): readonly [string, Method<string>] {
  return method<string>(name, parameters, (text, call, evaluator) => {
    evaluator.meter.text(0, text.length);
    return work(text, call, evaluator);
  });
}

/** The methods of str. `encode` is not there, as a template has no use for bytes. */
export const strMethods: ReadonlyMap<string, Method<string>> = new Map([
  textMethod('lower', [], (text) => text.toLowerCase()),
  textMethod('upper', [], (text) => text.toUpperCase()),
  textMethod('casefold', [], caseFolded),
  textMethod('capitalize', [], capitalized),
  textMethod('title', [], titled),
  textMethod('swapcase', [], swapped),
  textMethod('strip', ['chars?', '/'], (text, call) => stripped(text, call.optionalText('chars'), true, true)),
  textMethod('lstrip', ['chars?', '/'], (text, call) => stripped(text, call.optionalText('chars'), true, false)),
  textMethod('rstrip', ['chars?', '/'], (text, call) => stripped(text, call.optionalText('chars'), false, true)),
  textMethod('split', ['sep?', 'maxsplit?'], (text, call, { meter }) =>
    split(text, call.optionalText('sep'), call.integer('maxsplit', -1), meter),
  ),
  textMethod('rsplit', ['sep?', 'maxsplit?'], (text, call, { meter }) =>
    splitFromRight(text, call.optionalText('sep'), call.integer('maxsplit', -1), meter),
  ),
  textMethod('splitlines', ['keepends?'], (text, call, { meter }) => {
    const lines = splitLines(text, call.flag('keepends'));
    meter.items(lines.length);
    return lines;
  }),
  textMethod('partition', ['sep', '/'], (text, call, { meter }) => {
    const separator = separatorOf(call);
    meter.search(text.length, separator.length);
    const at = text.indexOf(separator);
    return new Tuple(at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  }),
  textMethod('rpartition', ['sep', '/'], (text, call, { meter }) => {
    const separator = separatorOf(call);
    meter.search(text.length, separator.length);
    const at = text.lastIndexOf(separator);
    return new Tuple(at < 0 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  }),
  textMethod('join', ['iterable', '/'], (text, call, { meter }) => joined(text, textsOf(call, meter), meter)),
  textMethod('replace', ['old', 'new', 'count?', '/'], (text, call, { meter }) =>
    replaced(text, call.text('old'), call.text('new'), call.integer('count', -1), meter),
  ),
  textMethod('removeprefix', ['prefix', '/'], (text, call) => {
    const prefix = call.text('prefix');
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  }),
  textMethod('removesuffix', ['suffix', '/'], (text, call) => {
    const suffix = call.text('suffix');
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  }),
  textMethod('startswith', ['prefix', 'start?', 'end?', '/'], (text, call) => matchesAt(text, call, 'prefix')),
  textMethod('endswith', ['suffix', 'start?', 'end?', '/'], (text, call) => matchesAt(text, call, 'suffix')),
  textMethod('find', ['sub', 'start?', 'end?', '/'], (text, call, { meter }) =>
    BigInt(position(text, call, meter, false)),
  ),
  textMethod('rfind', ['sub', 'start?', 'end?', '/'], (text, call, { meter }) =>
    BigInt(position(text, call, meter, true)),
  ),
  textMethod('index', ['sub', 'start?', 'end?', '/'], (text, call, { meter }) =>
    found(position(text, call, meter, false)),
  ),
  textMethod('rindex', ['sub', 'start?', 'end?', '/'], (text, call, { meter }) =>
    found(position(text, call, meter, true)),
  ),
  textMethod('count', ['sub', 'start?', 'end?', '/'], (text, call, { meter }) =>
    BigInt(occurrences(text, call, meter)),
  ),
  textMethod('center', ['width', 'fillchar?', '/'], (text, call, { meter }) => {
    const width = call.integer('width');
    return centred(text, width, fillOf(call), meter);
  }),
  textMethod('ljust', ['width', 'fillchar?', '/'], (text, call, { meter }) => {
    const fill = fillOf(call);
    return text + fill.repeat(missingWidth(text, call.integer('width'), meter));
  }),
  textMethod('rjust', ['width', 'fillchar?', '/'], (text, call, { meter }) => {
    const fill = fillOf(call);
    return fill.repeat(missingWidth(text, call.integer('width'), meter)) + text;
  }),
  textMethod('zfill', ['width', '/'], (text, call, { meter }) => {
    const zeros = '0'.repeat(missingWidth(text, call.integer('width'), meter));
    return /^[+-]/.test(text) ? text.slice(0, 1) + zeros + text.slice(1) : zeros + text;
  }),
  textMethod('expandtabs', ['tabsize?'], (text, call, { meter }) =>
    expandTabs(text, call.integer('tabsize', 8), meter),
  ),
  textMethod('translate', ['table', '/'], (text, call, evaluator) => translated(text, call.value('table'), evaluator)),
  textMethod('maketrans', ['x', 'y?', 'z?', '/'], (_text, call) => translationTable(call)),
  textMethod('isalpha', [], isAlpha),
  textMethod('isalnum', [], isAlphanumeric),
  textMethod('isdecimal', [], isDecimal),
  textMethod('isdigit', [], isDigit),
  textMethod('isnumeric', [], isNumeric),
  textMethod('isspace', [], (text) => text !== '' && stripSpace(text) === ''),
  textMethod('isascii', [], (text) => !/[^\0-\x7f]/.test(text)),
  textMethod('isupper', [], isUpper),
  textMethod('islower', [], isLower),
  textMethod('istitle', [], isTitle),
  textMethod('isidentifier', [], (text) => /^[\p{XID_Start}_]\p{XID_Continue}*$/u.test(text)),
  textMethod('isprintable', [], (text) => characters(text).every(isPrintable)),
  ['format', (text, args, keywords, evaluator) => formatStr(text, args, keywords, evaluator, false)],
  textMethod('format_map', ['mapping', '/'], (text, call, evaluator) =>
    formatMap(text, call.value('mapping'), evaluator, false),
  ),
]);

function separatorOf(call: Call): string {
  const separator = call.text('sep');
  return separator === '' ? fail('empty separator') : separator;
}

export function stripped(text: string, chars: string | null, left: boolean, right: boolean): string {
  if (chars === null) return stripSpace(text, left, right);
  const all = characters(text);
  const goes = new Set(characters(chars));
  let [start, end] = [0, all.length];
  while (left && start < end && goes.has(all[start] as string)) start += 1;
  while (right && end > start && goes.has(all[end - 1] as string)) end -= 1;
  return all.slice(start, end).join('');
}

function split(text: string, separator: string | null, most: number, meter: Meter): string[] {
  if (separator === null) return splitWords(text, most, meter);
  if (separator === '') return fail('empty separator');
  meter.search(text.length, separator.length);
  const parts = text.split(separator);
  meter.items(parts.length);
  if (most < 0 || parts.length <= most + 1) return parts;
  return [...parts.slice(0, most), parts.slice(most).join(separator)];
}

function splitWords(text: string, most: number, meter: Meter): string[] {
  const words: string[] = [];
  let at = 0;
  const isSpace = (index: number) => whiteSpace.test(text[index] as string);
  for (;;) {
    while (at < text.length && isSpace(at)) at += 1;
    if (at === text.length) return words;
    meter.step();
    if (words.length === most) return [...words, text.slice(at)];
    const start = at;
    while (at < text.length && !isSpace(at)) at += 1;
    words.push(text.slice(start, at));
  }
}

function splitFromRight(text: string, separator: string | null, most: number, meter: Meter): string[] {
  if (most < 0) return split(text, separator, most, meter);
  const parts = split(reverseText(text), separator === null ? null : reverseText(separator), most, meter);
  return parts.map(reverseText).reverse();
}

function* textsOf(call: Call, meter: Meter): IterableIterator<string> {
  let index = 0;
  for (const value of walk(call.value('iterable'), meter)) {
    if (!isText(value)) return fail(`sequence item ${index}: expected str instance, ${typeName(value)} found`);
    yield textOf(value);
    index += 1;
  }
}

/** Texts with a separator between them. */
export function joined(separator: string, texts: Iterable<string>, meter: Meter): string {
  let out = '';
  let isFirst = true;
  for (const text of texts) {
    const piece = isFirst ? text : separator + text;
    meter.text(out.length + piece.length, piece.length);
    out += piece;
    isFirst = false;
  }
  return out;
}

/** @param most how often at most; negative for always */
export function replaced(text: string, old: string, replacement: string, most: number, meter: Meter): string {
  if (most === 0) return text;
  meter.search(text.length, old.length);
  const parts = old === '' ? ['', ...characters(text), ''] : text.split(old);
  const times = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  meter.text(text.length + times * (replacement.length - old.length));
  return parts.slice(0, times).join(replacement) + (times > 0 ? replacement : '') + parts.slice(times).join(old);
}

/** The part of a text between `start` and `end`, in code points, and where it begins; undefined beyond the end. */
function part(text: string, call: Call): { text: string; start: number } | undefined {
  const bound = (name: string, usual: number) => (call.value(name) === null ? usual : call.integer(name));
  if (!call.has('start')) return { text, start: 0 };
  const all = characters(text);
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + all.length : index, 0), all.length);
  const start = bound('start', 0);
  const end = clamp(bound('end', all.length));
  if (start > all.length) return undefined;
  return clamp(start) > end ? undefined : { text: all.slice(clamp(start), end).join(''), start: clamp(start) };
}

function position(text: string, call: Call, meter: Meter, last: boolean): number {
  const sub = call.text('sub');
  const searched = part(text, call);
  if (!searched) return -1;
  meter.search(text.length, sub.length);
  const at = last ? searched.text.lastIndexOf(sub) : searched.text.indexOf(sub);
  return at < 0 ? -1 : searched.start + textLength(searched.text.slice(0, at));
}

function found(at: number): bigint {
  return at < 0 ? fail('substring not found') : BigInt(at);
}

function occurrences(text: string, call: Call, meter: Meter): number {
  const sub = call.text('sub');
  const searched = part(text, call);
  if (!searched) return 0;
  if (sub === '') return textLength(searched.text) + 1;
  meter.search(text.length, sub.length);
  let count = 0;
  for (let at = searched.text.indexOf(sub); at >= 0; at = searched.text.indexOf(sub, at + sub.length)) count += 1;
  return count;
}

function matchesAt(text: string, call: Call, side: 'prefix' | 'suffix'): boolean {
  const given = call.value(side);
  const searched = part(text, call);
  const wanted = given instanceof Tuple ? given.items : [given];
  const method = side === 'prefix' ? 'startswith' : 'endswith';
  return wanted.some((each) => {
    if (!isText(each)) return fail(`${method} first arg must be str or a tuple of str, not ${typeName(each)}`);
    if (!searched) return false;
    return side === 'prefix' ? searched.text.startsWith(textOf(each)) : searched.text.endsWith(textOf(each));
  });
}

function fillOf(call: Call): string {
  const fill = call.text('fillchar', ' ');
  return lengthOf(fill) === 1 ? fill : fail('The fill character must be exactly one character long');
}

function missingWidth(text: string, width: number, meter: Meter): number {
  const missing = Math.max(0, width - textLength(text));
  meter.text(text.length + missing);
  return missing;
}

/** CPython puts the odd character left when both the width and what is missing are odd. */
export function centred(text: string, width: number, fill: string, meter: Meter): string {
  const missing = missingWidth(text, width, meter);
  const left = (missing >> 1) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function expandTabs(text: string, size: number, meter: Meter): string {
  let column = 0;
  const pieces: string[] = [];
  let length = 0;
  for (const character of characters(text)) {
    const isTab = character === '\t';
    const width = isTab && size > 0 ? size - (column % size) : 0;
    const piece = isTab ? width : 1;
    length += piece;
    meter.text(length, piece);
    pieces.push(isTab ? ' '.repeat(width) : character);
    column = character === '\n' || character === '\r' ? 0 : column + piece;
  }
  return pieces.join('');
}
