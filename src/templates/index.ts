/**
 * Templates: the registry of environment and service templates, and their versions.
 *
 * Lives here: templates, version numbers and what is recommended, registering and publishing, the stored bundles.
 * Never here: what a bundle says (bundles), who runs on a version. Start at template-version.ts and version-number.ts.
 */

export { type CheckedVersion, checkTemplateVersion } from './check-template-version.ts';
export type { StoredSpec } from './check-upgrade.ts';
export { type CreateTemplateRequest, createTemplate } from './create-template.ts';
export { type CreateVersionRequest, createTemplateVersion } from './create-template-version.ts';
export { deleteTemplate } from './delete-template.ts';
export { deleteTemplateVersion } from './delete-template-version.ts';
export { deprecateTemplateVersion } from './deprecate-template-version.ts';
export { templateVersionBundle } from './find-bundle.ts';
export { impliedDeploymentType } from './implied-deployment-type.ts';
export { knownVersions } from './known-versions.ts';
export { listTemplates, listTemplateVersions } from './list-templates.ts';
export { type TemplateMissing, templateMissing, type VersionMissing, versionMissing } from './missing-template.ts';
export { predecessorOf } from './predecessor.ts';
export { publishTemplateVersion } from './publish-template-version.ts';
export { readVersionReport } from './read-version-report.ts';
export { recommendTemplateVersion } from './recommend-template-version.ts';
export { registerVersionWorkflow, resumeRegistrations } from './register-version-workflow.ts';
export { reinstateTemplateVersion } from './reinstate-template-version.ts';
export { shownStatusMessage } from './status-message.ts';
export {
  type Template,
  type TemplateKind,
  type TemplateRef,
  templateArn,
  templateKinds,
  templateVersionArn,
  type VersionEnforcement,
  versionEnforcements,
} from './template.ts';
export { templateFind } from './template-store.ts';
export {
  type RegistrationTools,
  type TemplateLimits,
  type TemplateTools,
  usualTemplateLimits,
} from './template-tools.ts';
export {
  type BundleSource,
  type CompatibleEnvironment,
  type TemplateVersion,
  type TemplateVersionSummary,
  templateVersionCan,
  type VersionRef,
  versionCan,
} from './template-version.ts';
export {
  templateVersionFind,
  versionsListed,
  versionsRecommended,
  versionsRegistering,
} from './template-version-store.ts';
export { updateTemplate } from './update-template.ts';
export { updateTemplateVersion } from './update-template-version.ts';
export { type StoredSpecUpgrade, upgradeStoredSpec } from './upgrade-stored-spec.ts';
export { uploadBundle } from './upload-bundle.ts';
export { type VersionAnalysis, VersionAnalysisPool } from './version-analysis.ts';
export {
  chosen,
  compareVersions,
  type DeploymentType,
  type ListedVersion,
  mayDeploy,
  recommendedMinor,
  recommendedVersion,
  type UpgradeRefusal,
  type VersionAvailability,
  type VersionNumber,
  type VersionStatus,
  versionForUpdate,
  versionText,
} from './version-number.ts';
export { versionUpgrades } from './version-upgrade-store.ts';
export { withdrawTemplateVersion } from './withdraw-template-version.ts';
