/**
 * Bundles: what a template bundle is, what its schema asks for, and what it renders to (pure).
 *
 * Lives here: reading archives safely, the check, the parameter schema, specs, input resolution, rendering of parts.
 * Never here: SQL, cloud calls, which versions exist. Start at check-bundle.ts.
 */
export {
  type Bundle,
  type BundleKind,
  type BundleLimits,
  bundleText,
  makeBundle,
  manifestPath,
  type PartName,
  type ProvisioningMethod,
  partDirectories,
  usualBundleLimits,
} from './bundle.ts';
export { type CheckedBundle, type CheckOptions, checkBundle, isAcceptable } from './check-bundle.ts';
export { errorFinding, type Finding, warningFinding, wholeFile } from './finding.ts';
export { givenInputs } from './given-inputs.ts';
export { isWithin, type Pointer, parsePointer, pointerText } from './json-pointer.ts';
export { type CodebuildSettings, type Manifest, readManifest } from './manifest.ts';
export {
  type ComponentNames,
  componentData,
  type EnvironmentNames,
  environmentData,
  type InstanceNames,
  instanceData,
  pipelineData,
  type RenderingData,
  type ServiceNames,
} from './namespaces.ts';
export { packBundleArchive } from './pack-archive.ts';
export {
  type InputTypeKey,
  inputSchema,
  type ParameterSchema,
  readParameterSchema,
} from './parameter-schema.ts';
export type { PropertySchema } from './property-schema.ts';
export { protonJson, provisioningData } from './provisioning-data.ts';
export { type ReadArchiveRefusal, readBundleArchive } from './read-archive.ts';
export { type ReadFolderRefusal, readBundleFolder } from './read-folder.ts';
export {
  readTerraformModule,
  readTerraformPart,
  type TerraformModule,
  type TerraformModuleRefusal,
  type TerraformOutput,
  type TerraformResource,
  type TerraformVariable,
} from './read-terraform-module.ts';
export {
  type ReadUpgradeStep,
  readUpgradeStep,
  upgradeStepsOf,
  upgradeStepTexts,
} from './read-upgrade-step.ts';
export {
  codebuildInputs,
  type InputsFile,
  type RenderCodebuildRefusal,
  renderCodebuild,
} from './render-codebuild.ts';
export {
  originOf,
  type RenderedPart,
  type RenderJob,
  renderJob,
  runRenderJob,
} from './render-part.ts';
export { RenderPool, type RenderPoolOptions } from './render-pool.ts';
export { replaceSpecInputs, type SpecPart } from './replace-spec-inputs.ts';
export {
  type InputIssue,
  type Inputs,
  type InputsRefusal,
  resolveInputs,
  resolveStoredInputs,
} from './resolve-inputs.ts';
export { bundleRules, type RuleId } from './rules.ts';
export {
  type Incompatibility,
  type IncompatibilityKind,
  propertyIncompatibilities,
  schemaIncompatibilities,
} from './schema-compatibility.ts';
export {
  currentValue,
  type EnvironmentSpec,
  type InstanceSpec,
  parseEnvironmentSpec,
  parseServiceSpec,
  readServiceSpec,
  type ServiceSpec,
  type ServiceSpecReading,
  type SpecProblem,
  type SpecRefusal,
  substituteCurrentValues,
  withoutInstance,
  withPartOf,
} from './spec.ts';
export {
  type CompatibleEnvironment,
  environmentTexts,
  readTemplateRegistration,
  type TemplateRegistration,
  type TemplateRegistrationRefusal,
} from './template-registration.ts';
export { type TerraformRequest, terraformFiles, terraformVariables } from './terraform-files.ts';
export { trialRendering } from './trial-data.ts';
export {
  compileExpression,
  type ExpressionProblem,
  type ExpressionRefusal,
  type ExpressionSight,
  type UpgradeExpression,
} from './upgrade-expression.ts';
export {
  describeOp,
  type ScalarType,
  type StepOps,
  type StepVersion,
  stepName,
  type UpgradeOp,
  type UpgradeStep,
} from './upgrade-step.ts';
