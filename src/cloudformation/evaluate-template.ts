import { accept, type Result, type SourcePosition } from '../errors/index.ts';
import { decideConditions } from './conditions.ts';
import { Evaluation, type EvaluationContext, type Reference, type Truth } from './evaluation.ts';
import { evaluateValue, noValue } from './intrinsics.ts';
import { hasOpenLoops } from './loops.ts';
import { brokenRule } from './rules.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import {
  type DeletionPolicy,
  deletionPolicies,
  type OutputDeclaration,
  positionIn,
  type ResourceDeclaration,
  resourcePosition,
  type StackTemplate,
} from './stack-template.ts';
import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isScalar,
  isUnknown,
  objectFrom,
  scalarText,
  type TemplateObject,
  type TemplateValue,
  type UnknownValue,
} from './template-value.ts';

export interface EvaluatedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: EvaluatedObject;
  /** True, or unknown while its condition is. A resource whose condition is false is not evaluated at all. */
  readonly present: true | UnknownValue;
  /** Resources read by its properties and metadata, in the branches taken. */
  readonly references: readonly Reference[];
  /** `DependsOn`, without resources whose condition is false. */
  readonly dependsOn: readonly string[];
  /** With the service's default if the template says nothing. */
  readonly deletionPolicy: DeletionPolicy;
  readonly updateReplacePolicy: DeletionPolicy;
  readonly metadata?: EvaluatedObject;
  readonly creationPolicy?: EvaluatedObject;
  readonly updatePolicy?: EvaluatedObject;
  readonly position: SourcePosition;
}

export interface EvaluatedOutput {
  readonly name: string;
  readonly value: string | UnknownValue;
  readonly description?: string;
  readonly exportName?: string | UnknownValue;
  readonly present: true | UnknownValue;
  readonly references: readonly Reference[];
  readonly position: SourcePosition;
}

/** A whole template with values; what a condition turns off is not there. */
export interface EvaluatedTemplate {
  readonly template: StackTemplate;
  readonly conditions: ReadonlyMap<string, Truth>;
  readonly resources: ReadonlyMap<string, EvaluatedResource>;
  readonly outputs: ReadonlyMap<string, EvaluatedOutput>;
}

/**
 * A template with its conditions decided. Resources and outputs are evaluated when asked for, with the resolver as
 * it answers then: a stack is worked on resource by resource.
 */
export interface OpenEvaluation {
  readonly template: StackTemplate;
  readonly conditions: ReadonlyMap<string, Truth>;
  /** Logical ids whose condition is not false, in the order of the template. */
  readonly resourceIds: readonly string[];
  /** Only for an id of `resourceIds`. */
  resource(logicalId: string): Result<EvaluatedResource, StackRefusal>;
  outputs(): Result<ReadonlyMap<string, EvaluatedOutput>, StackRefusal>;
}

/**
 * Checks the rules of a template and decides its conditions.
 * @refuses stack-parameter-invalid for a broken rule, stack-template-invalid, stack-template-circular, stack-evaluation-failed
 */
export function openEvaluation(
  template: StackTemplate,
  context: EvaluationContext,
): Result<OpenEvaluation, StackRefusal> {
  if (hasOpenLoops(template.body)) {
    return { ok: false, refusal: stackRefusal('stack-template-unsupported', 'Fn::ForEach was not expanded before.') };
  }
  const broken = brokenRule(template, context);
  if (broken) return { ok: false, refusal: broken };
  const decided = decideConditions(template, context);
  if (!decided.ok) return decided;
  const conditions = decided.value;
  const present = [...template.resources.values()].filter(
    ({ condition }) => isPresent(conditions, condition) !== false,
  );
  return accept({
    template,
    conditions,
    resourceIds: present.map(({ logicalId }) => logicalId),
    resource: (logicalId) => evaluateResource(template, context, conditions, template.resources.get(logicalId)!),
    outputs: () => evaluateOutputs(template, context, conditions),
  });
}

/**
 * Evaluates a whole template: conditions, then every resource and output they leave in.
 * Without a resolver everything that hangs on a resource is an UnknownValue: this is how a preview sees a template.
 * @refuses stack-template-invalid, stack-template-circular, stack-evaluation-failed, stack-template-unsupported
 */
export function evaluateTemplate(
  template: StackTemplate,
  context: EvaluationContext,
): Result<EvaluatedTemplate, StackRefusal> {
  const opened = openEvaluation(template, context);
  if (!opened.ok) return opened;
  const resources = new Map<string, EvaluatedResource>();
  for (const logicalId of opened.value.resourceIds) {
    const resource = opened.value.resource(logicalId);
    if (!resource.ok) return resource;
    resources.set(logicalId, resource.value);
  }
  const outputs = opened.value.outputs();
  if (!outputs.ok) return outputs;
  return accept({ template, conditions: opened.value.conditions, resources, outputs: outputs.value });
}

type Conditions = ReadonlyMap<string, Truth>;

/** A condition nobody declared counts as true here; checkStackTemplate refuses it. */
function isPresent(conditions: Conditions, condition: string | undefined): Truth {
  return condition === undefined ? true : (conditions.get(condition) ?? true);
}

function evaluateResource(
  template: StackTemplate,
  context: EvaluationContext,
  conditions: Conditions,
  declared: ResourceDeclaration,
): Result<EvaluatedResource, StackRefusal> {
  const { logicalId, type } = declared;
  const subject = { block: 'Resources', path: ['Resources', logicalId] } as const;
  const evaluation = new Evaluation(template, context, conditions, subject);
  const properties = evaluateMember(evaluation, declared.properties) ?? objectFrom<EvaluatedValue>([]);
  const metadata = evaluateMember(evaluation, declared.metadata);
  const creationPolicy = evaluateMember(evaluation, declared.creationPolicy);
  const updatePolicy = evaluateMember(evaluation, declared.updatePolicy);
  const deletionPolicy =
    policy(evaluation, declared, 'DeletionPolicy', declared.deletionPolicy) ?? defaultDeletionPolicy(type, properties);
  const updateReplacePolicy =
    policy(evaluation, declared, 'UpdateReplacePolicy', declared.updateReplacePolicy) ?? 'Delete';
  if (evaluation.refusal) return { ok: false, refusal: evaluation.refusal };
  return accept({
    logicalId,
    type,
    properties,
    present: presence(conditions, declared.condition),
    references: evaluation.references,
    dependsOn: declared.dependsOn.filter(
      (id) => isPresent(conditions, template.resources.get(id)?.condition) !== false,
    ),
    deletionPolicy,
    updateReplacePolicy,
    metadata,
    creationPolicy,
    updatePolicy,
    position: resourcePosition(template, logicalId),
  });
}

function presence(conditions: Conditions, condition: string | undefined): true | UnknownValue {
  const truth = isPresent(conditions, condition);
  return isUnknown(truth) ? truth : true;
}

function evaluateMember(evaluation: Evaluation, member: TemplateObject | undefined): EvaluatedObject | undefined {
  if (!member) return undefined;
  const value = evaluateValue(evaluation, member);
  // A whole member may be an Fn::If that gives nothing, or that is not decided yet.
  return value !== noValue && isEvaluatedObject(value) ? value : undefined;
}

function policy(
  evaluation: Evaluation,
  { logicalId }: ResourceDeclaration,
  name: 'DeletionPolicy' | 'UpdateReplacePolicy',
  written: TemplateValue | undefined,
): DeletionPolicy | undefined {
  if (written === undefined) return undefined;
  const value = evaluateValue(evaluation, written);
  const known = deletionPolicies.find((known) => known === value);
  if (known || value === noValue || isUnknown(value)) return known;
  const resource = evaluation.template.body.Resources as TemplateObject;
  evaluation.refuse(
    `Template error: Unrecognized ${name} ${isScalar(value) ? value : 'object'} for resource ${logicalId}`,
    resource[logicalId] as TemplateObject,
    name,
    'stack-template-invalid',
  );
  return undefined;
}

/** Source: CloudFormation user guide, "DeletionPolicy attribute": clusters and stand-alone instances keep a snapshot. */
function defaultDeletionPolicy(type: string, properties: EvaluatedObject): DeletionPolicy {
  if (type === 'AWS::RDS::DBCluster') return 'Snapshot';
  if (type === 'AWS::RDS::DBInstance' && properties.DBClusterIdentifier === undefined) return 'Snapshot';
  return 'Delete';
}

function evaluateOutputs(
  template: StackTemplate,
  context: EvaluationContext,
  conditions: Conditions,
): Result<ReadonlyMap<string, EvaluatedOutput>, StackRefusal> {
  const outputs = new Map<string, EvaluatedOutput>();
  for (const declared of template.outputs.values()) {
    if (isPresent(conditions, declared.condition) === false) continue;
    const output = evaluateOutput(template, context, conditions, declared);
    if (!output.ok) return output;
    if (output.value) outputs.set(declared.name, output.value);
  }
  return accept(outputs);
}

/** Undefined for an output whose value is AWS::NoValue. */
function evaluateOutput(
  template: StackTemplate,
  context: EvaluationContext,
  conditions: Conditions,
  declared: OutputDeclaration,
): Result<EvaluatedOutput | undefined, StackRefusal> {
  const { name, description } = declared;
  const subject = { block: 'Outputs', path: ['Outputs', name] } as const;
  const evaluation = new Evaluation(template, context, conditions, subject);
  const value = evaluateValue(evaluation, declared.value);
  const exportName = declared.exportName === undefined ? undefined : evaluateValue(evaluation, declared.exportName);
  if (evaluation.refusal) return { ok: false, refusal: evaluation.refusal };
  if (value === noValue) return accept(undefined);
  const position = positionIn(template, ['Outputs', name]);
  if (!isText(value))
    return refuseOutput(
      `Template format error: The Value field of every Outputs member must evaluate to a String.`,
      position,
    );
  if (exportName !== undefined && exportName !== noValue && !isText(exportName)) {
    return refuseOutput('Template format error: Output Export Name must evaluate to a String.', position);
  }
  return accept({
    name,
    value: outputText(value),
    description,
    exportName: exportName === undefined || exportName === noValue ? undefined : outputText(exportName),
    present: presence(conditions, declared.condition),
    references: evaluation.references,
    position,
  });
}

function refuseOutput(message: string, position: SourcePosition): { ok: false; refusal: StackRefusal } {
  return { ok: false, refusal: stackRefusal('stack-evaluation-failed', message, position) };
}

type OutputText = string | number | boolean | UnknownValue;

function isText(value: EvaluatedValue): value is OutputText {
  return !isEvaluatedList(value) && !isEvaluatedObject(value);
}

function outputText(value: OutputText): string | UnknownValue {
  return isUnknown(value) ? value : scalarText(value);
}
