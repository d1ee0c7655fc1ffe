import { type ParameterSchema, readParameterSchema, readUpgradeStep, type UpgradeStep } from '../../bundles/index.ts';
import type { KnownVersion, Version } from './upgrade-path.ts';

/** What upgrades of inputs need of a version, as texts: plain data, so that it can be sent to a worker. */
export interface VersionTexts extends Version {
  readonly schemaText: string;
  /** The step files of its bundle: text by path. */
  readonly steps: Readonly<Record<string, string>>;
}

/** Most minors have the schema and the steps of the one before: each text is read once. */
export function readVersions(kind: 'environment' | 'service', versions: readonly VersionTexts[]): KnownVersion[] {
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
