import {
  type EvaluatedResource,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isUnknown,
  openEvaluation,
  replacementAt,
  resourceSchema,
  type StackTemplate,
  UnknownValue,
} from '../../cloudformation/index.ts';
import type { ChangeDetail, ChangeScope, ResourceChange } from '../state/change-set.ts';
import type { Json } from '../state/json.ts';
import { isThere, type Stack, type StackDefinition, type StackResource } from '../state/stack.ts';
import { stackType } from '../state/stack-events.ts';
import { attributeOf } from './published-type.ts';
import { availabilityZones, isSameTags, plainData, plainObject, type StackGoal } from './stack-goal.ts';
import { changedPaths } from './update-impact.ts';

/**
 * What bringing a stack to a goal would do, resource by resource, as a change set says it. Nothing is done for it: a
 * value that hangs on a resource which will change is unknown, and the change that it may cause is "dynamic".
 * @param unchanged nested stacks that are known not to change by themselves
 */
export function changesTo(
  stack: Stack,
  goal: StackGoal,
  tags: StackDefinition['tags'],
  exported: (name: string) => string | undefined,
  unchanged: ReadonlySet<string> = new Set(),
): ResourceChange[] {
  const changes = new Map<string, ResourceChange>();
  const resources = evaluateAgainst(stack, goal, changes, exported);
  const tagsChange = !isSameTags(stack.definition.tags, tags);
  const parameters = changedParameters(stack.definition, goal);
  for (const logicalId of goal.order) {
    const current = stack.resources.get(logicalId);
    const desired = resources(logicalId);
    if (!desired) continue;
    if (!isThere(current)) changes.set(logicalId, added(desired));
    else {
      const change = modified(current, desired, { goal, parameters, tagsChange, unchanged });
      if (change) changes.set(logicalId, change);
    }
  }
  for (const resource of stack.resources.values()) {
    if (isThere(resource) && !goal.evaluated.resources.has(resource.logicalId)) {
      changes.set(resource.logicalId, removed(resource));
    }
  }
  return [...changes.values()];
}

type Changes = ReadonlyMap<string, ResourceChange>;

/** Evaluates resources one after the other, knowing only what the changes found so far leave as it is. */
function evaluateAgainst(
  stack: Stack,
  goal: StackGoal,
  changes: Changes,
  exported: (name: string) => string | undefined,
): (logicalId: string) => EvaluatedResource | undefined {
  const unknownRef = (logicalId: string) => new UnknownValue({ Ref: logicalId }, [{ logicalId }]);
  const { template, parameters, pseudo } = goal;
  const opened = openEvaluation(template, {
    parameters,
    pseudo,
    resolve: {
      azs: availabilityZones,
      importValue: (name) => exported(name) ?? '',
      ref: (logicalId) => {
        const current = stack.resources.get(logicalId);
        const stays = isThere(current) && (changes.get(logicalId)?.replacement ?? 'False') === 'False';
        return stays ? current.physicalId : unknownRef(logicalId);
      },
      getAtt: (logicalId, attribute) => {
        const current = stack.resources.get(logicalId);
        const value = isThere(current) && !changes.has(logicalId) ? attributeOf(current, attribute) : undefined;
        return (value as EvaluatedValue | undefined) ?? unknownAttribute(logicalId, attribute);
      },
    },
  });
  return (logicalId) => {
    const resource = opened.ok ? opened.value.resource(logicalId) : undefined;
    return resource?.ok ? resource.value : undefined;
  };
}

function unknownAttribute(logicalId: string, attribute: string): UnknownValue {
  return new UnknownValue({ 'Fn::GetAtt': [logicalId, attribute] }, [{ logicalId, attribute }]);
}

/** Names of the parameters whose values differ. */
function changedParameters(before: StackDefinition, { parameters }: StackGoal): ReadonlySet<string> {
  const values = new Map(before.parameters.map(({ key, value, resolvedValue }) => [key, resolvedValue ?? value]));
  const changed = [...parameters.values()].filter(({ name, value, text }) => {
    const now = Array.isArray(value) ? value.join(',') : String(value);
    return values.get(name) !== now && values.get(name) !== text;
  });
  return new Set(changed.map(({ name }) => name));
}

function added({ logicalId, type, properties }: EvaluatedResource): ResourceChange {
  return { action: 'Add', logicalId, type, scope: [], details: [], after: { Properties: plainData(properties) } };
}

function removed(resource: StackResource): ResourceChange {
  const { logicalId, physicalId, type, deletionPolicy, properties } = resource;
  const kept = deletionPolicy === 'Retain' || deletionPolicy === 'RetainExceptOnCreate';
  const policyAction = kept ? 'Retain' : deletionPolicy === 'Snapshot' ? 'Snapshot' : 'Delete';
  const before = { Properties: properties };
  return { action: 'Remove', logicalId, physicalId, type, policyAction, scope: [], details: [], before };
}

interface Comparing {
  readonly goal: StackGoal;
  readonly parameters: ReadonlySet<string>;
  readonly tagsChange: boolean;
  readonly unchanged: ReadonlySet<string>;
}

function modified(
  current: StackResource,
  desired: EvaluatedResource,
  comparing: Comparing,
): ResourceChange | undefined {
  const { logicalId, physicalId, type } = current;
  const found = [...propertyDetails(current, desired, comparing), ...attributeDetails(current, desired, comparing)];
  const mayChange = type === stackType && !comparing.unchanged.has(logicalId);
  const details = found.length === 0 && mayChange ? [byItself] : found;
  if (details.length === 0) return undefined;
  const replacement = replacementOf(details);
  const scope = [...new Set(details.map(({ attribute }) => attribute))];
  return {
    action: 'Modify',
    logicalId,
    physicalId,
    type,
    policyAction: replacement === 'True' ? replacePolicyAction(desired) : undefined,
    replacement,
    scope,
    details,
    before: { Properties: current.properties },
    after: { Properties: plainData(desired.properties) },
  };
}

/** The template of a nested stack may have changed behind its address. Source: API reference, ResourceChangeDetail. */
const byItself: ChangeDetail = {
  attribute: 'Properties',
  requiresRecreation: 'Never',
  evaluation: 'Dynamic',
  source: 'Automatic',
};

function replacementOf(details: readonly ChangeDetail[]): 'True' | 'False' | 'Conditional' {
  const replacing = details.filter(({ requiresRecreation }) => requiresRecreation !== 'Never');
  if (replacing.some(({ requiresRecreation: when, evaluation }) => when === 'Always' && evaluation === 'Static'))
    return 'True';
  return replacing.length > 0 ? 'Conditional' : 'False';
}

function replacePolicyAction({ updateReplacePolicy }: EvaluatedResource) {
  if (updateReplacePolicy === 'Retain') return 'ReplaceAndRetain' as const;
  return updateReplacePolicy === 'Snapshot' ? ('ReplaceAndSnapshot' as const) : ('ReplaceAndDelete' as const);
}

function propertyDetails(current: StackResource, desired: EvaluatedResource, comparing: Comparing): ChangeDetail[] {
  const after = plainObject(desired.properties);
  const paths = changedPaths(current.properties, after);
  const names = [...new Set(paths.map(([name]) => String(name)))];
  return names.flatMap((name) => {
    const requiresRecreation = recreation(
      current.type,
      paths.filter(([first]) => first === name),
    );
    const value = Object.hasOwn(desired.properties, name) ? desired.properties[name] : undefined;
    return causes(current.logicalId, name, value, comparing).map(
      (cause): ChangeDetail => ({ attribute: 'Properties', name, requiresRecreation, ...cause }),
    );
  });
}

function recreation(
  type: string,
  paths: readonly (readonly (string | number)[])[],
): ChangeDetail['requiresRecreation'] {
  const schema = resourceSchema(type);
  const rules = schema ? paths.map((path) => replacementAt(schema, path).replaces) : [];
  if (rules.includes('yes')) return 'Always';
  return rules.includes('maybe') ? 'Conditionally' : 'Never';
}

type Cause = Pick<ChangeDetail, 'evaluation' | 'source' | 'causingEntity'>;

/** Why a property changes. Source: API reference, ResourceChangeDetail. */
function causes(logicalId: string, name: string, value: EvaluatedValue | undefined, comparing: Comparing): Cause[] {
  const reads = value === undefined ? [] : unknownReads(value);
  if (reads.length > 0) {
    return reads.map(({ logicalId: on, attribute }) =>
      attribute === undefined
        ? { evaluation: 'Dynamic', source: 'ResourceReference', causingEntity: on }
        : { evaluation: 'Dynamic', source: 'ResourceAttribute', causingEntity: `${on}.${attribute}` },
    );
  }
  const parameters = parametersIn(comparing.goal.template, logicalId, name).filter((read) =>
    comparing.parameters.has(read),
  );
  if (parameters.length === 0) return [{ evaluation: 'Static', source: 'DirectModification' }];
  return [
    { evaluation: 'Dynamic', source: 'DirectModification' },
    ...parameters.map((read): Cause => ({ evaluation: 'Static', source: 'ParameterReference', causingEntity: read })),
  ];
}

function unknownReads(value: EvaluatedValue): UnknownValue['reads'] {
  if (isUnknown(value)) return value.reads;
  if (isEvaluatedList(value)) return value.flatMap(unknownReads);
  return isEvaluatedObject(value) ? Object.values(value).flatMap(unknownReads) : [];
}

/** Parameters that the property reads, as written. */
function parametersIn(template: StackTemplate, logicalId: string, name: string): string[] {
  const written = template.resources.get(logicalId)?.properties[name];
  const text = JSON.stringify(written ?? null);
  return [...template.parameters.keys()].filter(
    (parameter) => text.includes(`{"Ref":"${parameter}"}`) || text.includes(`\${${parameter}}`),
  );
}

function attributeDetails(
  current: StackResource,
  desired: EvaluatedResource,
  { tagsChange }: Comparing,
): ChangeDetail[] {
  const direct = (attribute: ChangeScope): ChangeDetail => ({
    attribute,
    requiresRecreation: 'Never',
    evaluation: 'Static',
    source: 'DirectModification',
  });
  const details: ChangeDetail[] = [];
  const metadata: Json | undefined = desired.metadata && plainData(desired.metadata);
  if (changedPaths(current.metadata, metadata).length > 0) details.push(direct('Metadata'));
  if (current.deletionPolicy !== desired.deletionPolicy) details.push(direct('DeletionPolicy'));
  if (current.updateReplacePolicy !== desired.updateReplacePolicy) details.push(direct('UpdateReplacePolicy'));
  if (tagsChange && resourceSchema(current.type)?.tags) details.push(direct('Tags'));
  return details;
}
