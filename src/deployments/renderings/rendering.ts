import { type Inputs, type PartName, type ProvisioningMethod, partDirectories } from '../../bundles/index.ts';
import type { ChildTemplates, RenderedStack } from '../../changes/index.ts';
import type { ApplyRequest, Placement } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { TargetLocation } from '../target.ts';
import { maskedText, secretWords } from './secrets.ts';
import { type SourceLines, sourceOf } from './source-lines.ts';

/** What was rendered for a deployment, kept with it. */
export interface DeploymentRendering extends TargetLocation {
  readonly method: ProvisioningMethod;
  readonly bundleDigest: string;
  readonly part: PartName;
  /** What the provider gets, byte for byte. */
  readonly template: string;
  readonly templateDigest: string;
  /**
   * What its nested stacks are made of, by path below the folder of the part, as it stands in the bundle. Absent: it was
   * rendered before that was kept.
   */
  readonly childTemplates?: ChildTemplates;
  /** As people may read them: secret ones masked. */
  readonly inputs: Inputs;
  /** Dotted names of the secret ones. */
  readonly secrets: readonly string[];
  /** Of all that the template could read, unmasked. */
  readonly inputsDigest: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sourceLines: SourceLines;
  /** As its deployment was asked for: resources to give up where a failed rollback has to be continued first. */
  readonly rollbackSkips?: readonly string[];
}

/** The rendered template as people may read it. */
export function templateShown({ template, secrets, sourceLines }: DeploymentRendering): string {
  return maskedText(template, secrets, (line) => sourceOf(sourceLines, line)?.inputs ?? []);
}

/** What of the template a provider's message may repeat and people must not read. Longest first. */
export function secretsIn({ template, secrets, sourceLines }: DeploymentRendering): readonly string[] {
  return secretWords(template, secrets, (line) => sourceOf(sourceLines, line)?.inputs ?? []);
}

/** As the analysis and guard rails take it. */
export function renderedStack(rendering: DeploymentRendering): RenderedStack {
  const { template, childTemplates, part } = rendering;
  const children = childTemplates && { children: childTemplates };
  return { template, secrets: secretsIn(rendering), folder: partDirectories[part], ...children };
}

/** What the provider gets for one placement. Proton fills in templates; it gives stacks no parameters. */
export function applyRequest(
  id: DeploymentId,
  { stackName, template, tags, rollbackSkips }: DeploymentRendering,
  position: number,
  placement: Placement,
): ApplyRequest {
  return { placement, stackName, token: operationToken(id, position), template, parameters: {}, tags, rollbackSkips };
}

/** By which the provider knows an operation again: that of a deployment in one of its placements. */
export function operationToken(id: DeploymentId, position: number): string {
  return position === 0 ? id : `${id}-${position}`;
}
