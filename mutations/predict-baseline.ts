import { fullDiff, ResourceImpact as TheirImpact } from '@aws-cdk/cloudformation-diff';
import type { Inputs } from '../src/bundles/index.ts';
import {
  type Bump,
  type ChangeFlag,
  graverClass,
  graverVerdict,
  type InstanceVerdict,
  type ResourceImpact,
  type TypeClass,
  typeClass,
  type VersionClass,
} from '../src/changes/index.ts';
import { parseStackTemplate, type StackTemplate } from '../src/cloudformation/index.ts';
import type { CaseVersion, MutationCase } from './case-folder.ts';
import { caseUpgrade } from './case-upgrade.ts';
import { caseVersion } from './case-versions.ts';
import type { Prediction } from './score.ts';

/** What the baseline is given: the templates as they are written, or as we render them with the inputs of the case. */
export const baselineForms = ['written', 'rendered'] as const;
export type BaselineForm = (typeof baselineForms)[number];

/**
 * What `@aws-cdk/cloudformation-diff` says of a case. It names the impact on each resource and compares no interfaces; the
 * class and the verdict are what our classes of types make of its impacts, which is more than it says itself.
 */
export function predictBaseline(mutation: MutationCase, form: BaselineForm): Prediction {
  const sides = form === 'written' ? writtenSides(mutation) : renderedSides(mutation);
  // It writes into what it compares.
  const [before, after] = JSON.parse(JSON.stringify(sides)) as [Record<string, unknown>, Record<string, unknown>];
  const { resources, iamChanges, securityGroupChanges } = fullDiff(before, after);
  const types = new Map<string, string>();
  const impacts = new Map<string, ResourceImpact>();
  for (const [logicalId, change] of Object.entries(resources.changes)) {
    impacts.set(logicalId, impactOf[change.changeImpact]);
    types.set(logicalId, change.oldResourceType ?? change.newResourceType ?? '');
  }
  const lost = [...impacts].map(([logicalId, impact]) => lossOf(impact, typeClass(types.get(logicalId) ?? '')));
  const versionClass = lost.map(([each]) => each).reduce(graverClass, 'compatible');
  const verdict = lost.map(([, each]) => each).reduce(graverVerdict, 'no-change');
  const flags: ChangeFlag[] = [];
  if (iamChanges.permissionsBroadened) flags.push('privilege-widening');
  if (securityGroupChanges.rulesAdded) flags.push('exposure-widening');
  if ([...impacts.values()].includes('retain')) flags.push('orphan');
  return { versionClass, requiredBump: bumpOf(versionClass, verdict), verdict, resources: impacts, flags };
}

const impactOf: Readonly<Record<TheirImpact, ResourceImpact>> = {
  [TheirImpact.NO_CHANGE]: 'none',
  [TheirImpact.WILL_CREATE]: 'add',
  [TheirImpact.WILL_IMPORT]: 'none',
  [TheirImpact.WILL_UPDATE]: 'update-in-place',
  [TheirImpact.MAY_REPLACE]: 'conditional-replace',
  [TheirImpact.WILL_REPLACE]: 'replace',
  [TheirImpact.WILL_DESTROY]: 'remove',
  [TheirImpact.WILL_ORPHAN]: 'retain',
};

function lossOf(impact: ResourceImpact, kind: TypeClass): readonly [VersionClass, InstanceVerdict] {
  if (impact === 'none') return ['compatible', 'no-change'];
  if (impact === 'add' || impact === 'update-in-place') return ['compatible', 'in-place'];
  if (kind === 'stateful' && impact !== 'retain') return ['data-affecting', 'data-at-risk'];
  const isMild = kind === 'revision' || kind === 'observer' || (kind === 'link' && impact !== 'remove');
  return isMild ? ['compatible', 'in-place'] : ['breaking', 'replacement'];
}

function bumpOf(versionClass: VersionClass, verdict: InstanceVerdict): Bump {
  if (versionClass !== 'compatible') return 'major';
  return verdict === 'no-change' ? 'patch' : 'minor';
}

function writtenSides({ id, before, after, read }: MutationCase): readonly unknown[] {
  return [before, after].map(({ template }: CaseVersion) => {
    const parsed = parseStackTemplate(read(template), template);
    if (!parsed.ok) throw new Error(`${id}: ${parsed.refusal.message}`);
    return longForm(parsed.value);
  });
}

/** The template as CloudFormation's JSON has it. */
function longForm({ parameters, mappings, conditions, resources, outputs, transforms }: StackTemplate): unknown {
  return {
    ...(transforms.length > 0 && { Transform: transforms }),
    Parameters: Object.fromEntries(
      [...parameters].map(([name, { type, default: value }]) => [name, { Type: type, Default: value }]),
    ),
    Mappings: mappings,
    Conditions: Object.fromEntries(conditions),
    Resources: Object.fromEntries(
      [...resources].map(([logicalId, resource]) => [
        logicalId,
        {
          Type: resource.type,
          Properties: resource.properties,
          DependsOn: resource.dependsOn,
          Condition: resource.condition,
          DeletionPolicy: resource.deletionPolicy,
          UpdateReplacePolicy: resource.updateReplacePolicy,
          UpdatePolicy: resource.updatePolicy,
          Metadata: resource.metadata,
        },
      ]),
    ),
    Outputs: Object.fromEntries([...outputs].map(([name, { value }]) => [name, { Value: value }])),
  };
}

/** Where the new version cannot be rendered, there is nothing to compare. */
function renderedSides(mutation: MutationCase): readonly unknown[] {
  const { before, after, instance } = mutation;
  const upgraded = caseUpgrade(mutation)(instance.inputs);
  const was = renderedSide(mutation, before, instance.inputs);
  const is = upgraded.ok ? renderedSide(mutation, after, upgraded.value) : undefined;
  return [was ?? { Resources: {} }, is ?? was ?? { Resources: {} }];
}

function renderedSide({ instance, read }: MutationCase, side: CaseVersion, inputs: Inputs): unknown {
  const version = caseVersion(side, read(side.template), instance.context.environmentOutputs);
  const resolved = version.ok ? version.value.resolve(inputs) : version;
  const state = version.ok && resolved.ok ? version.value.state(resolved.value) : undefined;
  if (!state?.ok) return undefined;
  const resources = [...state.value.evaluated.resources.values()].map(
    ({ logicalId, type, properties, deletionPolicy, updateReplacePolicy }) => [
      logicalId,
      { Type: type, Properties: properties, DeletionPolicy: deletionPolicy, UpdateReplacePolicy: updateReplacePolicy },
    ],
  );
  return { Resources: Object.fromEntries(resources) };
}
