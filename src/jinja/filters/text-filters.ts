import { characters, sliceText, splitLines, whiteSpace } from '../python/characters.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { lengthOf } from '../python/iteration.ts';
import { capitalized } from '../python/letter-case.ts';
import { escaped, escapeText } from '../python/markup.ts';
import { withoutTags } from '../python/markup-methods.ts';
import { operate } from '../python/operators.ts';
import { str } from '../python/printing.ts';
import type { Call } from '../python/signature.ts';
import { centred, joined, replaced, stripped } from '../python/str-methods.ts';
import {
  Dict,
  defined,
  fail,
  isInteger,
  isText,
  type Keywords,
  Markup,
  Tuple,
  textOf,
  typeName,
  type Value,
} from '../python/values.ts';
import { type Filter, filter } from './filter.ts';
import { wrapText } from './wrap-text.ts';

/** A filter on the printed form of a value: escaped text stays escaped. */
function onText(
  name: string,
  parameters: readonly string[],
  work: (text: string, call: Call, evaluator: Evaluator) => string,
): readonly [string, Filter] {
  return filter(name, parameters, (target, call, evaluator) => {
    const text = work(measured(str(target, evaluator), evaluator), call, evaluator);
    return target instanceof Markup ? new Markup(text) : text;
  });
}

function measured(text: string, { meter }: Evaluator): string {
  meter.text(0, text.length);
  return text;
}

/** The text of a value that has to be a str. */
function strictText(target: Value): string {
  return isText(target) ? textOf(target) : fail(`a str is needed, not ${typeName(defined(target))}`);
}

function escapeFilter(name: string): readonly [string, Filter] {
  return filter(name, [], (target, _call, evaluator) => new Markup(escaped(target, evaluator)));
}

export const textFilters: readonly (readonly [string, Filter])[] = [
  onText('upper', [], (text) => text.toUpperCase()),
  onText('lower', [], (text) => text.toLowerCase()),
  onText('capitalize', [], capitalized),
  filter('title', [], (target, _call, evaluator) => titleWords(measured(str(target, evaluator), evaluator))),
  onText('trim', ['chars?'], (text, call) => stripped(text, call.optionalText('chars'), true, true)),
  onText('center', ['width?'], (text, call, { meter }) => centred(text, call.integer('width', 80), ' ', meter)),
  filter('replace', ['old', 'new', 'count?'], replace),
  filter('truncate', ['length?', 'killwords?', 'end?', 'leeway?'], truncate),
  filter('indent', ['width?', 'first?', 'blank?'], indent),
  filter('wordwrap', ['width?', 'break_long_words?', 'wrapstring?', 'break_on_hyphens?'], wordWrap),
  filter('wordcount', [], (target, _call, evaluator) => {
    const text = measured(str(target, evaluator), evaluator);
    return BigInt(text.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0);
  }),
  filter('string', [], (target, _call, evaluator) => (target instanceof Markup ? target : str(target, evaluator))),
  filter('safe', [], (target, _call, evaluator) => new Markup(str(target, evaluator))),
  escapeFilter('escape'),
  escapeFilter('e'),
  filter('forceescape', [], (target, _call, evaluator) => new Markup(escapeText(str(target, evaluator)))),
  filter('striptags', [], (target, _call, evaluator) => withoutTags(str(target, evaluator), evaluator)),
  ['format', format],
];

/** Words begin with a capital; what separates them is Jinja's own choice. */
function titleWords(text: string): string {
  const separators = new RegExp(`((?:[-({[<]|${whiteSpace.source})+)`);
  return text
    .split(separators)
    .map((word) => {
      const [first = ''] = characters(word);
      return first.toUpperCase() + word.slice(first.length).toLowerCase();
    })
    .join('');
}

function replace(target: Value, call: Call, evaluator: Evaluator): Value {
  const count = call.value('count') === null ? -1 : call.integer('count');
  const [old, replacement] = [call.value('old'), call.value('new')];
  if (!evaluator.escapes) {
    return replaced(str(target, evaluator), str(old, evaluator), str(replacement, evaluator), count, evaluator.meter);
  }
  const escapes = old instanceof Markup || (replacement instanceof Markup && !(target instanceof Markup));
  const isMarkup = escapes || target instanceof Markup;
  const text = escapes ? escaped(target, evaluator) : str(target, evaluator);
  const inserted = isMarkup ? escaped(replacement, evaluator) : str(replacement, evaluator);
  const result = replaced(text, str(old, evaluator), inserted, count, evaluator.meter);
  return isMarkup ? new Markup(result) : result;
}

const leewayUsual = 5;

function truncate(target: Value, call: Call, evaluator: Evaluator): Value {
  const length = call.integer('length', 255);
  const end = call.value('end', '...');
  const leeway = call.value('leeway') === null ? leewayUsual : call.integer('leeway');
  if (length < lengthOf(end)) return fail(`expected length >= ${lengthOf(end)}, got ${length}`);
  if (leeway < 0) return fail(`expected leeway >= 0, got ${leeway}`);
  if (lengthOf(target) <= length + leeway) return target;
  const text = strictText(target);
  const kept = sliceText(text, 0, length - lengthOf(end));
  const space = call.flag('killwords') ? -1 : kept.lastIndexOf(' ');
  const head = space < 0 ? kept : kept.slice(0, space);
  return operate('+', target instanceof Markup ? new Markup(head) : head, end, evaluator);
}

function indent(target: Value, call: Call, evaluator: Evaluator): Value {
  const { meter } = evaluator;
  const width = call.value('width', 4n);
  let indention = '';
  if (isText(width)) indention = target instanceof Markup ? escaped(width, evaluator) : textOf(width);
  else {
    if (!isInteger(width)) return fail(`can't multiply sequence by non-int of type '${typeName(width)}'`);
    const columns = Math.max(0, Number(width));
    meter.text(columns);
    indention = ' '.repeat(columns);
  }
  const text = strictText(target);
  const lines = splitLines(`${text}\n`);
  meter.text(text.length + lines.length * indention.length);
  const blank = call.flag('blank');
  const indented = lines.map((line, index) => (index > 0 && (blank || line !== '') ? indention + line : line));
  const result = (call.flag('first') ? indention : '') + indented.join('\n');
  return target instanceof Markup ? new Markup(result) : result;
}

function wordWrap(target: Value, call: Call, { meter }: Evaluator): Value {
  const lines = splitLines(strictText(target));
  const given = call.value('wrapstring');
  const end = given === null ? '\n' : call.text('wrapstring');
  const onHyphens = call.value('break_on_hyphens', true);
  const rules = {
    breaksLongWords: call.flag('break_long_words', true),
    splitsAtHyphens: onHyphens === true,
    prefersHyphens: call.flag('break_on_hyphens', true),
  };
  const wrapped = lines.map((line) => joined(end, wrapText(line, call.integer('width', 79), rules, meter), meter));
  return joined(end, wrapped, meter);
}

function format(target: Value, args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Value {
  if (args.length > 0 && keywords.size > 0) {
    return fail("can't handle positional and keyword arguments at the same time");
  }
  const text = target instanceof Markup ? target : str(target, evaluator);
  return operate('%', text, keywords.size > 0 ? Dict.from(keywords) : new Tuple(args), evaluator);
}
