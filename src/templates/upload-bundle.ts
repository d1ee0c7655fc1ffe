import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { accept, type Result } from '../errors/index.ts';
import { defaultBucket, type ObjectStorageTools, putObject, receiveBlob } from '../object-storage/index.ts';
import type { TemplateRef } from './template.ts';
import type { BundleSource } from './template-version.ts';

/**
 * Keeps an archive where registrations read from, under a name that its content gives it.
 * @param archive a tar archive, gzipped or plain
 * @refuses what does not fit into the storage
 */
export async function uploadBundle(
  storage: ObjectStorageTools,
  { kind, name }: TemplateRef,
  archive: Uint8Array,
  ownerTeam?: string,
): Promise<Result<BundleSource>> {
  const packed = archive[0] === 0x1f && archive[1] === 0x8b ? archive : gzipSync(archive);
  const digest = createHash('sha256').update(packed).digest('hex');
  const source = { bucket: defaultBucket, key: `template-versions/${kind}/${name}/${digest}.tar.gz` };
  const received = await receiveBlob(storage, wholly(packed));
  if (!received.ok) return received;
  const stored = await putObject(storage, { ...source, headers: {}, checksums: {}, ownerTeam }, received.value);
  return stored.ok ? accept(source) : stored;
}

async function* wholly(bytes: Uint8Array): AsyncGenerator<Uint8Array, Result<void>, undefined> {
  yield bytes;
  return accept(undefined);
}
