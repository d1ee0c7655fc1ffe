import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import type { Bundle } from './bundle.ts';

/** A bundle as the gzipped tar archive that readBundleArchive reads; the same files give the same bytes. */
export async function packBundleArchive({ files }: Pick<Bundle, 'files'>): Promise<Uint8Array> {
  const archive = pack();
  for (const [name, content] of files) archive.entry({ name, mtime: new Date(0) }, Buffer.from(content));
  archive.finalize();
  return gzipSync(await buffer(archive));
}
