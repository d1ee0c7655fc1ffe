import type { Bundle } from '../bundles/index.ts';

/** Bundles that were read lately. They never change, so that none of them is ever out of date. */
export interface BundleCache {
  find(digest: string): Bundle | undefined;
  keep(bundle: Bundle): void;
}

/** @param bytesMax of all files that are kept; what was not asked for the longest is let go first */
export function createBundleCache(bytesMax: number): BundleCache {
  /** In the order of their last use. */
  const kept = new Map<string, { readonly bundle: Bundle; readonly bytes: number }>();
  let bytesKept = 0;

  function forget(digest: string): void {
    bytesKept -= kept.get(digest)?.bytes ?? 0;
    kept.delete(digest);
  }

  return {
    find: (digest) => kept.get(digest)?.bundle,
    keep(bundle) {
      forget(bundle.digest);
      const bytes = bundle.files.values().reduce((sum, content) => sum + content.byteLength, 0);
      if (bytes > bytesMax) return;
      kept.set(bundle.digest, { bundle, bytes });
      bytesKept += bytes;
      for (const oldest of kept.keys()) {
        if (bytesKept <= bytesMax) return;
        forget(oldest);
      }
    },
  };
}
