import type { Draw } from './draw.ts';

export interface PatternPlaces {
  readonly names: Readonly<Record<string, string>>;
  readonly draw: Draw;
  property(path: string): unknown;
}

/** Fills the places of a pattern (identity-rule.ts says which there are). An unknown place becomes nothing. */
export function fillPattern(pattern: string, places: PatternPlaces): string {
  let filled = '';
  let at = 0;
  for (let open = pattern.indexOf('{'); open >= 0; open = pattern.indexOf('{', at)) {
    const close = closingBrace(pattern, open);
    filled += pattern.slice(at, open) + place(pattern.slice(open + 1, close), places);
    at = close + 1;
  }
  return filled + pattern.slice(at);
}

function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    if (pattern[at] === '{') depth++;
    if (pattern[at] === '}' && --depth === 0) return at;
  }
  return pattern.length;
}

function place(text: string, places: PatternPlaces): string {
  const [, sign, path, fallback] = /^([=/])([^|]+)(?:\|(.*))?$/s.exec(text) ?? [];
  if (sign && path) return propertyPlace(sign, path, fallback ?? '', places);
  const [, behind, mark] = /^([\w.]+)>(.+)$/.exec(text) ?? [];
  if (behind && mark) return textOf(places.property(behind)).split(mark)[1] ?? '';
  const [, asked, choices] = /^([\w.]+)\?(.+)$/.exec(text) ?? [];
  if (asked && choices) return choice(choices, textOf(places.property(asked)));
  return places.names[text] ?? drawnPlace(text, places.draw);
}

function propertyPlace(sign: string, path: string, fallback: string, places: PatternPlaces): string {
  const value = textOf(places.property(path));
  if (value === '') return fillPattern(fallback, places);
  return sign === '/' ? (value.split(/[/:]/).at(-1) ?? '') : value;
}

function choice(choices: string, value: string): string {
  const rows = choices.split('|').map((row) => row.split('='));
  const [, chosen] = rows.find((row) => row.length === 2 && row[0] === value) ?? [];
  return chosen ?? rows.find((row) => row.length === 1)?.[0] ?? '';
}

function drawnPlace(text: string, draw: Draw): string {
  const [, kind, count, purpose = ''] = /^(hex|alnum|ALNUM|digits|uuid|ip)(\d*)(?::(.*))?$/.exec(text) ?? [];
  const length = Number(count);
  switch (kind) {
    case 'hex':
      return draw.hex(length, purpose);
    case 'alnum':
      return draw.alphanumeric(length, purpose);
    case 'ALNUM':
      return draw.alphanumeric(length, purpose).toUpperCase();
    case 'digits':
      return draw.digits(length, purpose);
    case 'uuid':
      return draw.uuid(purpose);
    case 'ip':
      return [52, ...[1, 2, 3].map((part) => 1 + draw.below(254, `ip ${part}`))].join('.');
    default:
      return '';
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
