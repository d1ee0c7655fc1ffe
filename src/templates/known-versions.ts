import { type ParameterSchema, readParameterSchema, readUpgradeStep, type UpgradeStep } from '../bundles/index.ts';
import type { KnownVersion } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import type { TemplateKind, TemplateRef } from './template.ts';
import { type VersionUpgrade, versionUpgrades } from './version-upgrade-store.ts';

/** Every version of a template that was ever registered, deleted ones too, as upgrades of inputs need them. */
export async function knownVersions(db: Db, template: TemplateRef): Promise<KnownVersion[]> {
  return readVersions(template.kind, await versionUpgrades(db, template));
}

/** Most minors have the schema and the steps of the one before: each text is read once. */
export function readVersions(kind: TemplateKind, versions: readonly VersionUpgrade[]): KnownVersion[] {
  const schemas = new Map<string, ParameterSchema | undefined>();
  const steps = new Map<string, readonly UpgradeStep[]>();
  return versions.map(({ major, minor, schemaText, steps: files }) => {
    if (!schemas.has(schemaText)) schemas.set(schemaText, readParameterSchema(schemaText, kind).schema);
    const read = Object.entries(files).flatMap(([path, text]) => {
      const key = JSON.stringify([path, text]);
      const { step } = steps.has(key) ? {} : readUpgradeStep(text, path);
      if (!steps.has(key)) steps.set(key, step ? [step] : []);
      return steps.get(key) ?? [];
    });
    return { major, minor, schema: schemas.get(schemaText), steps: read };
  });
}
