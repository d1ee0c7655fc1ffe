import type { Bundle } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { createBundleCache } from './bundle-cache.ts';
import { bundleFind } from './bundle-store.ts';
import type { TemplateVersion } from './template-version.ts';

/** Enough for the versions that a fleet mostly runs on. */
const cache = createBundleCache(64 * 1024 * 1024);

/** The bundle that a version was registered with. @refuses a version that was not registered */
export async function templateVersionBundle(
  db: Db,
  { arn, bundleDigest }: Pick<TemplateVersion, 'arn' | 'bundleDigest'>,
): Promise<Result<Bundle, Refusal<'version-without-bundle'>>> {
  const bundle = bundleDigest === null ? undefined : (cache.find(bundleDigest) ?? (await bundleFind(db, bundleDigest)));
  if (!bundle) {
    return refuse({
      kind: 'invalid',
      code: 'version-without-bundle',
      message: `The template version ${arn} has no registered bundle.`,
      remedy: 'Use a version that is a draft or published.',
    });
  }
  cache.keep(bundle);
  return accept(bundle);
}
