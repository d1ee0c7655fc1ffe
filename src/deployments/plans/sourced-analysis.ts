import { authoredPlace, type FindingJson, type StackAnalysis } from '../../changes/index.ts';
import type { DeploymentRendering } from '../renderings/rendering.ts';
import { sourceAtOrBefore } from '../renderings/source-lines.ts';

/** An analysis whose findings name the lines of the author's templates, and the inputs that were read there. */
export function sourcedAnalysis(analysis: StackAnalysis, rendering: DeploymentRendering): StackAnalysis {
  if (!analysis.known) return analysis;
  return { ...analysis, findings: analysis.findings.map((finding) => sourced(finding, rendering)) };
}

function sourced(
  { position: rendered, parameterLines = [], ...finding }: FindingJson,
  { sourceLines }: DeploymentRendering,
): FindingJson {
  if (!rendered) return finding;
  const place = { position: rendered, parameterLines };
  const { position, inputs } = authoredPlace(place, (line) => sourceAtOrBefore(sourceLines, line));
  return { ...finding, ...(position && { position }), ...(inputs.length > 0 && { inputs }) };
}
