import {
  type Bundle,
  bundleText,
  environmentTexts,
  readTemplateRegistration,
  upgradeStepTexts,
} from '../../bundles/index.ts';
import type { VersionTexts } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import {
  compareVersions,
  templateFind,
  templateMissing,
  templateVersionBundle,
  templateVersionFind,
  type VersionRef,
  versionMissing,
  versionsListed,
  versionUpgrades,
} from '../../templates/index.ts';
import type { VersionMaterial } from './judge-job.ts';

export type VersionMaterialRefusal = Refusal<
  'template-missing' | 'template-version-missing' | 'version-without-bundle'
>;

/**
 * A version that is registered.
 * @refuses a version that is not there, or was not registered
 */
export async function registeredMaterial(
  db: Db,
  installation: Installation,
  ref: VersionRef,
): Promise<Result<VersionMaterial, VersionMaterialRefusal>> {
  const version = await templateVersionFind(db, ref);
  if (!version) return versionMissing(installation, ref);
  const bundle = await templateVersionBundle(db, version);
  if (!bundle.ok) return bundle;
  const { kind, templateName, major, minor } = ref;
  return accept({
    kind,
    number: { major, minor },
    files: bundle.value.files,
    versions: await versionUpgrades(db, { kind, name: templateName }),
    ...(kind === 'service' && { compatibleEnvironments: environmentTexts(version.compatibleEnvironments) }),
  });
}

/**
 * A bundle that nobody has registered, as the version that it would be. Where it does not say itself which environments
 * it runs in, those of the newest version before it count.
 * @refuses a template that is not there
 */
export async function bundleMaterial(
  db: Db,
  installation: Installation,
  ref: VersionRef,
  bundle: Bundle,
): Promise<Result<VersionMaterial, VersionMaterialRefusal>> {
  const { kind, templateName, major, minor } = ref;
  const template = { kind, name: templateName };
  if (!(await templateFind(db, template))) return templateMissing(installation, template);
  const known = await versionUpgrades(db, template);
  const others = known.filter((each) => each.major !== major || each.minor !== minor);
  return accept({
    kind,
    number: { major, minor },
    files: bundle.files,
    versions: [...others, textsOf(bundle, ref)],
    ...(kind === 'service' && { compatibleEnvironments: await compatibleWith(db, ref, bundle) }),
  });
}

function textsOf(bundle: Bundle, { major, minor }: VersionRef): VersionTexts {
  const schemaText = bundleText(bundle, 'schema/schema.yaml') ?? '';
  return { major, minor, schemaText, steps: upgradeStepTexts(bundle) };
}

async function compatibleWith(db: Db, ref: VersionRef, bundle: Bundle): Promise<readonly string[] | undefined> {
  const registration = readTemplateRegistration(bundle);
  if (registration.ok) return environmentTexts(registration.value.compatibleEnvironments);
  const { kind, templateName } = ref;
  const listed = await versionsListed(db, { kind, name: templateName });
  const before = listed
    .filter((each) => compareVersions(each, ref) <= 0)
    .toSorted(compareVersions)
    .at(-1);
  const version = before && (await templateVersionFind(db, { kind, templateName, ...before }));
  return version && environmentTexts(version.compatibleEnvironments);
}
