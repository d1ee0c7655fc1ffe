import { opendir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type Bundle, type BundleLimits, isIgnored, makeBundle, usualBundleLimits } from './bundle.ts';

export type ReadFolderRefusal = Refusal<'folder-unreadable' | 'folder-unsafe' | 'folder-too-large'>;

/**
 * Reads a folder as the archive of it would be read: the same is refused, and the digest is the same.
 * @refuses a folder that cannot be read, one with links, devices or control characters in names (naming the path), and
 * one beyond the limits
 */
export async function readBundleFolder(
  folder: string,
  limits: BundleLimits = usualBundleLimits,
): Promise<Result<Bundle, ReadFolderRefusal>> {
  try {
    const files = new Map<string, Uint8Array>();
    const pending = [''];
    let bytes = 0;
    for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
      for await (const entry of await opendir(join(folder, directory))) {
        const path = directory === '' ? entry.name : `${directory}/${entry.name}`;
        if (isIgnored(path)) continue;
        if (/[\p{Cc}\\\ufffd]/u.test(entry.name))
          return unsafe(path, 'has control characters or backslashes in its name');
        if (entry.isDirectory()) {
          pending.push(path);
          if (pending.length > limits.files) return tooLarge(folder, `more than ${limits.files} directories`);
          continue;
        }
        if (!entry.isFile()) return unsafe(path, 'is a link or a device; only files and directories are taken');
        if (files.size >= limits.files) return tooLarge(folder, `more than ${limits.files} files`);
        bytes += (await stat(join(folder, path))).size;
        if (bytes > limits.unpackedBytes) return tooLarge(folder, `more than ${limits.unpackedBytes} bytes`);
        files.set(path, await readFile(join(folder, path)));
      }
    }
    return accept(makeBundle(files));
  } catch (error) {
    return refuse({
      kind: 'invalid',
      code: 'folder-unreadable',
      message: `The folder ${folder} cannot be read: ${(error as Error).message}.`,
      remedy: 'Name a folder that holds schema/ and the infrastructure directories.',
    });
  }
}

function unsafe(path: string, why: string) {
  return refuse({
    kind: 'invalid',
    code: 'folder-unsafe' as const,
    message: `The folder is refused as a whole: ${JSON.stringify(path.slice(0, 200))} ${why}.`,
    remedy: 'Put a copy of the file in its place.',
  });
}

function tooLarge(folder: string, what: string) {
  return refuse({
    kind: 'limit',
    code: 'folder-too-large' as const,
    message: `The folder ${folder} has ${what}.`,
    remedy: 'Name the folder of one bundle, and leave out what its template does not use.',
  });
}
