/**
 * Fleet: read-only questions across environments, services and templates.
 *
 * Lives here: the joins over several nouns' tables; what a version would do to all that is on its
 * template (preview/, start at preview-fleet.ts). Never here: anything that changes.
 */
export { formerRecords, type RecordKind } from './former-records.ts';
export { type GovernedThing, governedThings, madeFrom } from './governed-facts.ts';
export { managedTags } from './managed-tags.ts';
export { measureLoad } from './measure-load.ts';
export { JudgePool } from './preview/judge-pool.ts';
export {
  type Preview,
  type PreviewRefusal,
  type PreviewRequest,
  type PreviewTools,
  previewFleet,
} from './preview/preview-fleet.ts';
export {
  type Outcome,
  type PreviewedThing,
  type PreviewGroup,
  type PreviewLine,
  type PreviewReason,
  type PreviewSummary,
  type Standing,
  standings,
} from './preview/preview-line.ts';
export { type DeployedVersion, deployedVersion, everything, type PreviewSelector } from './preview/preview-selector.ts';
export { nameOf, outcomeOf, outcomes } from './preview/preview-summary.ts';
export {
  csvHead,
  csvRow,
  type PreviewFormat,
  previewContentTypes,
  previewFormats,
  previewText,
} from './preview/preview-text.ts';
export { type ResourcesSummary, resourcesSummary, type Staleness } from './resources-summary.ts';
export { storedSpecs } from './stored-specs.ts';
export { versionUsers } from './version-users.ts';
