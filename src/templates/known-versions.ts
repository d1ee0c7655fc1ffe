import { type KnownVersion, readVersions } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import type { TemplateRef } from './template.ts';
import { versionUpgrades } from './version-upgrade-store.ts';

/** Every version of a template that was ever registered, deleted ones too, as upgrades of inputs need them. */
export async function knownVersions(db: Db, template: TemplateRef): Promise<KnownVersion[]> {
  return readVersions(template.kind, await versionUpgrades(db, template));
}
