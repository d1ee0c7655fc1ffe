import { characters } from './characters.ts';

/** Python's case mappings where JavaScript has none of its own, or another. */

const uppercase = /\p{Uppercase}/u;
const lowercase = /\p{Lowercase}/u;
const titlecase = /\p{Lt}/u;
const cased = /\p{Cased}/u;

export function capitalized(text: string): string {
  const [first = ''] = characters(text);
  return titleCharacter(first) + lowerRest(text, first.length);
}

/** Lower case of what follows; the final sigma is judged by the whole text. */
function lowerRest(text: string, start: number): string {
  const rest = text.slice(start);
  if (!rest.includes('Σ')) return rest.toLowerCase();
  const whole = text.toLowerCase();
  return whole.length === text.length ? whole.slice(start) : rest.toLowerCase();
}

/** str.title(): each letter behind one that has no case becomes a title letter. */
export function titled(text: string): string {
  const lower = text.includes('Σ') ? characters(text.toLowerCase()) : [];
  const all = characters(text);
  let isInside = false;
  return all
    .map((character, index) => {
      const known = lower.length === all.length ? (lower[index] as string) : character.toLowerCase();
      const shown = isInside ? known : titleCharacter(character);
      isInside = cased.test(character);
      return shown;
    })
    .join('');
}

export function swapped(text: string): string {
  const lower = text.includes('Σ') ? characters(text.toLowerCase()) : [];
  const all = characters(text);
  return all
    .map((character, index) => {
      if (uppercase.test(character))
        return lower.length === all.length ? (lower[index] as string) : character.toLowerCase();
      return lowercase.test(character) ? character.toUpperCase() : character;
    })
    .join('');
}

/** str.casefold(): what texts that differ only in case have in common. */
export function caseFolded(text: string): string {
  return characters(text)
    .map((character) => {
      if (/\p{Script=Cherokee}/u.test(character)) return character.toUpperCase();
      return character === 'ı' ? character : character.toLowerCase().toUpperCase().toLowerCase();
    })
    .join('');
}

/** The form of a character at the beginning of a word: `ß` becomes `Ss`, `ǆ` becomes `ǅ`. */
function titleCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (titlecase.test(character) || (code >= 0x10d0 && code <= 0x10ff)) return character;
  if (code >= 0x1c4 && code <= 0x1cc) return String.fromCodePoint(code - ((code - 0x1c4) % 3) + 1);
  if (code === 0x1f1 || code === 0x1f3) return 'ǲ';
  if (code >= 0x1f80 && code <= 0x1faf) return String.fromCodePoint(code | 8);
  if (code === 0x1fb3 || code === 0x1fc3 || code === 0x1ff3) return String.fromCodePoint(code + 9);
  const [first = '', ...rest] = Array.from(character.toUpperCase());
  if (rest.length === 0 || !cased.test(first)) return first + rest.join('');
  if (rest.at(-1) === 'Ι') return [first, ...rest.slice(0, -1), '\u0345'].join('');
  return first + rest.join('').toLowerCase();
}

export function isUpper(text: string): boolean {
  return uppercase.test(text) && !lowercase.test(text) && !titlecase.test(text);
}

export function isLower(text: string): boolean {
  return lowercase.test(text) && !uppercase.test(text) && !titlecase.test(text);
}

export function isTitle(text: string): boolean {
  let isInside = false;
  let hasCase = false;
  for (const character of text) {
    const isCapital = uppercase.test(character) || titlecase.test(character);
    const isSmall = lowercase.test(character);
    if ((isCapital && isInside) || (isSmall && !isInside)) return false;
    isInside = isCapital || isSmall;
    hasCase ||= isInside;
  }
  return hasCase;
}

const digit =
  /[\p{Nd}\u00b2\u00b3\u00b9\u1369-\u1371\u19da\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490\u24ea\u24f5-\u24fd\u24ff\u2776-\u277e\u2780-\u2788\u278a-\u2792\u{10a40}-\u{10a43}\u{10e60}-\u{10e68}\u{11052}-\u{1105a}\u{1f100}-\u{1f10a}]/u;

/** Numerals that are letters to Unicode's general category. */
const hanNumeral =
  /[㐅㒃㠪㭍一七万三九二五亖亿什仟仨伍佰億兆八六十千卄卅卌叁参參叄四壱壹幺廾廿弌弍弎弐拾捌柒漆玖百肆萬貮貳贰阡陆陌陸零兩什𠀁𠁤𠃢𠄡𠤪𠦃𠦌𠦜𠫪𠫽𠬙𢎐𢦘𣬛𦉭\uf96b\uf973\uf978\uf9b2\uf9d1\uf9d3\uf9fd\u{2f890}]/u;

function every(text: string, test: (character: string) => boolean): boolean {
  return text !== '' && characters(text).every(test);
}

const isDigitCharacter = (character: string) => digit.test(character);
const isNumericCharacter = (character: string) => /\p{N}/u.test(character) || hanNumeral.test(character);
const isLetter = (character: string) => /\p{L}/u.test(character);

export const isAlpha = (text: string) => every(text, isLetter);
export const isDecimal = (text: string) => every(text, (character) => /\p{Nd}/u.test(character));
export const isDigit = (text: string) => every(text, isDigitCharacter);
export const isNumeric = (text: string) => every(text, isNumericCharacter);
export const isAlphanumeric = (text: string) =>
  every(text, (character) => isLetter(character) || isNumericCharacter(character));
