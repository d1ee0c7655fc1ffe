import {
  Callable,
  Dict,
  defined,
  Markup,
  Namespace,
  Range,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from './values.ts';

/** Python's str(value): what `{{ value }}` prints. */
export function str(value: Value): string {
  if (typeof value === 'string') return value;
  if (value instanceof Markup) return value.text;
  return repr(value);
}

/** Python's repr(value). */
export function repr(value: Value): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') return reprFloat(value);
  if (typeof value === 'string') return reprText(value);
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (value instanceof Markup) return `Markup(${reprText(value.text)})`;
  if (value instanceof Tuple) {
    return value.items.length === 1 ? `(${repr(value.items[0] as Value)},)` : `(${value.items.map(repr).join(', ')})`;
  }
  if (value instanceof Dict) {
    const members = value.entries().map(([key, member]) => `${repr(key)}: ${repr(member)}`);
    return `{${members.join(', ')}}`;
  }
  if (value instanceof Range) {
    const step = value.step === 1n ? '' : `, ${value.step}`;
    return `range(${value.start}, ${value.stop}${step})`;
  }
  if (value instanceof Namespace) {
    return `<Namespace ${repr(Dict.from([...value.members].map(([name, member]) => [name, member])))}>`;
  }
  if (value instanceof View) return `${value.typeName}([${value.items.map(repr).join(', ')}])`;
  if (value instanceof Undefined) return defined(value);
  return value instanceof Callable && value.typeName === 'Macro'
    ? `<Macro ${reprText(value.name)}>`
    : `<${typeName(value)} ${value.name}>`;
}

/** The shortest text that reads back as the same float, in Python's form: `1.0`, `1e+16`, `1e-05`. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const [digits = '', power = '0'] = value.toExponential().split('e');
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) {
    const plain = plainDigits(digits, exponent);
    return plain.includes('.') ? plain : `${plain}.0`;
  }
  const sign = exponent < 0 ? '-' : '+';
  return `${digits}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function plainDigits(digits: string, exponent: number): string {
  const negative = digits.startsWith('-');
  const bare = digits.replace('-', '').replace('.', '');
  const point = exponent + 1;
  let text: string;
  if (point <= 0) text = `0.${'0'.repeat(-point)}${bare}`;
  else if (bare.length <= point) text = `${bare}${'0'.repeat(point - bare.length)}`;
  else text = `${bare.slice(0, point)}.${bare.slice(point)}`;
  return negative ? `-${text}` : text;
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let shown = '';
  for (const character of text) {
    if (character === quote) shown += `\\${character}`;
    else shown += escapes[character] ?? (isPrintable(character) ? character : escapeCode(character));
  }
  return `${quote}${shown}${quote}`;
}

/** As Python's str.isprintable: no control, format, surrogate, private or unassigned characters; of spaces only " ". */
export function isPrintable(character: string): boolean {
  return character === ' ' || !/[\p{C}\p{Z}]/u.test(character);
}

function escapeCode(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`;
  return `\\U${code.toString(16).padStart(8, '0')}`;
}
