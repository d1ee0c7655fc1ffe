import { type OutputsRead, outputsReadBy } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { templateVersionBundle } from '../../templates/index.ts';
import type { ReaderRow } from './fleet-thing-store.ts';

const nothing: OutputsRead = { ofEnvironment: [], ofInstances: [] };

/** What deployed bundles read of others' outputs; each bundle is looked through once. */
export function createBundleReads(db: Db) {
  const known = new Map<string, OutputsRead>();
  return async ({ bundleDigest, part }: Pick<ReaderRow, 'bundleDigest' | 'part'>): Promise<OutputsRead> => {
    const key = `${part} ${bundleDigest}`;
    const read = known.get(key);
    if (read) return read;
    const bundle = await templateVersionBundle(db, { arn: bundleDigest, bundleDigest });
    const found = bundle.ok ? outputsReadBy(bundle.value, part) : nothing;
    known.set(key, found);
    return found;
  };
}
