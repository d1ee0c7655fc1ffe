import type { Bundle } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { bundleFind } from './bundle-store.ts';
import type { TemplateVersion } from './template-version.ts';

/** Bundles never change, so what was read once is kept. Megabytes at most, by the limits of bundles. */
const kept = new Map<string, Bundle>();
const keptMax = 50;

/** The bundle that a version was registered with. @refuses a version that was not registered */
export async function templateVersionBundle(
  db: Db,
  version: TemplateVersion,
): Promise<Result<Bundle, Refusal<'version-without-bundle'>>> {
  const digest = version.bundleDigest;
  const known = digest === null ? undefined : (kept.get(digest) ?? (await bundleFind(db, digest)));
  if (!known) {
    return refuse({
      kind: 'invalid',
      code: 'version-without-bundle',
      message: `The template version ${version.arn} has no registered bundle.`,
      remedy: 'Use a version that is a draft or published.',
    });
  }
  if (kept.size >= keptMax) kept.delete(kept.keys().next().value as string);
  kept.set(known.digest, known);
  return accept(known);
}
