import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ChecksumAlgorithm } from './stored-object.ts';

/** Takes in bytes piece by piece; `digest` gives what they come to. */
export interface Digester {
  update(bytes: Uint8Array): void;
  digest(): Buffer;
}

/** undefined for CRC-64/NVME, which is taken as given: no Node function computes it. */
export function checksumDigester(algorithm: ChecksumAlgorithm): Digester | undefined {
  switch (algorithm) {
    case 'crc32':
      return crcDigester((bytes, value) => crc32(bytes, value));
    case 'crc32c':
      return crcDigester(crc32c);
    case 'sha1':
    case 'sha256':
      return createHash(algorithm);
    case 'crc64nvme':
      return undefined;
  }
}

export function md5Digester(): Digester {
  return createHash('md5');
}

function crcDigester(step: (bytes: Uint8Array, value: number) => number): Digester {
  let value = 0;
  return {
    update: (bytes) => {
      value = step(bytes, value);
    },
    digest: () => {
      const digest = Buffer.alloc(4);
      digest.writeUInt32BE(value);
      return digest;
    },
  };
}

/** The Castagnoli polynomial, reflected. */
const crc32cTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Uint8Array, start: number): number {
  let value = ~start;
  for (const byte of bytes) value = crc32cTable[(value ^ byte) & 0xff]! ^ (value >>> 8);
  return ~value >>> 0;
}
