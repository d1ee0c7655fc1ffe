import fc, { type Arbitrary } from 'fast-check';
import { oddTexts } from './odd-values.ts';

/**
 * What a text may become by mistake or on purpose: cut, doubled, moved, with pieces of its own language in wrong places.
 * Positions are fractions of the text, so that an edit means something on whatever text it meets.
 */
const textEdits = {
  cut: (text, { from }) => text.slice(0, from),
  drop: (text, { from, to }) => text.slice(0, from) + text.slice(to),
  double: (text, { from, to }) => text.slice(0, to) + text.slice(from, to) + text.slice(to),
  move: (text, { from, to, size }) => {
    const piece = text.slice(from, from + size);
    const rest = text.slice(0, from) + text.slice(from + size);
    return rest.slice(0, to) + piece + rest.slice(to);
  },
  insert: (text, { from, word }) => text.slice(0, from) + word + text.slice(from),
  replaceWord: (text, { from, word }) => {
    const [start, end] = wordAt(text, from);
    return text.slice(0, start) + word + text.slice(end);
  },
  doubleLine: (text, { from }) => {
    const [start, end] = lineAt(text, from);
    return text.slice(0, end) + text.slice(start, end) + text.slice(end);
  },
  dropLine: (text, { from }) => {
    const [start, end] = lineAt(text, from);
    return text.slice(0, start) + text.slice(end);
  },
  indentLine: (text, { from, size }) => {
    const [start] = lineAt(text, from);
    return text.slice(0, start) + ' '.repeat(size % 9) + text.slice(start);
  },
  outdentLine: (text, { from }) => {
    const [start] = lineAt(text, from);
    return text.slice(0, start) + text.slice(start).replace(/^ {1,4}/, '');
  },
  repeat: (text, { from, word, size }) => text.slice(0, from) + word.slice(0, 20).repeat(size * 40) + text.slice(from),
  nest: (text, { from, to, size }) => {
    const [open, close] = size % 2 === 0 ? ['[', ']'] : ['{a: ', '}'];
    return text.slice(0, from) + open.repeat(size) + text.slice(from, to) + close.repeat(size) + text.slice(to);
  },
  shiftCharacter: (text, { from, size }) =>
    text.slice(0, from) + String.fromCharCode((text.charCodeAt(from) || 0) ^ (1 << (size % 16))) + text.slice(from + 1),
  windowsLines: (text) => text.replace(/\n/g, '\r\n'),
  oldLines: (text) => text.replace(/\n/g, '\r'),
  byteOrderMark: (text) => `\ufeff${text}`,
  decompose: (text) => text.normalize('NFD'),
  compatibility: (text) => text.normalize('NFKC'),
  tabs: (text) => text.replace(/^ +/gm, '\t'),
  upperCase: (text, { from, to }) => text.slice(0, from) + text.slice(from, to).toUpperCase() + text.slice(to),
} satisfies Record<string, (text: string, place: Place) => string>;

interface Place {
  readonly from: number;
  /** Not before `from`. */
  readonly to: number;
  readonly size: number;
  readonly word: string;
}

/** Nothing grows beyond this by edits; limits of readers are lower, or are tried with inputs made for them. */
const lengthMax = 400_000;
const fractionMax = 0xffff;

/** Which edits do most of the work: the whole-text ones change much at once, and hide what the small ones find. */
const frequent = ['drop', 'insert', 'insert', 'replaceWord', 'replaceWord', 'doubleLine', 'dropLine', 'move'] as const;

/**
 * A valid text after up to six edits. Shrinks towards fewer edits, and to the text as it is.
 * @param words pieces of the language that the text is written in
 */
export function editedText(texts: readonly string[], words: readonly string[]): Arbitrary<string> {
  return fc.tuple(fc.constantFrom(...texts), fc.array(textEdit(words), { maxLength: 6 })).map(applied);
}

/** Edits of a text that is an input itself, e.g. written from a tree. */
export function editedOnce(text: Arbitrary<string>, words: readonly string[]): Arbitrary<string> {
  return fc.tuple(text, fc.array(textEdit(words), { maxLength: 2 })).map(applied);
}

function applied([text, edits]: readonly [string, readonly ((text: string) => string)[]]): string {
  return edits.reduce((edited, edit) => {
    const next = edit(edited);
    return next.length > lengthMax ? edited : next;
  }, text);
}

function textEdit(words: readonly string[]): Arbitrary<(text: string) => string> {
  const names = Object.keys(textEdits) as (keyof typeof textEdits)[];
  const draft = fc.record({
    name: fc.constantFrom(...frequent, ...names),
    at: fc.nat(fractionMax),
    span: fc.oneof({ weight: 4, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(fractionMax) }),
    size: fc.oneof({ weight: 9, arbitrary: fc.nat(100) }, { weight: 1, arbitrary: fc.nat(3_000) }),
    word: fc.oneof(
      { weight: 3, arbitrary: fc.constantFrom(...words) },
      { weight: 2, arbitrary: fc.constantFrom(...oddTexts) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
    ),
  });
  return draft.map(({ name, at, span, size, word }) => {
    const edit: (text: string, place: Place) => string = textEdits[name];
    const apply = (text: string) => {
      const from = Math.floor((at * text.length) / fractionMax);
      return edit(text, { from, to: Math.min(text.length, from + span), size, word });
    };
    return Object.assign(apply, { toString: () => `${name} at ${at}, span ${span}, size ${size}` });
  });
}

function wordAt(text: string, at: number): [number, number] {
  const word = /[\w.:-]+/g;
  word.lastIndex = at;
  const found = word.exec(text);
  return found ? [found.index, found.index + found[0].length] : [at, at];
}

/** With its line end. */
function lineAt(text: string, at: number): [number, number] {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at);
  return [start, end < 0 ? text.length : end + 1];
}
