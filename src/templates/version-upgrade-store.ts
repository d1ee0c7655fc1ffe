import type { VersionTexts } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import type { TemplateKind, TemplateRef } from './template.ts';
import type { VersionRef } from './template-version.ts';

type UpgradeTables = {
  template_version_upgrade: {
    kind: TemplateKind;
    template_name: string;
    major_version: number;
    minor_version: number;
    schema_text: string;
    steps: Readonly<Record<string, string>> | string;
  };
};

/** It stays when the version is deleted. */
export type VersionUpgrade = VersionTexts;

export async function versionUpgradeKeep(
  tx: Db,
  { kind, templateName, major, minor }: VersionRef,
  { schemaText, steps }: Pick<VersionUpgrade, 'schemaText' | 'steps'>,
): Promise<void> {
  const kept = { schema_text: schemaText, steps: JSON.stringify(steps) };
  await tx
    .withTables<UpgradeTables>()
    .insertInto('template_version_upgrade')
    .values({ kind, template_name: templateName, major_version: major, minor_version: minor, ...kept })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'template_name', 'major_version', 'minor_version']).doUpdateSet(kept),
    )
    .execute();
}

/** Of all versions that ever were, lowest first. */
export async function versionUpgrades(db: Db, { kind, name }: TemplateRef): Promise<VersionUpgrade[]> {
  const rows = await db
    .withTables<UpgradeTables>()
    .selectFrom('template_version_upgrade')
    .select(['major_version as major', 'minor_version as minor', 'schema_text as schemaText', 'steps'])
    .where('kind', '=', kind)
    .where('template_name', '=', name)
    .orderBy('major_version')
    .orderBy('minor_version')
    .execute();
  return rows.map(({ steps, ...row }) => ({ ...row, steps: typeof steps === 'string' ? JSON.parse(steps) : steps }));
}
