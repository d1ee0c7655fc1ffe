import { TemplateSyntaxFailure } from './token.ts';

const simpleEscapes: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const escapeSequence = /\\(?:x([\s\S]{0,2})|u([\s\S]{0,4})|U([\s\S]{0,8})|([0-7]{1,3})|([\s\S]))/gu;

/** The value of a literal by Python's escapes; unknown ones stay as they are. */
export function decodeLiteral(body: string, offset: number): string {
  if (!body.includes('\\')) return body;
  return body.replace(escapeSequence, (whole, x, u, wide, octal, plain) => {
    if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
    const hex = x ?? u ?? wide;
    if (hex !== undefined) return decodeHex(hex, x !== undefined ? 2 : u !== undefined ? 4 : 8, whole, offset);
    if (plain === 'N') throw new TemplateSyntaxFailure('characters by their Unicode name are not supported', offset);
    return simpleEscapes[plain] ?? unknownEscape(plain);
  });
}

function decodeHex(hex: string, digits: number, whole: string, offset: number): string {
  const code = Number.parseInt(hex, 16);
  if (hex.length !== digits || !/^[\da-fA-F]+$/.test(hex) || code > 0x10ffff) {
    throw new TemplateSyntaxFailure(`truncated or illegal escape ${JSON.stringify(whole)}`, offset);
  }
  return String.fromCodePoint(code);
}

/** Python reads the literal as ASCII in which other characters are escapes, so a backslash before one is doubled. */
function unknownEscape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\${character}`;
  if (code <= 0xff) return `\\x${code.toString(16)}`;
  return code <= 0xffff ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
}
