import type { PartName, ProvisioningMethod } from '../bundles/index.ts';
import { type Brand, contentHash } from '../identifiers/index.ts';
import type { Placement, Preview } from '../provisioners/index.ts';
import type { Operation } from './deployment.ts';
import type { DeploymentRendering } from './rendering.ts';
import type { TargetState } from './target.ts';

/** A content hash: the same plan has the same id, whoever makes it. */
export type PlanId = Brand<'PlanId'>;

/** Everything that will be applied, and nothing else: what the id of a plan is made of. */
export interface PlanContent {
  readonly operation: Operation;
  readonly targetArn: string;
  readonly template: { readonly name: string; readonly majorVersion: number; readonly minorVersion: number };
  readonly bundleDigest: string;
  readonly part: PartName;
  readonly method: ProvisioningMethod;
  readonly inputsDigest: string;
  /** Of the rendered template, byte for byte. */
  readonly templateDigest: string;
  readonly stackName: string;
  readonly placements: readonly Placement[];
  readonly tags: Readonly<Record<string, string>>;
}

/** A value that somebody can read, compare and approve. An approval names its id; only that plan is applied. */
export interface Plan extends PlanContent {
  readonly id: PlanId;
  /** What the provider says it would do, for each placement; its own words may change from one look to the next. */
  readonly previews: readonly Preview[];
  /** How far the change reaches: not judged yet. */
  readonly changeClass: 'unclassified';
}

export function makePlan(
  subject: { readonly operation: Operation; readonly targetArn: string; readonly targetState: TargetState },
  rendering: DeploymentRendering,
  previews: readonly Preview[],
): Plan {
  const { templateName: name, majorVersion, minorVersion } = subject.targetState;
  const content: PlanContent = {
    operation: subject.operation,
    targetArn: subject.targetArn,
    template: { name, majorVersion, minorVersion },
    bundleDigest: rendering.bundleDigest,
    part: rendering.part,
    method: rendering.method,
    inputsDigest: rendering.inputsDigest,
    templateDigest: rendering.templateDigest,
    stackName: rendering.stackName,
    placements: rendering.placements,
    tags: rendering.tags,
  };
  return { ...content, id: contentHash(content) as PlanId, previews, changeClass: 'unclassified' };
}

/** Whether what is at hand is what the plan was made of. */
export function isPlanned(plan: Plan, rendering: DeploymentRendering): boolean {
  return (
    plan.templateDigest === contentHash(Buffer.from(rendering.template)) && plan.inputsDigest === rendering.inputsDigest
  );
}
