import { escapeText } from './escape.ts';
import type { Meter } from './limits.ts';
import type { Methods } from './members.ts';
import { Call } from './signature.ts';
import {
  characters,
  fail,
  isText,
  iterate,
  type Keywords,
  Markup,
  Tuple,
  textLength,
  textOf,
  typeName,
  type Value,
} from './values.ts';

type TextMethod = (text: string, call: CallOf, meter: Meter) => Value;
type CallOf = (parameters: readonly string[]) => Call;

const whitespace = /[\s\x1c-\x1f\x85]/;

const plain: Readonly<Record<string, TextMethod>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  casefold: (text) => text.toLowerCase().replaceAll('ß', 'ss'),
  capitalize,
  title: (text) => titled(text),
  swapcase: (text) => characters(text).map(swapped).join(''),
  strip: (text, call) => stripped(text, call(['chars?']).optionalText('chars'), true, true),
  lstrip: (text, call) => stripped(text, call(['chars?']).optionalText('chars'), true, false),
  rstrip: (text, call) => stripped(text, call(['chars?']).optionalText('chars'), false, true),
  split: (text, call, meter) => {
    const asked = call(['sep?', 'maxsplit?']);
    return split(text, asked.optionalText('sep'), asked.integer('maxsplit', -1), meter);
  },
  rsplit: (text, call, meter) => {
    const asked = call(['sep?', 'maxsplit?']);
    return splitFromRight(text, asked.optionalText('sep'), asked.integer('maxsplit', -1), meter);
  },
  splitlines: (text, call) => splitLines(text, Boolean(call(['keepends?']).value('keepends', false))),
  partition: (text, call) => {
    const separator = nonEmpty(call(['sep']).text('sep'));
    const at = text.indexOf(separator);
    return new Tuple(at < 0 ? [text, '', ''] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  },
  rpartition: (text, call) => {
    const separator = nonEmpty(call(['sep']).text('sep'));
    const at = text.lastIndexOf(separator);
    return new Tuple(at < 0 ? ['', '', text] : [text.slice(0, at), separator, text.slice(at + separator.length)]);
  },
  join: (text, call, meter) => joined(text, call(['iterable']).value('iterable'), meter),
  replace: (text, call, meter) => {
    const asked = call(['old', 'new', 'count?']);
    return replaced(text, asked.text('old'), asked.text('new'), asked.integer('count', -1), meter);
  },
  removeprefix: (text, call) => {
    const prefix = call(['prefix']).text('prefix');
    return text.startsWith(prefix) ? text.slice(prefix.length) : text;
  },
  removesuffix: (text, call) => {
    const suffix = call(['suffix']).text('suffix');
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
  },
  startswith: (text, call) => matchesAt(text, call(['prefix', 'start?', 'end?']), 'prefix', 'startswith'),
  endswith: (text, call) => matchesAt(text, call(['suffix', 'start?', 'end?']), 'suffix', 'endswith'),
  find: (text, call) => BigInt(position(text, call(['sub', 'start?', 'end?']), false)),
  rfind: (text, call) => BigInt(position(text, call(['sub', 'start?', 'end?']), true)),
  index: (text, call) => found(position(text, call(['sub', 'start?', 'end?']), false)),
  rindex: (text, call) => found(position(text, call(['sub', 'start?', 'end?']), true)),
  count: (text, call) => {
    const asked = call(['sub', 'start?', 'end?']);
    const [part] = window(text, asked);
    const sub = asked.text('sub');
    return BigInt(sub === '' ? textLength(part) + 1 : part.split(sub).length - 1);
  },
  center: (text, call, meter) => padded(text, call(['width', 'fillchar?']), meter, 'center'),
  ljust: (text, call, meter) => padded(text, call(['width', 'fillchar?']), meter, 'left'),
  rjust: (text, call, meter) => padded(text, call(['width', 'fillchar?']), meter, 'right'),
  zfill: (text, call, meter) => {
    const width = call(['width']).integer('width');
    meter.length(width);
    const missing = Math.max(0, width - textLength(text));
    return /^[+-]/.test(text) ? `${text[0]}${'0'.repeat(missing)}${text.slice(1)}` : '0'.repeat(missing) + text;
  },
  expandtabs: (text, call, meter) => expandTabs(text, call(['tabsize?']).integer('tabsize', 8), meter),
  isalpha: (text) => text !== '' && characters(text).every((each) => /\p{L}/u.test(each)),
  isdigit: (text) => text !== '' && characters(text).every((each) => /[\p{Nd}²³¹⁰⁴-⁹₀-₉①-⑨]/u.test(each)),
  isdecimal: (text) => text !== '' && characters(text).every((each) => /\p{Nd}/u.test(each)),
  isnumeric: (text) => text !== '' && characters(text).every((each) => /\p{N}/u.test(each)),
  isalnum: (text) => text !== '' && characters(text).every((each) => /[\p{L}\p{N}]/u.test(each)),
  isspace: (text) => text !== '' && characters(text).every((each) => whitespace.test(each)),
  isascii: (text) => characters(text).every((each) => each < '\x80'),
  isupper: (text) => /\p{Lu}/u.test(text) && !/[\p{Ll}\p{Lt}]/u.test(text),
  islower: (text) => /\p{Ll}/u.test(text) && !/[\p{Lu}\p{Lt}]/u.test(text),
  istitle: (text) => /[\p{Lu}\p{Lt}]/u.test(text) && titled(text) === text,
  isidentifier: (text) => /^[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*$/u.test(text),
  isprintable: (text) => !/[\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/u.test(text),
};

/** Methods of str. Those of escaped text give escaped text. */
export const textMethods: Methods<string | Markup> = new Map([
  ...Object.entries(plain).map(
    ([name, method]) =>
      [
        name,
        (owner: string | Markup, args: readonly Value[], keywords: Keywords, meter: Meter): Value => {
          const given = owner instanceof Markup ? args.map((each) => (isText(each) ? escapeText(each) : each)) : args;
          const result = method(textOf(owner), (parameters) => new Call(name, parameters, given, keywords), meter);
          return owner instanceof Markup && typeof result === 'string' ? new Markup(result) : result;
        },
      ] as const,
  ),
]);

function nonEmpty(separator: string): string {
  return separator === '' ? fail('empty separator') : separator;
}

function capitalize(text: string): string {
  const [first = '', ...rest] = characters(text);
  return first.toUpperCase() + rest.join('').toLowerCase();
}

function titled(text: string): string {
  return text.replace(/\p{L}+/gu, capitalize);
}

function swapped(character: string): string {
  return character === character.toUpperCase() ? character.toLowerCase() : character.toUpperCase();
}

export function stripped(text: string, chars: string | null, left: boolean, right: boolean): string {
  const all = characters(text);
  const set = chars === null ? undefined : new Set(characters(chars));
  const goes = (character: string | undefined) =>
    character !== undefined && (set ? set.has(character) : whitespace.test(character));
  let [start, end] = [0, all.length];
  while (left && start < end && goes(all[start])) start += 1;
  while (right && end > start && goes(all[end - 1])) end -= 1;
  return all.slice(start, end).join('');
}

function split(text: string, separator: string | null, most: number, meter: Meter): Value[] {
  if (separator !== null) {
    const parts = text.split(nonEmpty(separator));
    meter.step(parts.length);
    return most < 0 || parts.length <= most + 1 ? parts : [...parts.slice(0, most), parts.slice(most).join(separator)];
  }
  const words: string[] = [];
  let rest = stripped(text, null, true, false);
  while (rest !== '') {
    if (most >= 0 && words.length === most) {
      words.push(stripped(rest, null, false, true));
      return words;
    }
    const end = rest.search(whitespace);
    words.push(end < 0 ? rest : rest.slice(0, end));
    meter.step();
    rest = end < 0 ? '' : stripped(rest.slice(end), null, true, false);
    if (most < 0 && end >= 0) {
      const more = rest.split(/[\s\x1c-\x1f\x85]+/).filter(Boolean);
      meter.step(more.length);
      return [...words, ...more];
    }
  }
  return words;
}

function splitFromRight(text: string, separator: string | null, most: number, meter: Meter): Value[] {
  const reversed = (value: string) => characters(value).reverse().join('');
  const parts = split(reversed(text), separator === null ? null : reversed(separator), most, meter);
  return parts.map((part) => reversed(part as string)).reverse();
}

function splitLines(text: string, keepEnds: boolean): Value[] {
  const lines =
    text.match(
      /[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]*(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])|[^\n\r\v\f\x1c-\x1e\x85\u2028\u2029]+$/g,
    ) ?? [];
  return lines.map((line) => (keepEnds ? line : line.replace(/(?:\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029])$/, '')));
}

export function joined(separator: string, values: Value, meter: Meter): string {
  let length = 0;
  const texts = iterate(values).map((value, index) => {
    if (!isText(value)) return fail(`sequence item ${index}: expected str instance, ${typeName(value)} found`);
    length += textOf(value).length + separator.length;
    meter.length(length);
    return textOf(value);
  });
  return texts.join(separator);
}

export function replaced(text: string, old: string, replacement: string, most: number, meter: Meter): string {
  if (most === 0) return text;
  const parts = old === '' ? ['', ...characters(text), ''] : text.split(old);
  const times = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1);
  meter.length(
    text.length + times * Math.max(0, replacement.length - old.length) + (old === '' ? times * replacement.length : 0),
  );
  return (
    parts.slice(0, times + 1).join(replacement) +
    parts
      .slice(times + 1)
      .map((part) => old + part)
      .join('')
  );
}

/** The part of a text that start and end name, in code points, and where it begins. */
function window(text: string, call: Call): [string, number] {
  const all = characters(text);
  const clamp = (index: number) => Math.min(Math.max(index < 0 ? index + all.length : index, 0), all.length);
  const start = call.value('start') === null ? 0 : call.integer('start');
  const end = call.value('end') === null ? all.length : call.integer('end');
  if (start > all.length) return ['\u0000outside', -1];
  return [all.slice(clamp(start), clamp(end)).join(''), clamp(start)];
}

function position(text: string, call: Call, last: boolean): number {
  const [part, start] = window(text, call);
  if (start < 0) return -1;
  const sub = call.text('sub');
  const at = last ? part.lastIndexOf(sub) : part.indexOf(sub);
  return at < 0 ? -1 : start + textLength(part.slice(0, at));
}

function found(at: number): bigint {
  return at < 0 ? fail('substring not found') : BigInt(at);
}

function matchesAt(text: string, call: Call, parameter: string, method: 'startswith' | 'endswith'): boolean {
  const [part, start] = window(text, call);
  const given = call.value(parameter);
  const wanted = given instanceof Tuple ? given.items : [given];
  return wanted.some((each) => {
    if (!isText(each)) return fail(`${method} first arg must be str or a tuple of str, not ${typeName(each)}`);
    if (start < 0) return false;
    return method === 'startswith' ? part.startsWith(textOf(each)) : part.endsWith(textOf(each));
  });
}

function padded(text: string, call: Call, meter: Meter, where: 'left' | 'right' | 'center'): string {
  const width = call.integer('width');
  const fillText = call.text('fillchar', ' ');
  if (textLength(fillText) !== 1) return fail('The fill character must be exactly one character long');
  meter.length(width);
  const missing = width - textLength(text);
  if (missing <= 0) return text;
  if (where === 'left') return text + fillText.repeat(missing);
  if (where === 'right') return fillText.repeat(missing) + text;
  return centred(text, width, fillText);
}

/** CPython puts the odd character left when both the width and what is missing are odd. */
export function centred(text: string, width: number, fillText = ' '): string {
  const missing = Math.max(0, width - textLength(text));
  const left = (missing >> 1) + (missing & width & 1);
  return fillText.repeat(left) + text + fillText.repeat(missing - left);
}

function expandTabs(text: string, size: number, meter: Meter): string {
  let column = 0;
  let out = '';
  for (const character of text) {
    if (character === '\t') {
      const width = size > 0 ? size - (column % size) : 0;
      meter.length(out.length + width);
      out += ' '.repeat(width);
      column += width;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}
