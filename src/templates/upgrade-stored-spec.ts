import type { ExpressionSight, SpecPart } from '../bundles/index.ts';
import { upgradePath, upgradeSpec } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { knownVersions } from './known-versions.ts';
import type { TemplateRef } from './template.ts';
import type { VersionNumber } from './version-number.ts';

export interface StoredSpecUpgrade {
  readonly template: TemplateRef;
  readonly from: VersionNumber;
  readonly to: VersionNumber;
  readonly part: SpecPart;
  readonly spec: string;
  readonly sight?: Partial<Omit<ExpressionSight, 'input'>>;
}

/**
 * The spec in use, as another major version takes it: what an update deploys that names a version and no spec. Within a
 * major, and where no step is on the way, it is the spec itself, to be read anew by the schema of the version.
 * @refuses what the steps on the way refuse
 */
export async function upgradeStoredSpec(
  db: Db,
  { template, from, to, part, spec: text, sight }: StoredSpecUpgrade,
): Promise<Result<string>> {
  if (from.major === to.major) return accept(text);
  const versions = await knownVersions(db, template);
  if (upgradePath(versions, from, to).length === 0) return accept(text);
  const upgraded = upgradeSpec({ text, part, versions, from, to, sight });
  return upgraded.ok ? accept(upgraded.value.text) : upgraded;
}
