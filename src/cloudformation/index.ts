/**
 * CloudFormation: templates parsed with positions, intrinsic functions evaluated, published resource schemas.
 *
 * Lives here: everything that can be said about a template without asking a cloud. All of it is pure.
 * Never here: stacks and their states, cloud calls, what a change means (that is changes/).
 * Start at parse-stack-template.ts; the usual way is parse, (expand transforms,) check, resolveParameters, evaluate.
 */
export {
  type Capability,
  capabilities,
  missingCapabilities,
  type RequiredCapabilities,
  requiredCapabilities,
} from './capabilities.ts';
export { type CertainRefusal, certainRefusal, type StackToBe } from './certain-refusal.ts';
export { checkStackTemplate, checkTemplateProperties } from './check-stack-template.ts';
export {
  creationOrder,
  type Dependency,
  type DependencyGraph,
  evaluatedDependencies,
  unconditionalDependencies,
  writtenDependencies,
} from './dependency-graph.ts';
export { type DocumentedUpdate, documentedUpdate, liesIn } from './documented-updates.ts';
export { type DynamicReference, dynamicReferencesIn } from './dynamic-references.ts';
export {
  type EvaluatedOutput,
  type EvaluatedResource,
  type EvaluatedTemplate,
  evaluateTemplate,
  type OpenEvaluation,
  openEvaluation,
} from './evaluate-template.ts';
export type { EvaluationContext, Reference, Resolver, Truth } from './evaluation.ts';
export { expandTransforms } from './expand-transforms.ts';
export {
  isListType,
  noEchoMask,
  type ParameterOptions,
  type ParameterValue,
  type ParameterValues,
  resolveParameters,
} from './parameters.ts';
export { parseStackTemplate, sectionSizeMax } from './parse-stack-template.ts';
export { isPseudoParameter, type PseudoParameters } from './pseudo-parameters.ts';
export type { PropertySchema, PropertySchemas, PropertyType, Replacement, ResourceSchema } from './resource-schema.ts';
export {
  attributeType,
  isCustomResource,
  isKnownResourceType,
  membersOf,
  propertySchemaAt,
  type ReplacementRule,
  refIdentifier,
  replacementAt,
  resourceSchema,
  resourceTypes,
} from './resource-schemas.ts';
export type { ExpansionOptions } from './sam/serverless-document.ts';
export { forbiddenSecureReferences } from './secure-references.ts';
export type { PlaceOrigin } from './source-positions.ts';
export { type StackRefusal, type StackRefusalCode, stackRefusalCodes } from './stack-refusal.ts';
export {
  type DeletionPolicy,
  type OutputDeclaration,
  type ParameterDeclaration,
  positionIn,
  type ResourceDeclaration,
  resourcePosition,
  type StackTemplate,
} from './stack-template.ts';
export { type LimitUse, limitUses, nearlyUsedUp } from './template-limits.ts';
export { templateBytesMax } from './template-text-rules.ts';
export {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  type ResourceRead,
  type TemplateObject,
  type TemplateValue,
  UnknownValue,
} from './template-value.ts';
export { normaliseProperties, type PropertyProblem, validateProperties } from './validate-properties.ts';
