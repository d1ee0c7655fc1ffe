import {
  creationOrder,
  type EvaluatedOutput,
  type EvaluatedResource,
  type EvaluatedTemplate,
  type EvaluatedValue,
  evaluatedDependencies,
  evaluateTemplate,
  expandTransforms,
  isEvaluatedList,
  isUnknown,
  openEvaluation,
  type ParameterValues,
  type PseudoParameters,
  parseStackTemplate,
  type Resolver,
  resolveParameters,
  type StackRefusal,
  type StackTemplate,
} from '../../cloudformation/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { canonicalJson } from '../../identifiers/index.ts';
import type { Json, JsonObject } from '../state/json.ts';
import type { Stack, StackDefinition, StackOutput } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';

/** What an operation works towards: the definition, understood. */
export interface StackGoal {
  readonly template: StackTemplate;
  readonly parameters: ParameterValues;
  readonly pseudo: PseudoParameters;
  /** Without knowing any resource: what hangs on one is unknown. */
  readonly evaluated: EvaluatedTemplate;
  /** Logical ids, each behind those that it waits for. */
  readonly order: readonly string[];
  readonly dependencies: ReadonlyMap<string, readonly string[]>;
}

export type StackIdentity = Pick<Stack, 'id' | 'name' | 'accountId' | 'region'>;

/**
 * Understands a definition: parses its template, gives its parameters their values, orders its resources.
 * @refuses whatever CloudFormation refuses of a template or a parameter, in its words
 */
export function stackGoal(definition: StackDefinition, stack: StackIdentity): Result<StackGoal, StackRefusal> {
  const written = writtenTemplate(definition.template.body);
  if (!written.ok) return written;
  const parameters = parametersOf(written.value, definition.parameters);
  if (!parameters.ok) return parameters;
  const template = processedTemplate(definition.template.body, stack.region, parameters.value);
  if (!template.ok) return template;
  const pseudo: PseudoParameters = {
    accountId: stack.accountId,
    region: stack.region,
    stackName: stack.name,
    stackId: stack.id,
    notificationArns: definition.notificationArns,
  };
  const resolve: Resolver = { azs: availabilityZones };
  const evaluated = evaluateTemplate(template.value, { parameters: parameters.value, pseudo, resolve });
  if (!evaluated.ok) return evaluated;
  const graph = evaluatedDependencies(evaluated.value);
  const order = creationOrder(graph);
  if (!order.ok) return order;
  const dependencies = new Map([...graph].map(([id, on]) => [id, [...new Set(on.map((dependency) => dependency.on))]]));
  return accept({
    template: template.value,
    parameters: parameters.value,
    pseudo,
    evaluated: evaluated.value,
    order: order.value,
    dependencies,
  });
}

/** Keeps the latest results of a pure function: one fleet has many stacks of few templates. */
class Kept<Value> {
  readonly #values = new Map<string, Value>();
  readonly #sizeMax = 200;

  of(key: string, make: () => Value): Value {
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (this.#values.size >= this.#sizeMax) this.#values.delete(this.#values.keys().next().value ?? '');
    this.#values.set(key, made);
    return made;
  }
}

const parsed = new Kept<Result<StackTemplate, StackRefusal>>();
const expanded = new Kept<Result<StackTemplate, StackRefusal>>();

/** A template as it was written. */
export function writtenTemplate(body: string): Result<StackTemplate, StackRefusal> {
  return parsed.of(body, () => parseStackTemplate(body));
}

/** The template as the service works on it: its transforms, which may read parameters, are expanded. */
export function processedTemplate(
  body: string,
  region: string,
  parameters?: ParameterValues,
): Result<StackTemplate, StackRefusal> {
  const written = writtenTemplate(body);
  if (!written.ok || written.value.transforms.length === 0) return written;
  const key = canonicalJson([region, [...(parameters ?? [])], body]);
  return expanded.of(key, () => expandTransforms(written.value, { region, parameters }));
}

/** @refuses what CloudFormation refuses of parameters, in its words */
export function parametersOf(
  template: StackTemplate,
  parameters: StackDefinition['parameters'],
): Result<ParameterValues, StackRefusal> {
  const given = new Map(parameters.map(({ key, value }) => [key, value]));
  const resolved = new Map(parameters.map(({ value, resolvedValue }) => [value, resolvedValue]));
  return resolveParameters(template, given, { ssm: (name) => resolved.get(name) });
}

/** The real regions have between two and six; three are enough for every template. */
export function availabilityZones(region: string): readonly string[] {
  return ['a', 'b', 'c'].map((zone) => `${region}${zone}`);
}

export interface Imports {
  readonly names: readonly string[];
  /** The first name that nobody exports. */
  readonly missing?: string;
}

/** Names of the exports that the template reads. */
export function importsOf(goal: StackGoal, exported: (name: string) => string | undefined): Imports {
  const names = new Set<string>();
  let missing: string | undefined;
  const importValue = (name: string) => {
    names.add(name);
    const value = exported(name);
    if (value === undefined) missing ??= name;
    return value ?? '';
  };
  const { template, parameters, pseudo } = goal;
  evaluateTemplate(template, { parameters, pseudo, resolve: { azs: availabilityZones, importValue } });
  return { names: [...names], missing };
}

/** Whether two definitions want the same resources and outputs. What a policy alone changes counts too. */
export function isSameGoal(left: StackGoal, right: StackGoal): boolean {
  const resources = ({ evaluated }: StackGoal) =>
    [...evaluated.resources.values()]
      .map(({ position: _, references: __, dependsOn: ___, ...rest }) => rest)
      .toSorted((a, b) => (a.logicalId < b.logicalId ? -1 : 1));
  const outputs = ({ evaluated }: StackGoal) =>
    [...evaluated.outputs.values()]
      .map(({ position: _, references: __, ...rest }) => rest)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return (
    canonicalJson(resources(left)) === canonicalJson(resources(right)) &&
    canonicalJson(outputs(left)) === canonicalJson(outputs(right))
  );
}

/** What is known of resources that are there already, and of exports. */
export interface Surroundings {
  physicalId(logicalId: string): string;
  attribute(logicalId: string, name: string): Json | undefined;
  exported(name: string): string | undefined;
}

/** A goal that is being worked on: resources are evaluated when their turn comes, with what is there by then. */
export interface OpenGoal extends StackGoal {
  resource(logicalId: string): Result<EvaluatedResource, StackRefusal>;
  outputs(): Result<readonly StackOutput[], StackRefusal>;
}

export function openGoal(goal: StackGoal, around: Surroundings): Result<OpenGoal, StackRefusal> {
  const { template, parameters, pseudo } = goal;
  const resolve: Resolver = {
    azs: availabilityZones,
    ref: (logicalId) => around.physicalId(logicalId),
    getAtt: (logicalId, name) => around.attribute(logicalId, name) as EvaluatedValue | undefined,
    importValue: (name) => around.exported(name),
  };
  const opened = openEvaluation(template, { parameters, pseudo, resolve });
  if (!opened.ok) return opened;
  const evaluation = opened.value;
  return accept({
    ...goal,
    resource: (logicalId) => evaluation.resource(logicalId),
    outputs: () => {
      const outputs = evaluation.outputs();
      return outputs.ok ? accept([...outputs.value.values()].map(stackOutput)) : outputs;
    },
  });
}

function stackOutput({ name, value, description, exportName }: EvaluatedOutput): StackOutput {
  return {
    key: name,
    value: textOf(value),
    description,
    exportName: exportName === undefined ? undefined : textOf(exportName),
  };
}

function textOf(value: unknown): string {
  return isUnknown(value) ? JSON.stringify(value) : String(value).replaceAll('\u0000', '\ufffd');
}

/** Evaluated properties as plain data. A NUL cannot be stored; the real service refuses it in most places. */
export function plainData(value: EvaluatedValue): Json {
  if (typeof value === 'string') return value.replaceAll('\u0000', '\ufffd');
  if (typeof value !== 'object') return value;
  if (isUnknown(value)) return plainData(value.toJSON() as EvaluatedValue);
  if (isEvaluatedList(value)) return value.map(plainData);
  return Object.fromEntries(
    Object.entries(value as { [key: string]: EvaluatedValue }).map(([key, member]) => [
      key.replaceAll('\u0000', '\ufffd'),
      plainData(member),
    ]),
  );
}

export function plainObject(value: EvaluatedValue): JsonObject {
  return plainData(value) as JsonObject;
}

/**
 * A stack whose last operation was left in the middle always has something to do.
 * @param unchanged nested stacks that are known not to change by themselves
 */
export function changesNothing(
  stack: Stack,
  definition: StackDefinition,
  goal: StackGoal,
  unchanged: ReadonlySet<string> = new Set(),
): boolean {
  if (stack.stuck || mayChangeInside(goal, unchanged)) return false;
  const before = stackGoal(stack.definition, stack);
  if (!before.ok || !isSameGoal(before.value, goal)) return false;
  const settings = ({ notificationArns, roleArn }: StackDefinition) => JSON.stringify([notificationArns, roleArn]);
  return isSameTags(stack.definition.tags, definition.tags) && settings(stack.definition) === settings(definition);
}

/** They are a set: in another order they are the same. */
export function isSameTags(one: StackDefinition['tags'], other: StackDefinition['tags']): boolean {
  const values = new Map(one.map(({ key, value }) => [key, value]));
  return one.length === other.length && other.every(({ key, value }) => values.get(key) === value);
}

/** The templates of nested stacks may have changed behind their addresses. */
function mayChangeInside({ evaluated }: StackGoal, unchanged: ReadonlySet<string>): boolean {
  return [...evaluated.resources.values()].some(
    ({ type, logicalId }) => type === stackType && !unchanged.has(logicalId),
  );
}

/** What was sent, read and evaluated. */
export interface Understood {
  readonly definition: StackDefinition;
  readonly goal: StackGoal;
}
