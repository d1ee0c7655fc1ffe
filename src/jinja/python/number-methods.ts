import { bitLength, exactFraction } from './floats.ts';
import { type Method, method } from './method.ts';
import { fail, Tuple, type Value } from './values.ts';

/** The parts of a number that are not called: those that every number has. */
export function numberAttribute(owner: boolean | bigint | number, name: string): Value | undefined {
  if (name === 'real') return typeof owner === 'number' ? owner : BigInt(owner);
  if (name === 'imag') return typeof owner === 'number' ? 0 : 0n;
  if (typeof owner === 'number') return undefined;
  if (name === 'numerator') return BigInt(owner);
  return name === 'denominator' ? 1n : undefined;
}

type Integer = boolean | bigint;

export const integerMethods: ReadonlyMap<string, Method<Integer>> = new Map([
  method<Integer>('bit_length', [], (owner) => BigInt(bitLength(BigInt(owner)))),
  method<Integer>('bit_count', [], (owner) => BigInt(bitCount(BigInt(owner)))),
  method<Integer>('conjugate', [], (owner) => BigInt(owner)),
  method<Integer>('as_integer_ratio', [], (owner) => new Tuple([BigInt(owner), 1n])),
]);

function bitCount(value: bigint): number {
  return (value < 0n ? -value : value).toString(2).replaceAll('0', '').length;
}

export const floatMethods: ReadonlyMap<string, Method<number>> = new Map([
  method<number>('conjugate', [], (owner) => owner),
  method<number>('is_integer', [], (owner) => Number.isInteger(owner)),
  method<number>('as_integer_ratio', [], (owner) => {
    if (!Number.isFinite(owner)) {
      return fail(`cannot convert ${Number.isNaN(owner) ? 'NaN' : 'Infinity'} to integer ratio`);
    }
    const [numerator, denominator] = exactFraction(Math.abs(owner));
    const common = greatestCommonDivisor(numerator, denominator);
    return new Tuple([(owner < 0 ? -numerator : numerator) / common, denominator / common]);
  }),
]);

function greatestCommonDivisor(left: bigint, right: bigint): bigint {
  let [a, b] = [left, right];
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}
