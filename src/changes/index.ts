/**
 * Changes: what a new version does to what is deployed, known before it happens (pure).
 *
 * Lives here: comparing, classifying, and the steps that upgrade inputs from one version to another (upgrade/).
 * Never here: SQL, clocks, cloud calls. Callers bring both sides as values. For inputs start at upgrade/upgrade-inputs.ts.
 */
export type { OpenQuestion, TraceEntry } from './upgrade/apply-step.ts';
export { certainRenames, type ProposedRename, proposeStep, type ReadBundle } from './upgrade/propose-renames.ts';
export { proveStep, type StepToProve } from './upgrade/prove-step.ts';
export {
  type GeneratedTrial,
  type RoundTrip,
  type StoredInputs,
  type StoredTrial,
  tryGeneratedInputs,
  tryRoundTrip,
  tryStoredInputs,
  type UpgradeWay,
} from './upgrade/try-upgrade.ts';
export {
  type UpgradedInputs,
  type UpgradeRefusal,
  type UpgradeRequest,
  upgradeInputs,
} from './upgrade/upgrade-inputs.ts';
export { type KnownVersion, type PathStep, upgradePath } from './upgrade/upgrade-path.ts';
export { type UpgradedSpec, type UpgradeSpecRequest, upgradeSpec } from './upgrade/upgrade-spec.ts';
