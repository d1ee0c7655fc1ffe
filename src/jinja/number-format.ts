import type { Meter } from './limits.ts';
import { reprFloat } from './printing.ts';

/** A float with a fixed number of digits behind the point, rounded half to even on its exact value, as C does. */
export function fixed(value: number, digits: number, meter: Meter): string {
  if (!Number.isFinite(value)) return reprFloat(value);
  meter.length(digits + 400);
  const negative = value < 0 || Object.is(value, -0);
  const [numerator, denominator] = exactFraction(Math.abs(value));
  const scaled = numerator * 10n ** BigInt(digits);
  const whole = roundHalfEven(scaled, denominator)
    .toString()
    .padStart(digits + 1, '0');
  const text = digits === 0 ? whole : `${whole.slice(0, -digits)}.${whole.slice(-digits)}`;
  return negative ? `-${text}` : text;
}

/** Scientific form: `1.500000e+00`. */
export function scientific(value: number, digits: number, meter: Meter): string {
  if (!Number.isFinite(value)) return reprFloat(value);
  meter.length(digits + 10);
  if (digits > 100) return scientific(value, 100, meter).replace('e', `${'0'.repeat(digits - 100)}e`);
  const [mantissa = '', power = '+0'] = value.toExponential(digits).split('e');
  const exponent = Number(power);
  const sign = Object.is(value, -0) ? '-' : '';
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The shorter of both, trailing zeros dropped unless `alternate`. */
export function general(value: number, precision: number, alternate: boolean, meter: Meter): string {
  if (!Number.isFinite(value)) return reprFloat(value);
  const digits = precision === 0 ? 1 : precision;
  const exponent = value === 0 ? 0 : Number(scientific(value, digits - 1, meter).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const text = scientific(value, digits - 1, meter);
    return alternate ? text : text.replace(/\.?0*e/, 'e').replace(/^(-?\d+)\.e/, '$1e');
  }
  const text = fixed(value, digits - 1 - exponent, meter);
  return alternate || !text.includes('.') ? text : text.replace(/\.?0+$/, '');
}

/** Python's round(value, digits) for floats. */
export function roundFloat(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 323) return value;
  if (digits < -308) return value < 0 ? -0 : 0;
  const [numerator, denominator] = exactFraction(Math.abs(value));
  const power = 10n ** BigInt(Math.abs(digits));
  const rounded =
    digits >= 0 ? roundHalfEven(numerator * power, denominator) : roundHalfEven(numerator, denominator * power) * power;
  const text = digits > 0 ? `${rounded}e-${digits}` : rounded.toString();
  return value < 0 || Object.is(value, -0) ? -Number(text) : Number(text);
}

export function roundHalfEven(numerator: bigint, denominator: bigint): bigint {
  const whole = numerator / denominator;
  const twice = (numerator % denominator) * 2n;
  if (twice < denominator) return whole;
  if (twice > denominator) return whole + 1n;
  return whole % 2n === 0n ? whole : whole + 1n;
}

/** A positive float as a fraction, exactly. */
function exactFraction(value: number): [bigint, bigint] {
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

/** Digits in groups of three. */
export function grouped(digits: string, separator: string): string {
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, separator);
}
