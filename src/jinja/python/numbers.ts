import { stripSpace } from './characters.ts';
import { bitLength, nearestFloat } from './floats.ts';
import { fail, type Value } from './values.ts';

export type NumberOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

/** Bits an int may have: far beyond what a template needs, far below what makes a process slow. */
const integerBitsMax = 16_384;

/** Decimal digits beyond which Python neither reads nor writes an int. */
export const integerDigitsMax = 4_300;

/** Python's arithmetic: of ints exactly, of floats as IEEE 754 says, with Python's failures. */
export function calculate(
  operator: NumberOperator,
  left: boolean | bigint | number,
  right: boolean | bigint | number,
): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return calculateInts(operator, left, right);
  if (typeof left !== 'number' && typeof right !== 'number') {
    return calculateInts(operator, BigInt(left), BigInt(right));
  }
  return calculateFloats(operator, toFloat(left), toFloat(right));
}

/** Python's float(number). */
export function toFloat(value: boolean | bigint | number): number {
  if (typeof value === 'number') return value;
  const float = Number(value);
  return Number.isFinite(float) ? float : fail('int too large to convert to float');
}

function calculateFloats(operator: NumberOperator, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? fail('float division by zero') : a / b;
    case '//':
      return b === 0 ? fail('float floor division by zero') : floorQuotient(a, b);
    case '%':
      return b === 0 ? fail('float modulo') : modulo(a, b);
    case '**':
      return power(a, b);
  }
}

/** The remainder with the sign of the divisor. */
function modulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

/** CPython's way, which differs from floor(a / b) in the last place. */
function floorQuotient(a: number, b: number): number {
  const rest = a % b;
  let quotient = (a - rest) / b;
  if (rest !== 0 && rest < 0 !== b < 0) quotient -= 1;
  if (quotient === 0) return Math.sign(a) * Math.sign(b) < 0 || Object.is(a / b, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function power(a: number, b: number): number {
  if (a === 0 && b < 0) return fail('0.0 cannot be raised to a negative power');
  if (a === 1 || b === 0) return 1;
  if (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) return 1;
  if (a < 0 && Number.isFinite(a) && Number.isFinite(b) && !Number.isInteger(b))
    return fail('complex numbers are not supported');
  const result = a ** b;
  if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b))
    return fail('Numerical result out of range');
  return result;
}

function calculateInts(operator: NumberOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return bounded(a + b);
    case '-':
      return bounded(a - b);
    case '*':
      return bounded(a * b);
    case '/':
      return b === 0n ? fail('division by zero') : trueQuotient(a, b);
    case '//':
      return b === 0n ? fail('integer division or modulo by zero') : floorQuotientOfInts(a, b);
    case '%':
      return b === 0n ? fail('integer modulo by zero') : a - b * floorQuotientOfInts(a, b);
    case '**':
      if (b < 0n) return power(toFloat(a), toFloat(b));
      if (a > 1n || a < -1n) boundedBits(bitLength(a) * Number(b));
      return a ** b;
  }
}

function trueQuotient(a: bigint, b: bigint): number {
  const quotient = nearestFloat(a, b);
  return Number.isFinite(quotient) ? quotient : fail('integer division result too large for a float');
}

function floorQuotientOfInts(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

const boundary = 1n << BigInt(integerBitsMax);

/** An int that is not too large to go on with. */
export function bounded(value: bigint): bigint {
  if (value >= boundary || value <= -boundary) boundedBits(Number.POSITIVE_INFINITY);
  return value;
}

function boundedBits(bits: number): void {
  if (bits > integerBitsMax) fail(`the result is an integer of more than ${integerBitsMax} bits`);
}

/** Python's int(float): the whole part. */
export function truncated(value: number): bigint {
  if (Number.isNaN(value)) return fail('cannot convert float NaN to integer');
  if (!Number.isFinite(value)) return fail('cannot convert float infinity to integer');
  return BigInt(Math.trunc(value));
}

/** The digits of any script as those of ASCII, as int() and float() read them. */
function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])\p{Nd}/gu, (digit) => String(digitValue(digit)));
}

/** The value of a decimal digit: digits stand in blocks of ten. */
function digitValue(digit: string): number {
  let start = digit.codePointAt(0) ?? 0;
  const code = start;
  while (code - start < 9 && /\p{Nd}/u.test(String.fromCodePoint(start - 1))) start -= 1;
  return (code - start) % 10;
}

/** Python's int(text, base); undefined where it fails. */
export function parseInteger(text: string, base: number): bigint | undefined {
  if (base !== 0 && (base < 2 || base > 36)) return undefined;
  const [, sign = '', prefix = '', rest = ''] =
    /^([+-]?)(0[xXoObB](?=_?[\da-zA-Z]))?(.*)$/s.exec(asciiDigits(stripSpace(text))) ?? [];
  const prefixBase = { '0x': 16, '0o': 8, '0b': 2 }[prefix.toLowerCase()];
  const usesPrefix = prefixBase !== undefined && (base === 0 || base === prefixBase);
  const radix = base === 0 ? (prefixBase ?? 10) : base;
  let digits = usesPrefix ? rest.replace(/^_/, '') : prefix + rest;
  if (!/^[\da-zA-Z]+(?:_[\da-zA-Z]+)*$/.test(digits)) return undefined;
  digits = digits.replaceAll('_', '');
  if (base === 0 && prefixBase === undefined && /^0+[1-9]/.test(digits)) return undefined;
  const isPowerOfTwo = (radix & (radix - 1)) === 0;
  if (digits.length > integerDigitsMax && !isPowerOfTwo) return undefined;
  boundedBits(digits.length * Math.log2(radix));
  let value = 0n;
  for (const digit of digits) {
    const number = Number.parseInt(digit, 36);
    if (number >= radix) return undefined;
    value = value * BigInt(radix) + BigInt(number);
  }
  return sign === '-' ? -bounded(value) : bounded(value);
}

const floatText = /^[+-]?(?:\d+(?:_\d+)*(?:\.(?:\d+(?:_\d+)*)?)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;

/** Python's float(text); undefined where it fails. */
export function parseFloatText(text: string): number | undefined {
  const bare = asciiDigits(stripSpace(text));
  if (floatText.test(bare)) return Number(bare.replaceAll('_', ''));
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/i.exec(bare) ?? [];
  if (word === undefined) return undefined;
  const value = word.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
  return sign === '-' ? -value : value;
}
