import type { Inputs, PartName, ProvisioningMethod } from '../../bundles/index.ts';
import {
  type ChangeClass,
  type ChangeFlag,
  changeFlags,
  graverChange,
  graverVerdict,
  type InstanceVerdict,
  type StackAnalysis,
} from '../../changes/index.ts';
import type { RailReport } from '../../guard-rails/index.ts';
import { canonicalJson, contentHash } from '../../identifiers/index.ts';
import { isSamePlace, type Placement, type Preview } from '../../provisioners/index.ts';
import type { DeploymentId, Operation } from '../deployment.ts';
import type { Deployed } from '../renderings/deployed.ts';
import type { DeploymentRendering } from '../renderings/rendering.ts';
import type { TargetLocation } from '../target.ts';
import type { TargetState } from '../target-ref.ts';
import type { PlanId } from './plan-id.ts';
import { previewClass, previewDisagreements, providerAdds } from './preview-judgement.ts';

/** Everything that will be applied, and what it will be applied to. With what is said of it, it makes the id of a plan. */
export interface PlanContent {
  readonly operation: Operation;
  readonly targetArn: string;
  readonly method?: ProvisioningMethod;
  readonly stackName: string;
  readonly placements: readonly Placement[];
  /** What is in the cloud as far as it is known; absent: nothing, or it is not known. */
  readonly deployed?: {
    readonly templateDigest: string;
    /** Of what its nested stacks are made of; absent: it has none, or they are not known. */
    readonly childrenDigest?: string;
  };
  /** This and what follows is absent for a deletion, which needs none of it. */
  readonly template?: { readonly name: string; readonly majorVersion: number; readonly minorVersion: number };
  readonly bundleDigest?: string;
  readonly part?: PartName;
  readonly inputsDigest?: string;
  /** Of the rendered template, byte for byte. */
  readonly templateDigest?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly rollbackSkips?: readonly string[];
}

/** What happens in one account and region: said without a cloud, and where it was asked, by the provider. */
export interface PlannedTarget {
  readonly placement: Placement;
  readonly analysis: StackAnalysis;
  /** Absent: the provider was not asked. Its own words may change from one look to the next. */
  readonly preview?: Preview;
  /** Where the two say different things; both are kept. */
  readonly disagreements: readonly string[];
}

/** A value that somebody can read, compare and approve. An approval names its id; only that plan is applied. */
export interface Plan extends PlanContent {
  readonly id: PlanId;
  /** The graver of what the analysis and the provider say, over all targets. */
  readonly changeClass: ChangeClass;
  readonly verdict: InstanceVerdict | 'unknown';
  readonly flags: readonly ChangeFlag[];
  readonly targets: readonly PlannedTarget[];
  /** As people may read them: secret ones masked. */
  readonly inputs?: Inputs;
  /** What no later change brings back, each in a sentence. */
  readonly irreversible: readonly string[];
  /** What a reader should know besides. */
  readonly notes: readonly string[];
  /** What guard rails say. Absent: of what was planned before there were any, of a deletion before they looked at those. */
  readonly guardRails?: RailReport;
  /** Which deployment brought what is deployed. */
  readonly deployedBy?: DeploymentId;
}

interface PlanSubject {
  readonly operation: Operation;
  readonly targetArn: string;
  readonly deployed: Deployed;
}

export type Looked = Pick<PlannedTarget, 'placement' | 'analysis' | 'preview'>;

/** A creation or an update. @param looked one for each placement, in their order */
export function makePlan(
  subject: PlanSubject & { readonly targetState: TargetState },
  rendering: DeploymentRendering,
  looked: readonly Looked[],
): Plan {
  const { templateName: name, majorVersion, minorVersion } = subject.targetState;
  const content: PlanContent = {
    ...subjectOf(subject),
    template: { name, majorVersion, minorVersion },
    bundleDigest: rendering.bundleDigest,
    part: rendering.part,
    method: rendering.method,
    inputsDigest: rendering.inputsDigest,
    templateDigest: rendering.templateDigest,
    stackName: rendering.stackName,
    placements: rendering.placements,
    tags: rendering.tags,
    rollbackSkips: rendering.rollbackSkips,
  };
  const plan = judged(content, subject.deployed, looked);
  return { ...plan, notes: [...plan.notes, ...leftBehind(subject.deployed, rendering)], inputs: rendering.inputs };
}

/** Made from what is known to be deployed; no bundle is needed. */
export function makeDeletionPlan(
  subject: PlanSubject,
  location: TargetLocation & { readonly method?: ProvisioningMethod },
  looked: readonly Looked[],
): Plan {
  const { stackName, placements, method } = location;
  return judged({ ...subjectOf(subject), method, stackName, placements }, subject.deployed, looked);
}

/** A change goes where it is sent now; what lies elsewhere is not touched by it. */
function leftBehind(deployed: Deployed, { placements }: DeploymentRendering): readonly string[] {
  if (deployed.state !== 'rendered') return [];
  return deployed.rendering.placements
    .filter((former) => !placements.some((each) => isSamePlace(each, former)))
    .map(({ accountId, region }) => `What lies in ${accountId} ${region} stays there, and is no longer changed.`);
}

/** Whether what is at hand is what the plan was made of. */
export function isPlanned(plan: Plan, rendering: DeploymentRendering): boolean {
  return (
    plan.templateDigest === contentHash(Buffer.from(rendering.template)) && plan.inputsDigest === rendering.inputsDigest
  );
}

function subjectOf({ operation, targetArn, deployed }: PlanSubject) {
  if (deployed.state !== 'rendered') return { operation, targetArn };
  const { templateDigest, childTemplates = {} } = deployed.rendering;
  const childrenDigest = Object.keys(childTemplates).length > 0 ? contentHash(childTemplates) : undefined;
  return { operation, targetArn, deployed: { templateDigest, ...(childrenDigest && { childrenDigest }) } };
}

function judged(content: PlanContent, deployed: Deployed, looked: readonly Looked[]): Plan {
  const targets = looked.map(inOrder).map((each): PlannedTarget => ({ ...each, disagreements: disagreements(each) }));
  const classes = targets.map(classOf);
  const verdicts = targets.map(({ analysis }) => (analysis.known ? analysis.verdict : 'unknown'));
  const known = verdicts.filter((verdict) => verdict !== 'unknown');
  const flags = new Set(targets.flatMap(({ analysis }) => (analysis.known ? analysis.flags : [])));
  const judgement = {
    changeClass: classes.reduce(graverChange, 'none'),
    verdict: known.length < verdicts.length ? 'unknown' : known.reduce(graverVerdict, 'no-change'),
    flags: changeFlags.filter((flag) => flags.has(flag)),
  } as const;
  return {
    ...content,
    id: contentHash({ content, judgement, said: targets.map(whatIsSaid) }) as PlanId,
    ...judgement,
    targets,
    irreversible: irreversible(targets),
    notes: deployed.notes,
    ...(deployed.state === 'rendered' && { deployedBy: deployed.deploymentId }),
  };
}

/**
 * What people decide on, in no order. Not in it: what differs from one look to the next (ids and reasons of the provider,
 * whether it was asked to say the same once more), and what anybody may change meanwhile (guard rails, rules).
 */
function whatIsSaid({ analysis, preview, disagreements }: PlannedTarget) {
  const added = providerAdds(analysis, preview, disagreements);
  if (!analysis.known) return { added };
  const resources = analysis.resources.map(({ logicalId, type, impact }) => canonicalJson([logicalId, type, impact]));
  const findings = analysis.findings.map(({ code, verdict, message, flags }) =>
    canonicalJson([code, verdict, message, flags]),
  );
  return { resources: resources.sort(), findings: findings.sort(), added };
}

/** What the provider says comes in an order of its own, and is read in one. */
function inOrder(looked: Looked): Looked {
  const { preview } = looked;
  if (!preview) return looked;
  const resources = preview.resources.toSorted((one, other) => (one.logicalId < other.logicalId ? -1 : 1));
  return { ...looked, preview: { ...preview, resources } };
}

function disagreements({ analysis, preview }: Looked): readonly string[] {
  return analysis.known && preview ? previewDisagreements(analysis, preview) : [];
}

/** Where only one of the two knows, it counts; where both do, the graver. */
function classOf({ analysis, preview }: Looked): ChangeClass {
  const provider = preview && previewClass(preview);
  if (!analysis.known) return provider ?? 'unknown';
  return graverChange(analysis.changeClass, provider ?? 'none');
}

function irreversible(targets: readonly PlannedTarget[]): readonly string[] {
  const said = targets.flatMap(({ analysis }) => {
    if (!analysis.known) return [];
    const lasting = analysis.findings.filter(
      ({ verdict, flags }) => verdict === 'data-at-risk' || flags?.includes('irreversible'),
    );
    // of a nested stack the finding about what is in it says more
    const isSaidInside = (id = '') => lasting.some(({ logicalId }) => logicalId?.startsWith(`${id}/`));
    return lasting
      .filter(({ code, logicalId }) => code !== 'R-NESTED' || !isSaidInside(logicalId))
      .map(({ message }) => message);
  });
  return [...new Set(said)];
}

/** What a decision about a plan needs to know of it. */
export interface PlanSummary {
  readonly id: PlanId;
  readonly operation: Operation;
  readonly changeClass: ChangeClass;
  readonly verdict: InstanceVerdict | 'unknown';
  readonly flags: readonly ChangeFlag[];
  /** Over all targets. `replaced` counts those that may be; `stateful` those replaced or removed that hold data. */
  readonly resources: {
    readonly added: number;
    readonly updated: number;
    readonly replaced: number;
    readonly removed: number;
    readonly retained: number;
    readonly stateful: number;
  };
  /** Each account and region once. */
  readonly targets: readonly Pick<Placement, 'accountId' | 'region'>[];
}

export function planSummary({ id, operation, changeClass, verdict, flags, targets }: Plan): PlanSummary {
  const all = targets.flatMap(({ analysis }) => (analysis.known ? analysis.resources : []));
  const count = (...impacts: readonly string[]) => all.filter(({ impact }) => impacts.includes(impact)).length;
  const lost = all.filter(({ impact }) => ['replace', 'conditional-replace', 'remove'].includes(impact));
  return {
    id,
    operation,
    changeClass,
    verdict,
    flags,
    resources: {
      added: count('add'),
      updated: count('update-in-place', 'update-interrupt'),
      replaced: count('replace', 'conditional-replace'),
      removed: count('remove'),
      retained: count('retain'),
      stateful: lost.filter(({ typeClass }) => typeClass === 'stateful').length,
    },
    targets: targets.map(({ placement: { accountId, region } }) => ({ accountId, region })),
  };
}
