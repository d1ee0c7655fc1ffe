import type { Methods } from './members.ts';
import type { Value } from './values.ts';

const binary = (value: bigint) => (value < 0n ? -value : value).toString(2);

/** Methods of int and float. */
export const numberMethods: Methods<bigint | number> = new Map<string, (owner: bigint | number) => Value>([
  ['bit_length', (owner) => (typeof owner === 'bigint' ? BigInt(owner === 0n ? 0 : binary(owner).length) : null)],
  ['bit_count', (owner) => (typeof owner === 'bigint' ? BigInt(binary(owner).replaceAll('0', '').length) : null)],
  ['conjugate', (owner) => owner],
  ['is_integer', (owner) => typeof owner === 'bigint' || Number.isInteger(owner)],
]);
