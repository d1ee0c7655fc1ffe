import { str } from './printing.ts';
import { Markup, type Value } from './values.ts';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&#39;',
  '"': '&#34;',
};

/** HTML escaping as MarkupSafe does it; text that was escaped before stays as it is. */
export function escapeText(value: Value): string {
  return value instanceof Markup
    ? value.text
    : str(value).replace(/[&<>'"]/g, (character) => entities[character] as string);
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };

/** The commonest entities back to characters. */
export function unescapeText(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([\da-fA-F]{1,6})|(\w{1,10}));/g, (whole, decimal, hex, name) => {
    const code = decimal !== undefined ? Number(decimal) : hex !== undefined ? Number.parseInt(hex, 16) : undefined;
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    return named[name] ?? whole;
  });
}

/** Without tags and comments, white space collapsed. */
export function stripTags(text: string): string {
  let rest = text;
  for (let start = rest.indexOf('<!--'); start >= 0; start = rest.indexOf('<!--')) {
    const end = rest.indexOf('-->', start);
    if (end < 0) break;
    rest = rest.slice(0, start) + rest.slice(end + 3);
  }
  let plain = '';
  for (let at = 0; at < rest.length; ) {
    const start = rest.indexOf('<', at);
    const end = start < 0 ? -1 : rest.indexOf('>', start);
    if (end < 0) {
      plain += rest.slice(at);
      break;
    }
    plain += rest.slice(at, start);
    at = end + 1;
  }
  return unescapeText(plain.split(/\s+/).filter(Boolean).join(' '));
}
