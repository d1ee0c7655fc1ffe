import { accept, type Result } from '../../errors/index.ts';
import type { Placement, Preview } from '../../provisioners/index.ts';
import { type Deployed, stackChange } from '../renderings/deployed.ts';
import type { DeploymentRendering } from '../renderings/rendering.ts';
import type { PlanningTools } from '../running/deploy-tools.ts';
import type { Looked } from './plan.ts';
import { decidedAnalysis, isPreviewNeeded, type WhenPreviewed } from './preview-judgement.ts';
import { sourcedAnalysis } from './sourced-analysis.ts';

export interface LookAhead {
  readonly deployed: Deployed;
  /** Absent: it shall be deleted. */
  readonly rendering?: DeploymentRendering;
  readonly placement: Placement;
  readonly stackName: string;
  /** `never` for a deletion, of which no provider makes a preview. */
  readonly previews: WhenPreviewed | 'never';
  /** Asks the provider. */
  readonly preview?: () => Promise<Result<Preview>>;
}

/**
 * What a change does in one account and region: by analysis, and by the provider where that is wanted. Where all is new
 * nobody needs to be asked; where a deployment left a part of its change, the provider knows better.
 */
export async function lookAhead(tools: Pick<PlanningTools, 'analyse'>, look: LookAhead): Promise<Result<Looked>> {
  const { deployed, rendering, placement, stackName, previews, preview: ask } = look;
  const change = stackChange(deployed, rendering, placement, stackName);
  const analysed = typeof change === 'string' ? ({ known: false, why: change } as const) : await tools.analyse(change);
  const analysis = rendering ? sourcedAnalysis(analysed, rendering) : analysed;
  const isNew = deployed.state === 'nothing';
  const isUnsure = deployed.notes.length > 0 || isPreviewNeeded(analysis);
  const isAsked = previews === 'always' || (previews === 'when-needed' && !isNew && isUnsure);
  if (!ask || !isAsked) return accept({ placement, analysis });
  const preview = await ask();
  if (!preview.ok) return preview;
  return accept({ placement, analysis: decidedAnalysis(analysis, preview.value), preview: preview.value });
}
