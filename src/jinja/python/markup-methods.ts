import { whiteSpace } from './characters.ts';
import type { Evaluator } from './evaluator.ts';
import { unescaped } from './html-entities.ts';
import { walk } from './iteration.ts';
import { escaped } from './markup.ts';
import { type Method, method } from './method.ts';
import { formatMap, formatStr } from './str-format.ts';
import { joined, strMethods } from './str-methods.ts';
import { Markup, Tuple, type Value } from './values.ts';

/** What a method of str gives, as text that has been escaped. */
function asMarkup(value: Value): Value {
  if (typeof value === 'string') return new Markup(value);
  if (Array.isArray(value)) return value.map(asMarkup);
  return value instanceof Tuple ? new Tuple(value.items.map(asMarkup)) : value;
}

/** Methods of which some arguments are put into the text, and therefore escaped. */
const inserted: Readonly<Record<string, number>> = { replace: 1, center: 1, ljust: 1, rjust: 1 };

function markupMethod(name: string, work: Method<string>): readonly [string, Method<Markup>] {
  const place = inserted[name];
  return [
    name,
    (owner, args, keywords, evaluator) => {
      const given = args.map((each, index) => (index === place ? escaped(each, evaluator) : each));
      return asMarkup(work(owner.text, given, keywords, evaluator));
    },
  ];
}

/** The methods of escaped text: those of str, which give escaped text, and a few more. */
export const markupMethods: ReadonlyMap<string, Method<Markup>> = new Map([
  ...Array.from(strMethods, ([name, work]) => markupMethod(name, work)),
  method<Markup>('join', ['iterable', '/'], ({ text }, call, evaluator) => {
    const texts = walk(call.value('iterable'), evaluator.meter).map((each) => escaped(each, evaluator));
    return new Markup(joined(text, texts, evaluator.meter));
  }),
  ['format', ({ text }, args, keywords, evaluator) => new Markup(formatStr(text, args, keywords, evaluator, true))],
  method<Markup>(
    'format_map',
    ['mapping', '/'],
    ({ text }, call, evaluator) => new Markup(formatMap(text, call.value('mapping'), evaluator, true)),
  ),
  method<Markup>('escape', ['s', '/'], (_owner, call, evaluator) => new Markup(escaped(call.value('s'), evaluator))),
  method<Markup>('unescape', [], ({ text }) => unescaped(text)),
  method<Markup>('striptags', [], ({ text }, _call, evaluator) => withoutTags(text, evaluator)),
]);

/** Without comments and tags, white space collapsed, references turned back. */
export function withoutTags(text: string, evaluator: Evaluator): string {
  const words = withoutParts(withoutComments(text, evaluator)).split(new RegExp(`${whiteSpace.source}+`));
  return unescaped(words.filter((word) => word !== '').join(' '));
}

/** Cutting a comment out can make another one, which goes too. */
function withoutComments(text: string, { meter }: Evaluator): string {
  let rest = text;
  for (;;) {
    meter.text(rest.length);
    const start = rest.indexOf('<!--');
    const end = start < 0 ? -1 : rest.indexOf('-->', start);
    if (end < 0) return rest;
    rest = rest.slice(0, start) + rest.slice(end + 3);
  }
}

function withoutParts(text: string): string {
  let out = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<', at);
    const end = start < 0 ? -1 : text.indexOf('>', start);
    if (end < 0) return out + text.slice(at);
    out += text.slice(at, start);
    at = end + 1;
  }
}
