import type { StackChange } from '../../changes/index.ts';
import { isSamePlace, type Placement } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import { type DeploymentRendering, renderedStack } from './rendering.ts';

interface Noted {
  /** What a reader of a plan should know of it. */
  readonly notes: readonly string[];
}

/** What of a target is in the cloud now, as far as it is known. */
export type Deployed = Noted &
  (
    | { readonly state: 'nothing' }
    /** What was rendered for the last deployment that succeeded. */
    | { readonly state: 'rendered'; readonly deploymentId: DeploymentId; readonly rendering: DeploymentRendering }
    | { readonly state: 'unknown'; readonly why: string }
  );

/** The question to the analysis for one placement; a text says why it cannot be asked. */
export function stackChange(
  deployed: Deployed,
  after: DeploymentRendering | undefined,
  placement: Placement,
  stackName: string,
): StackChange | string {
  if (deployed.state === 'unknown') return deployed.why;
  if (after && after.method !== 'cloudformation') return `What ${after.method} does is not analysed.`;
  const former = deployed.state === 'rendered' ? deployed.rendering : undefined;
  if (former && former.method !== 'cloudformation') return `What ${former.method} did is not analysed.`;
  const wasThere = former?.placements.some((each) => isSamePlace(each, placement));
  return {
    ...(former && wasThere && { before: renderedStack(former) }),
    ...(after && { after: renderedStack(after) }),
    pseudo: { accountId: placement.accountId, region: placement.region, stackName },
  };
}
