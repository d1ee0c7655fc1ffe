import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

export type GivenFileRefusal = Refusal<'file-unreadable' | 'file-empty' | 'file-too-large' | 'file-not-text'>;

/** More than any document that a server takes. */
const usualBytesMax = 1024 * 1024;

/**
 * The text of a file that the command line names, without a mark of its encoding at the beginning. UTF-16 is read where
 * such a mark says so: PowerShell writes what is redirected into a file like that.
 * @param file `-` is standard input
 * @param bytesMax what is larger is never in memory
 * @param instead what to give in place of an empty file
 */
export async function readGivenFile(
  file: string,
  { bytesMax = usualBytesMax, instead = 'Give one that says something.' } = {},
): Promise<Result<string, GivenFileRefusal>> {
  const name = file === '-' ? 'standard input' : file;
  const bytes = await bytesOf(file, bytesMax);
  if (bytes instanceof Error) return unreadable(name, bytes);
  if (bytes.length > bytesMax) {
    return refuse({
      kind: 'limit',
      code: 'file-too-large',
      message: `${name} has more than ${bytesMax.toLocaleString('en')} bytes, the most that is read here.`,
      remedy: 'Check the name; is it the right one, give a smaller file.',
    });
  }
  const text = textOf(bytes);
  if (text === undefined) {
    return refuse({
      kind: 'invalid',
      code: 'file-not-text',
      message: `${name} is no text in UTF-8.`,
      remedy: 'Check the name; if it is a text, save it as UTF-8.',
    });
  }
  return text.trim() === '' ? emptyFile(name, instead) : accept(text);
}

export function emptyFile(name: string, instead: string) {
  return refuse({ kind: 'invalid', code: 'file-empty', message: `The file ${name} is empty.`, remedy: instead });
}

/** @returns one byte more than the maximum at most */
async function bytesOf(file: string, bytesMax: number): Promise<Uint8Array | Error> {
  try {
    if (file === '-') return readFileSync(0);
    await using opened = await open(file);
    const pieces: Buffer[] = [];
    for await (const piece of opened.createReadStream({ autoClose: false, end: bytesMax })) pieces.push(piece);
    return Buffer.concat(pieces);
  } catch (error) {
    return error as Error;
  }
}

function textOf(bytes: Uint8Array): string | undefined {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : '';
  try {
    const text = new TextDecoder(encoding || 'utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

/** Why a file cannot be read, for those who read it piece by piece, too. */
export function unreadable(name: string, { message }: Error) {
  return refuse({
    kind: 'missing',
    code: 'file-unreadable',
    message: `${name} cannot be read: ${message}.`,
    remedy: 'Give a file that exists and that you may read.',
  });
}
