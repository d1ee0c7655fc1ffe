import { pairs } from './container-methods.ts';
import { escapeText, stripTags } from './escape.ts';
import { type Filter, filter } from './filter.ts';
import type { Meter } from './limits.ts';
import { formatPercent } from './percent-format.ts';
import { str } from './printing.ts';
import { centred, replaced, stripped } from './text-methods.ts';
import {
  characters,
  Dict,
  defined,
  fail,
  isText,
  Markup,
  Tuple,
  textLength,
  textOf,
  truthy,
  Undefined,
  type Value,
} from './values.ts';

/** The printed form, as the filters on text take it. */
function soft(value: Value): string {
  return str(defined(value));
}

/** A filter on text: escaped text stays escaped. */
function onText(
  name: string,
  parameters: readonly string[],
  work: (text: string, call: Parameters<Parameters<typeof filter>[2]>[1], meter: Meter) => string,
) {
  return filter(name, parameters, (target, call, { meter }) => {
    const text = work(soft(target), call, meter);
    return target instanceof Markup ? new Markup(text) : text;
  });
}

export const textFilters: readonly (readonly [string, Filter])[] = [
  onText('upper', [], (text) => text.toUpperCase()),
  onText('lower', [], (text) => text.toLowerCase()),
  onText('capitalize', [], (text) => {
    const [first = '', ...rest] = characters(text);
    return first.toUpperCase() + rest.join('').toLowerCase();
  }),
  onText('title', [], (text) =>
    text.replace(/[^-\s({[<]+/g, (word) => {
      const [first = '', ...rest] = characters(word);
      return first.toUpperCase() + rest.join('').toLowerCase();
    }),
  ),
  onText('trim', ['chars?'], (text, call) => stripped(text, call.optionalText('chars'), true, true)),
  onText('center', ['width?'], (text, call, meter) => {
    const width = call.integer('width', 80);
    meter.length(width);
    return centred(text, width);
  }),
  onText('replace', ['old', 'new', 'count?'], (text, call, meter) => {
    const count = call.value('count') === null ? -1 : call.integer('count');
    return replaced(text, str(call.value('old')), str(call.value('new')), count, meter);
  }),
  onText('truncate', ['length?', 'killwords?', 'end?', 'leeway?'], (text, call) => {
    const length = call.integer('length', 255);
    const end = call.text('end', '...');
    const leeway = call.value('leeway') === null ? 5 : call.integer('leeway');
    const all = characters(text);
    if (length < textLength(end)) return fail(`expected length >= ${textLength(end)}, got ${length}`);
    if (leeway < 0) return fail(`expected leeway >= 0, got ${leeway}`);
    if (all.length <= length + leeway) return text;
    const kept = all.slice(0, length - textLength(end)).join('');
    if (truthy(call.value('killwords', false))) return kept + end;
    const space = kept.lastIndexOf(' ');
    return (space < 0 ? kept : kept.slice(0, space)) + end;
  }),
  onText('indent', ['width?', 'first?', 'blank?'], (text, call, meter) => {
    const width = call.value('width', 4n);
    const indention = isText(width) ? textOf(width) : ' '.repeat(bounded(call.integer('width', 4), meter));
    const lines = `${text}\n`.split('\n').slice(0, -1);
    meter.length(text.length + lines.length * indention.length);
    const blank = truthy(call.value('blank', false));
    const [head = '', ...rest] = lines;
    const others = rest.map((line) => (line !== '' || blank ? indention + line : line));
    const first = truthy(call.value('first', false)) ? indention + head : head;
    return [first, ...others].join('\n');
  }),
  onText('wordwrap', ['width?', 'break_long_words?', 'wrapstring?', 'break_on_hyphens?'], (text, call, meter) => {
    const width = call.integer('width', 79);
    if (width <= 0) return fail(`invalid width ${width} (must be > 0)`);
    const end = call.optionalText('wrapstring') ?? '\n';
    const breakLong = truthy(call.value('break_long_words', true));
    const onHyphens = truthy(call.value('break_on_hyphens', true));
    const lines = text.split(/\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/);
    if (lines.at(-1) === '') lines.pop();
    const wrapped = lines.map((line) => wrapLine(line, width, breakLong, onHyphens).join(end)).join(end);
    meter.length(wrapped.length);
    return wrapped;
  }),
  filter('wordcount', [], (target) => BigInt(soft(target).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0)),
  filter('string', [], (target) => (target instanceof Markup ? target : soft(target))),
  filter('safe', [], (target) => new Markup(soft(target))),
  filter('escape', [], (target) => new Markup(escapeText(defined(target)))),
  filter('e', [], (target) => new Markup(escapeText(defined(target)))),
  filter('forceescape', [], (target) => new Markup(escapeText(soft(target)))),
  filter('striptags', [], (target) => stripTags(soft(target))),
  filter('urlencode', [], (target) => urlEncoded(defined(target))),
  filter('xmlattr', ['autospace?'], (target, call) => xmlAttributes(target, truthy(call.value('autospace', true)))),
  filter('urlize', ['trim_url_limit?', 'nofollow?', 'target?', 'rel?', 'extra_schemes?'], (target, call) => {
    const limit = call.value('trim_url_limit') === null ? undefined : call.integer('trim_url_limit');
    const rel = new Set([
      'noopener',
      ...(truthy(call.value('nofollow', false)) ? ['nofollow'] : []),
      ...(call.optionalText('rel') ?? '').split(' ').filter(Boolean),
    ]);
    return urlized(escapeText(defined(target)), limit, [...rel].sort().join(' '), call.optionalText('target'));
  }),
  filter('filesizeformat', ['binary?'], (target, call) => fileSize(target, truthy(call.value('binary', false)))),
  [
    'format',
    (target, args, keywords, { meter }) => {
      if (args.length > 0 && keywords.size > 0)
        return fail("can't handle positional and keyword arguments at the same time");
      const values =
        keywords.size > 0 ? Dict.from([...keywords].map(([name, value]) => [name, value] as const)) : new Tuple(args);
      const text = formatPercent(soft(target), values, meter);
      return target instanceof Markup ? new Markup(text) : text;
    },
  ],
];

function bounded(width: number, meter: Meter): number {
  meter.length(width);
  return Math.max(0, width);
}

/** Python's textwrap with replace_whitespace and expand_tabs off, drop_whitespace on. */
function wrapLine(line: string, width: number, breakLong: boolean, onHyphens: boolean): string[] {
  const chunks = chunksOf(line, onHyphens);
  const lines: string[] = [];
  let at = 0;
  while (at < chunks.length) {
    if (lines.length > 0 && chunks[at]?.trim() === '') {
      at += 1;
      continue;
    }
    let current = '';
    while (at < chunks.length && textLength(current) + textLength(chunks[at] ?? '') <= width) {
      current += chunks[at];
      at += 1;
    }
    const next = chunks[at];
    if (next !== undefined && textLength(next) > width) {
      const room = Math.max(1, width - textLength(current));
      if (breakLong) {
        const pieces = characters(next);
        let cut = room;
        const hyphen = next.slice(0, room).lastIndexOf('-');
        if (onHyphens && pieces.length > room && hyphen > 0 && /[^-]/.test(next.slice(0, hyphen))) cut = hyphen + 1;
        current += pieces.slice(0, cut).join('');
        chunks[at] = pieces.slice(cut).join('');
        if (chunks[at] === '') at += 1;
      } else if (current === '') {
        current = next;
        at += 1;
      }
    }
    if (current.trim() === '' && current !== '' && at < chunks.length && lines.length === 0 && chunks.length > 1) {
      continue;
    }
    const kept = current.replace(/[\t\n\v\f\r ]+$/, '');
    if (kept !== '') lines.push(kept);
  }
  return lines;
}

function chunksOf(line: string, onHyphens: boolean): string[] {
  const words = line.split(/([\t\n\v\f\r ]+)/).filter((chunk) => chunk !== '');
  if (!onHyphens) return words;
  return words
    .flatMap((word) => word.split(/(?<=[\p{L}\p{N}_]{2}-)(?=[\p{L}\p{N}_]{2})/u))
    .filter((chunk) => chunk !== '');
}

function urlEncoded(value: Value): string {
  if (value instanceof Dict || (!isText(value) && Array.isArray(value))) {
    return pairs(value)
      .map(([key, each]) => `${quoted(str(key), true)}=${quoted(str(each), true)}`)
      .join('&');
  }
  return quoted(str(value), false);
}

/** Percent-encoding of UTF-8; a path keeps its slashes. */
function quoted(text: string, isQuery: boolean): string {
  const safe = isQuery ? /[A-Za-z0-9_.\-~]/ : /[A-Za-z0-9_.\-~/]/;
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    const character = String.fromCharCode(byte);
    if (byte < 0x80 && safe.test(character)) out += character;
    else if (isQuery && byte === 0x20) out += '+';
    else out += `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

function xmlAttributes(target: Value, autospace: boolean): Markup | string {
  const value = defined(target);
  if (!(value instanceof Dict)) return fail('xmlattr needs a mapping');
  const attributes = value
    .entries()
    .filter(([, each]) => each !== null && !(each instanceof Undefined))
    .map(([key, each]) => {
      if (/[\s/>=]/.test(str(key))) return fail(`Invalid character in attribute name: ${str(key)}`);
      return `${escapeText(key)}="${escapeText(each)}"`;
    });
  const text = attributes.join(' ');
  return autospace && text !== '' ? ` ${text}` : text;
}

function urlized(text: string, limit: number | undefined, rel: string, target: string | null): string {
  const shorten = (url: string) => (limit !== undefined && url.length > limit ? `${url.slice(0, limit)}...` : url);
  const attributes = `${rel ? ` rel="${rel}"` : ''}${target ? ` target="${escapeText(target)}"` : ''}`;
  return text
    .split(/(\s+)/)
    .map((word) => {
      const [, head = '', middle = '', tail = ''] = /^((?:[(<]|&lt;)*)([\s\S]*?)((?:[)>.,\n]|&gt;)*)$/.exec(word) ?? [];
      if (/^(?:https?:\/\/|www\.)[\w.\-:@%/?#&=+~;]{1,2000}$/i.test(middle)) {
        const url = /^https?:/i.test(middle) ? middle : `https://${middle}`;
        return `${head}<a href="${url}"${attributes}>${shorten(middle)}</a>${tail}`;
      }
      if (/^[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}$/.test(middle))
        return `${head}<a href="mailto:${middle}">${middle}</a>${tail}`;
      return word;
    })
    .join('');
}

function fileSize(target: Value, binary: boolean): string {
  const bytes = Number(str(defined(target)));
  if (Number.isNaN(bytes)) return fail(`could not convert string to float: ${str(target)}`);
  const base = binary ? 1024 : 1000;
  const units = binary
    ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
    : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
  if (bytes === 1) return '1 Byte';
  if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
  for (const [index, unit] of units.entries()) {
    const next = base ** (index + 2);
    if (bytes < next) return `${((base * bytes) / next).toFixed(1)} ${unit}`;
  }
  return `${((base * bytes) / base ** (units.length + 1)).toFixed(1)} ${units.at(-1)}`;
}
