import {
  type Bundle,
  type CheckedBundle,
  checkBundle,
  type Finding,
  isAcceptable,
  upgradeStepTexts,
} from '../bundles/index.ts';
import type { VersionReport } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import { bundlesForUpgradeCheck } from './check-upgrade.ts';
import { templateVersionBundle } from './find-bundle.ts';
import { minorIncompatibilities } from './minor-compatibility.ts';
import { type ReportedVersion, reportVersion } from './report-version.ts';
import { templateFind } from './template-store.ts';
import type { RegistrationTools } from './template-tools.ts';
import type { VersionRef } from './template-version.ts';
import { schemasRegistered, templateVersionFind } from './template-version-store.ts';
import { analysisInThisThread } from './version-analysis.ts';
import { versionUpgrades } from './version-upgrade-store.ts';

/** Everything that is found out about a bundle before it becomes a version. */
export interface ExaminedBundle {
  readonly checked: CheckedBundle;
  readonly findings: readonly Finding[];
  /** Absent for a bundle with errors. */
  readonly report?: VersionReport;
}

export type ExaminationTools = Pick<RegistrationTools, 'db' | 'storedSpecs' | 'analysis'>;

/** What a bundle would be as this version: checked, tried on what is deployed, compared with the version before it. */
export async function examineBundle(
  tools: ExaminationTools,
  version: ReportedVersion,
  bundle: Bundle,
): Promise<ExaminedBundle> {
  const { db } = tools;
  const { kind, templateName: name, major, minor } = version;
  const template = await templateFind(db, { kind, name });
  const checked = await checkBundle(bundle, { kind, customerManaged: template?.customerManaged });
  if (!isAcceptable(checked)) return { checked, findings: checked.findings };
  const { schemaText = '' } = checked;
  const others = await schemasRegistered(db, { kind, name }, major);
  const incompatible = minorIncompatibilities(kind, { major, minor, schemaText }, others);
  const findings = [
    ...checked.findings,
    ...(await upgradeFindings(tools, version, bundle, schemaText)),
    ...incompatible,
  ];
  if (!isAcceptable({ ...checked, findings })) return { checked, findings };
  return { checked, findings, report: await reportVersion(tools, version, bundle) };
}

/** How inputs of older versions come to this one. Two versions that are registered at once do not see each other. */
async function upgradeFindings(
  { db, storedSpecs, analysis = analysisInThisThread }: ExaminationTools,
  { kind, templateName, major, minor }: VersionRef,
  bundle: Bundle,
  schemaText: string,
): Promise<readonly Finding[]> {
  const template = { kind, name: templateName };
  const known = (await versionUpgrades(db, template)).filter((each) => each.major !== major || each.minor !== minor);
  const version = { major, minor, schemaText, steps: upgradeStepTexts(bundle) };
  const bundles = await Promise.all(
    bundlesForUpgradeCheck({ kind, version, known }).map(async (number) => {
      const found = await registeredBundle(db, { kind, templateName, major: number.major, minor: number.minor });
      return found ? [{ major: number.major, minor: number.minor, bundle: found }] : [];
    }),
  );
  const stored = (await storedSpecs?.(db, template)) ?? [];
  return analysis.checkUpgrade({ kind, version, bundle, known, bundles: bundles.flat(), stored });
}

async function registeredBundle(db: Db, ref: VersionRef): Promise<Bundle | undefined> {
  const version = await templateVersionFind(db, ref);
  const found = version && (await templateVersionBundle(db, version));
  return found?.ok ? found.value : undefined;
}
