/**
 * Changes: what differs between two versions of a template, and how much it matters (pure).
 *
 * Lives here: the comparison of evaluated stacks and of interfaces, the class of a version, the verdict on an instance,
 * facts about resource types as data; the steps that upgrade inputs (upgrade/). Never here: SQL, clocks, cloud calls, who must approve what.
 * Start at classify-version.ts and judge-instance.ts; what is compared is in compare-stacks.ts and compare-interfaces.ts.
 */
export {
  analyseStackChange,
  type RenderedStack,
  type StackAnalysis,
  type StackChange,
  stateOfStack,
} from './analyse-stack-change.ts';
export { AnalysisPool } from './analysis-pool.ts';
export { bundleVersion, type ComparedPart, inputsOfPart } from './bundle-version.ts';
export { type ChangeClass, changeClasses, changeClassOf, graverChange } from './change-class.ts';
export { type ChildTemplates, childTemplatesBeside, mayNest } from './child-templates.ts';
export { childTemplatesUsed } from './child-templates-used.ts';
export { classifyVersion, type VersionJudgement } from './classify-version.ts';
export {
  type BundleComparison,
  compareBundles,
  type PartComparison,
  partsOfKind,
  readTerraformSides,
  type StoredParts,
  type TerraformSides,
} from './compare-bundles.ts';
export { compareInterfaces, type VersionInterface } from './compare-interfaces.ts';
export {
  compareStacks,
  type ResourceChange,
  type StackComparison,
  type StackContext,
  type StackState,
} from './compare-stacks.ts';
export {
  type ComparisonJson,
  decidingFinding,
  type FindingJson,
  type ShownComparison,
  shownComparison,
} from './comparison-json.ts';
export type { ChosenName } from './custom-names.ts';
export { decideUnseen, isUnseenStack, type ToldChange } from './decide-unseen.ts';
export type {
  Blocker,
  DeployedJudgement,
  DeployedNames,
  DeployedThing,
  EnvironmentResidents,
  PipelineInstance,
  VersionToReach,
} from './deployed-thing.ts';
export { changesJson, changesMarkdown, describeChanges, describeFinding, findingJson } from './describe-changes.ts';
export { type ChangeFinding, type Evidence, type RuleCode, ruleCodes, secretMask } from './finding.ts';
export { importsOf } from './imports-of.ts';
export { DeployedJudge, exportClaim, type KnownComparisons, knownComparisons } from './judge-deployed.ts';
export { type InstanceContext, type InstanceJudgement, judgeInstance, judgement } from './judge-instance.ts';
export { isNested } from './logical-path.ts';
export { type NestedOutcome, nestedStackType } from './nested-outcome.ts';
export type { OutputReader } from './output-findings.ts';
export { type OutputsRead, outputsReadBy } from './outputs-read-by.ts';
export { authoredPlace, pathStep, placeInStack, renderedFile } from './place-in-stack.ts';
export { isPolicyDocument, matchesWildcard, type PolicyStatement, policyStatements } from './policy-document.ts';
export { RecentResults } from './recent-results.ts';
export { nestedMax, nestedStates, nestingMax, stackState } from './stack-state.ts';
export { decidingLiterals, type InputUpgrade, type TemplateVersion } from './template-version.ts';
export { describePlanJudgement, planJudgementJson, planJudgementMarkdown } from './terraform/describe-plan.ts';
export { judgePlan, type PlanContext, type PlanJudgement } from './terraform/judge-plan.ts';
export {
  readTerraformPlan,
  type TerraformPlanRefusal,
  terraformPlanBytesMax,
  tooManyBytes,
} from './terraform/read-plan.ts';
export type { TerraformPlan } from './terraform/terraform-plan.ts';
export { type TypeClass, typeClass } from './type-class.ts';
export type { OpenQuestion, TraceEntry } from './upgrade/apply-step.ts';
export { certainRenames, type ProposedRename, proposeStep, type ReadBundle } from './upgrade/propose-renames.ts';
export { proveStep, type StepToProve } from './upgrade/prove-step.ts';
export { readVersions, type VersionTexts } from './upgrade/read-versions.ts';
export { type ImpureInputs, type PureTrial, tryPureStep, type VersionWithBundle } from './upgrade/try-pure-step.ts';
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
export { inputsInSpec, type UpgradedSpec, type UpgradeSpecRequest, upgradeSpec } from './upgrade/upgrade-spec.ts';
export {
  type Bump,
  bumps,
  type ChangeFlag,
  changeFlags,
  graverClass,
  graverVerdict,
  type InstanceVerdict,
  instanceVerdicts,
  largerBump,
  type ResourceImpact,
  resourceImpacts,
  type VersionClass,
  versionClasses,
} from './verdict.ts';
export {
  type BumpTooSmall,
  bumpBetween,
  bumpTooSmall,
  describeReport,
  reportMarkdown,
  type VersionReport,
} from './version-report.ts';
export { withEnvironments } from './withdrawn-environments.ts';
