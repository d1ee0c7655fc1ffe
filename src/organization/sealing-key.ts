import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** Seals what must be readable again, but not by who reads the database alone. */
export interface SealingKey {
  /** @param purpose what the sealed text belongs to; it opens only under the same words */
  seal(text: string, purpose: string): Buffer;
  /** @refuses SealBroken when it was sealed with another key or for another purpose, or was changed */
  open(sealed: Uint8Array, purpose: string): Result<string, Refusal<'SealBroken'>>;
}

export type SealingKeyRefusal = Refusal<'SealingKeyMalformed' | 'SealingKeyUnreadable'>;

const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const fileName = 'sealing-key';

/** AES-256-GCM: nonce, tag and cipher text in a row. */
export function sealingKey(key: Uint8Array): SealingKey {
  return {
    seal(text, purpose) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(purpose, 'utf8'));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]);
    },
    open(sealed, purpose) {
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
          authTagLength: tagBytes,
        })
          .setAAD(Buffer.from(purpose, 'utf8'))
          .setAuthTag(sealed.subarray(nonceBytes, nonceBytes + tagBytes));
        const body = sealed.subarray(nonceBytes + tagBytes);
        return accept(Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8'));
      } catch {
        return refuse({
          kind: 'unavailable',
          code: 'SealBroken',
          message: `What is sealed as '${purpose}' does not open with this sealing key.`,
          remedy: 'Start the server with the sealing key that the database was filled with.',
        });
      }
    },
  };
}

/**
 * The sealing key of an installation: the given text (DEUTERON_SEALING_KEY), else the file `sealing-key` in the data
 * folder, which is made when it does not exist.
 *
 * @param given 64 hex digits, or 32 bytes in base64
 */
export async function loadSealingKey(options: {
  readonly given?: string;
  readonly folder: string;
}): Promise<Result<SealingKey, SealingKeyRefusal>> {
  if (options.given !== undefined) return parseSealingKey(options.given, 'DEUTERON_SEALING_KEY');
  const path = join(options.folder, fileName);
  try {
    await mkdir(options.folder, { recursive: true });
    if (!existsSync(path)) await createKeyFile(path);
    return parseSealingKey(await readFile(path, 'utf8'), path);
  } catch (error) {
    return refuse({
      kind: 'unavailable',
      code: 'SealingKeyUnreadable',
      message: `The sealing key ${path} cannot be read or made: ${error instanceof Error ? error.message : error}.`,
      remedy: 'Let the server read and write its data folder, or give the key as DEUTERON_SEALING_KEY.',
    });
  }
}

/**
 * The sealing key where there is one: never makes it.
 * @returns undefined when none was given and none was made in this folder
 * @refuses what is no key, or cannot be read
 */
export async function findSealingKey(options: {
  readonly given?: string;
  readonly folder: string;
}): Promise<Result<SealingKey | undefined, SealingKeyRefusal>> {
  if (options.given === undefined && !existsSync(join(options.folder, fileName))) return accept(undefined);
  return loadSealingKey(options);
}

/**
 * Leaves a file that exists as it is, and puts a new one in place whole: processes that start together agree on one key.
 */
async function createKeyFile(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(keyBytes).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

function parseSealingKey(text: string, source: string): Result<SealingKey, SealingKeyRefusal> {
  const trimmed = text.trim();
  const key = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64');
  if (key.length === keyBytes) return accept(sealingKey(key));
  return refuse({
    kind: 'invalid',
    code: 'SealingKeyMalformed',
    message: `The sealing key in ${source} is not ${keyBytes} bytes long.`,
    remedy: 'Give 64 hexadecimal digits, for example those that `openssl rand -hex 32` prints.',
  });
}
