import { type FindingJson, renderedFile, type StackAnalysis } from '../../changes/index.ts';
import type { DeploymentRendering } from '../renderings/rendering.ts';
import { sourceAtOrBefore } from '../renderings/source-lines.ts';

/** An analysis whose findings name the lines of the author's templates, and the inputs that were read there. */
export function sourcedAnalysis(analysis: StackAnalysis, rendering: DeploymentRendering): StackAnalysis {
  if (!analysis.known) return analysis;
  return { ...analysis, findings: analysis.findings.map((finding) => sourced(finding, rendering)) };
}

function sourced(
  { position, parameterLines = [], ...finding }: FindingJson,
  { sourceLines }: DeploymentRendering,
): FindingJson {
  if (!position) return finding;
  const isRendered = position.file === renderedFile;
  const own = isRendered ? sourceAtOrBefore(sourceLines, position.line) : undefined;
  const place = isRendered ? own?.position : position;
  const given = parameterLines.flatMap((line) => sourceAtOrBefore(sourceLines, line)?.inputs ?? []);
  const inputs = [...new Set([...(own?.inputs ?? []), ...given])];
  return { ...finding, ...(place && { position: place }), ...(inputs.length > 0 && { inputs }) };
}
