import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** The files of a bundle, by their paths in it. */
export type BundleFiles = Readonly<Record<string, string>>;

export function readFolder(folder: string): BundleFiles {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    paths.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(folder.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}

/** What `tar czf` makes of them. */
export async function packBundle(files: BundleFiles): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, text] of Object.entries(files).sort(([left], [right]) => left.localeCompare(right))) {
    archive.entry({ name, mtime: new Date(0) }, text);
  }
  archive.finalize();
  return gzipSync(await buffer(archive));
}
