import { createHash } from 'node:crypto';

/**
 * Characters that look random and are the same in every run: drawn from a hash of a key and a purpose, so that the same
 * seed, account, region, stack and resource always give the same ids.
 */
export interface Draw {
  hex(length: number, purpose?: string): string;
  /** Lower-case letters and digits. */
  alphanumeric(length: number, purpose?: string): string;
  digits(length: number, purpose?: string): string;
  uuid(purpose?: string): string;
  /** 0 <= result < below */
  below(limit: number, purpose?: string): number;
}

export function drawFrom(...key: readonly (string | number)[]): Draw {
  const prefix = JSON.stringify(key);
  const bytes = (purpose: string, count: number) => {
    const parts: Buffer[] = [];
    for (let block = 0; block * 32 < count; block++) {
      parts.push(createHash('sha256').update(`${prefix}\n${purpose}\n${block}`).digest());
    }
    return Buffer.concat(parts).subarray(0, count);
  };
  const letters = (alphabet: string) => (length: number, purpose: string) =>
    Array.from(bytes(purpose, length), (byte) => alphabet[byte % alphabet.length]).join('');
  const alphanumeric = letters('0123456789abcdefghijklmnopqrstuvwxyz');
  const digits = letters('0123456789');
  return {
    hex: (length, purpose = '') =>
      bytes(purpose, Math.ceil(length / 2))
        .toString('hex')
        .slice(0, length),
    alphanumeric: (length, purpose = '') => alphanumeric(length, purpose),
    digits: (length, purpose = '') => digits(length, purpose),
    uuid: (purpose = '') => uuidOf(bytes(`uuid ${purpose}`, 16)),
    below: (limit, purpose = '') => bytes(`below ${purpose}`, 6).readUIntBE(0, 6) % limit,
  };
}

/** In the form of a random UUID (version 4). */
function uuidOf(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
