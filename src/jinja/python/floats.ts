/** Floats as Python prints and rounds them: always by the exact value of the float. */

/** The shortest text that reads back as the same float: `1.0`, `1e+16`, `1e-05`. */
export function reprFloat(value: number): string {
  if (!Number.isFinite(value)) return unfinishedText(value);
  const [digits = '', power = '0'] = magnitude(value).toExponential().split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) return `${signOf(value)}${digits}e${exponentText(exponent)}`;
  const plain = plainDigits(digits.replace('.', ''), exponent);
  return `${signOf(value)}${plain}${plain.includes('.') ? '' : '.0'}`;
}

function unfinishedText(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function isNegative(value: number): boolean {
  return value < 0 || Object.is(value, -0);
}

function signOf(value: number): string {
  return isNegative(value) ? '-' : '';
}

function magnitude(value: number): number {
  return Math.abs(value);
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** Digits with a point behind the one that `exponent` names: plainDigits('125', 1) is 12.5. */
function plainDigits(digits: string, exponent: number): string {
  const point = exponent + 1;
  if (point <= 0) return `0.${'0'.repeat(-point)}${digits}`;
  if (digits.length <= point) return digits + '0'.repeat(point - digits.length);
  return `${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** No float has more digits than this before or behind the point: what follows is zeros. */
const digitsMax = 1_100;

/** Python's `%.*f`. @param digits behind the point */
export function fixed(value: number, digits: number): string {
  if (!Number.isFinite(value)) return unfinishedText(value);
  if (digits > digitsMax) return fixed(value, digitsMax) + '0'.repeat(digits - digitsMax);
  const [numerator, denominator] = exactFraction(magnitude(value));
  const whole = roundHalfEven(numerator * 10n ** BigInt(digits), denominator)
    .toString()
    .padStart(digits + 1, '0');
  const text = digits === 0 ? whole : `${whole.slice(0, -digits)}.${whole.slice(-digits)}`;
  return signOf(value) + text;
}

/** Python's `%.*e`: `1.500000e+00`. */
export function scientific(value: number, digits: number): string {
  if (!Number.isFinite(value)) return unfinishedText(value);
  const { text, exponent } = significantDigits(magnitude(value), digits + 1);
  const mantissa = digits === 0 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
  return `${signOf(value)}${mantissa}e${exponentText(exponent)}`;
}

/** Python's `%.*g`: the shorter of both; trailing zeros are dropped unless `keepsZeros`. */
export function general(value: number, precision: number, keepsZeros: boolean): string {
  if (!Number.isFinite(value)) return unfinishedText(value);
  const digits = precision === 0 ? 1 : precision;
  const { text, exponent } = significantDigits(magnitude(value), digits);
  const kept = keepsZeros ? text : text.slice(0, 1) + text.slice(1).replace(/0+$/, '');
  const point = keepsZeros ? '.' : '';
  if (exponent < -4 || exponent >= digits) {
    const mantissa = kept.length === 1 ? kept + point : `${kept.slice(0, 1)}.${kept.slice(1)}`;
    return `${signOf(value)}${mantissa}e${exponentText(exponent)}`;
  }
  const plain = plainDigits(kept, exponent);
  return signOf(value) + plain + (plain.includes('.') ? '' : point);
}

/** The first `count` digits of a float that is not negative, rounded, and the power of ten of the first of them. */
function significantDigits(value: number, count: number): { text: string; exponent: number } {
  if (value === 0) return { text: '0'.repeat(count), exponent: 0 };
  if (count > digitsMax) {
    const { text, exponent } = significantDigits(value, digitsMax);
    return { text: text + '0'.repeat(count - digitsMax), exponent };
  }
  if (count <= 101) {
    const [digits = '', power = '0'] = value.toExponential(count - 1).split('e');
    return { text: digits.replace('.', ''), exponent: Number(power) };
  }
  const exponent = Number(value.toExponential().split('e')[1]);
  const [numerator, denominator] = exactFraction(value);
  const shift = count - 1 - exponent;
  const rounded =
    shift >= 0
      ? roundHalfEven(numerator * 10n ** BigInt(shift), denominator)
      : roundHalfEven(numerator, denominator * 10n ** BigInt(-shift));
  const text = rounded.toString();
  return text.length > count ? { text: text.slice(0, count), exponent: exponent + 1 } : { text, exponent };
}

/** Python's round(value, digits). */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return isNegative(value) ? -0 : 0;
  const [numerator, denominator] = exactFraction(magnitude(value));
  const power = 10n ** BigInt(Math.abs(digits));
  const rounded =
    digits >= 0 ? roundHalfEven(numerator * power, denominator) : roundHalfEven(numerator, denominator * power) * power;
  const size = Number(digits > 0 ? `${rounded}e-${digits}` : rounded.toString());
  return isNegative(value) ? -size : size;
}

/** The nearest whole number; of two equally near ones the even one. Neither argument may be negative. */
export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice < denominator) return whole;
  if (twice > denominator) return whole + 1n;
  return whole % 2n === 0n ? whole : whole + 1n;
}

/** A finite float that is not negative, exactly. */
export function exactFraction(value: number): [bigint, bigint] {
  if (Number.isInteger(value)) return [BigInt(value), 1n];
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const pattern = view.getBigUint64(0);
  const exponent = Number((pattern >> 52n) & 0x7ffn);
  const fraction = pattern & 0xfffffffffffffn;
  const mantissa = exponent === 0 ? fraction : fraction | 0x10000000000000n;
  const power = (exponent === 0 ? 1 : exponent) - 1075;
  return power >= 0 ? [mantissa << BigInt(power), 1n] : [mantissa, 1n << BigInt(-power)];
}

/** The float nearest to a quotient of ints; infinite where it is too large for one. */
export function nearestFloat(numerator: bigint, denominator: bigint): number {
  const isBelowZero = numerator < 0n !== denominator < 0n;
  const [above, below] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  if (above <= 2n ** 53n && below <= 2n ** 53n) return Number(numerator) / Number(denominator);
  // 64 bits of the quotient and whether there is more decide the rounding
  const shift = Math.max(0, 64 - (bitLength(above) - bitLength(below)));
  const scaled = above << BigInt(shift);
  const quotient = scaled / below;
  const sticky = scaled % below === 0n ? quotient : quotient | 1n;
  const size = shift > 1_000 ? Number(sticky) / 2 ** 1_000 / 2 ** (shift - 1_000) : Number(sticky) / 2 ** shift;
  return isBelowZero ? -size : size;
}

export function bitLength(value: bigint): number {
  const hex = (value < 0n ? -value : value).toString(16);
  return value === 0n ? 0 : (hex.length - 1) * 4 + (32 - Math.clz32(Number.parseInt(hex.slice(0, 1), 16)));
}

/** Digits in groups, from the right. */
export function grouped(digits: string, separator: string, size = 3): string {
  const groups: string[] = [];
  for (let end = digits.length; end > 0; end -= size) groups.unshift(digits.slice(Math.max(0, end - size), end));
  return groups.join(separator);
}
