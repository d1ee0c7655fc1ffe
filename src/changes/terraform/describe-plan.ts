import type { ResourceChange } from '../compare-stacks.ts';
import { describeFinding, findingJson } from '../describe-changes.ts';
import type { PlanJudgement } from './judge-plan.ts';

/** For a person at a terminal: what it comes to, which resources are touched, and why. */
export function describePlanJudgement(plan: PlanJudgement): string {
  const flags = plan.flags.length > 0 ? ` [${plan.flags.join(', ')}]` : '';
  const lines = [`${plan.versionClass}: ${plan.verdict}${flags}`];
  const touched = plan.resources.filter(isTouched);
  if (touched.length > 0) lines.push('');
  lines.push(...touched.map(({ logicalId, type, impact }) => `  ${impact.padEnd(19)} ${logicalId} (${type})`));
  if (plan.findings.length > 0) lines.push('');
  lines.push(...plan.findings.map((finding) => `  ${describeFinding(finding)}`));
  return plan.findings.length === 0 ? `${lines[0]}\n\n  nothing differs` : lines.join('\n');
}

/** For a pull request. */
export function planJudgementMarkdown(plan: PlanJudgement): string {
  const flags = plan.flags.map((flag) => ` \`${flag}\``).join('');
  const lines = [`### Plan: ${plan.versionClass}, ${plan.verdict}${flags}`, ''];
  const touched = plan.resources.filter(isTouched);
  if (touched.length > 0) {
    lines.push('| resource | impact |', '|---|---|');
    lines.push(...touched.map(({ logicalId, impact }) => `| ${cell(logicalId)} | ${impact} |`), '');
  }
  if (plan.findings.length === 0) lines.push('Nothing differs.');
  else lines.push('| verdict | rule | what | evidence |', '|---|---|---|---|');
  lines.push(
    ...plan.findings.map(
      ({ verdict, code, message, evidence }) =>
        `| ${verdict} | ${code} | ${cell(message)} | ${evidence.source}, ${evidence.certainty} |`,
    ),
  );
  return lines.join('\n');
}

/** Plain data for machines. */
export function planJudgementJson(plan: PlanJudgement): unknown {
  return {
    versionClass: plan.versionClass,
    requiredBump: plan.requiredBump,
    verdict: plan.verdict,
    flags: plan.flags,
    resources: plan.resources.filter(isTouched),
    findings: plan.findings.map((finding) => findingJson(finding)),
  };
}

function isTouched({ impact }: ResourceChange): boolean {
  return impact !== 'none';
}

/** Addresses hold keys that anybody may have chosen. */
function cell(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll('<', '&lt;');
}
