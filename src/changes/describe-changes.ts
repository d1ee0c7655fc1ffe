import { type EvaluatedValue, isEvaluatedList, isEvaluatedObject, isUnknown } from '../cloudformation/index.ts';
import type { BundleComparison } from './compare-bundles.ts';
import type { ResourceChange } from './compare-stacks.ts';
import type { ComparisonJson, FindingJson, ShownComparison, ShownFinding } from './comparison-json.ts';
import { type ChangeFinding, ruleCodes } from './finding.ts';

const bumpWords = { patch: 'a patch version', minor: 'a minor version', major: 'a major version' } as const;

/** For a person at a terminal: the class, then what decides it, then the rest. */
export function describeChanges(comparison: ShownComparison): string {
  const lines = [headline(comparison)];
  for (const part of comparison.parts) lines.push('', ...describePart(part));
  for (const note of comparison.notes) lines.push('', `Note: ${note}`);
  return lines.join('\n');
}

function headline({ versionClass, requiredBump }: ShownComparison): string {
  return `${versionClass}: may be published as ${bumpWords[requiredBump]}.`;
}

function describePart({ part, version, instance }: ShownComparison['parts'][number]): string[] {
  const tried = version.untried.length > 0 ? `; no value could be made up for ${version.untried.join(', ')}` : '';
  const lines = [`${part} (${version.versionClass}; ${version.compared} sets of inputs compared${tried})`];
  if (version.findings.length === 0) lines.push('  nothing differs');
  lines.push(...version.findings.map((finding) => `  ${describeFinding(finding)}`));
  if (!instance) return lines;
  const flags = instance.flags.length > 0 ? ` [${instance.flags.join(', ')}]` : '';
  lines.push('', `  With the inputs of the spec: ${instance.verdict}${flags}`);
  lines.push(
    ...instance.resources
      .filter(isTouched)
      .map(({ logicalId, type, impact }) => `    ${impact.padEnd(19)} ${logicalId} (${type})`),
  );
  lines.push(...instance.findings.map((finding) => `    ${describeFinding(finding)}`));
  return lines;
}

/** One finding in one line: what, by which rule, and what said so. */
export function describeFinding(finding: ShownFinding): string {
  const { code, message, evidence, flags } = finding;
  const said = [evidence.source, ...(evidence.certainty === 'certain' ? [] : [evidence.certainty])].join(', ');
  const note = evidence.note === undefined ? '' : `: ${evidence.note}`;
  const shown = flags && flags.length > 0 ? ` [${flags.join(', ')}]` : '';
  return `${code} ${message}${shown} (${said}${note})`;
}

function isTouched({ impact }: ResourceChange): boolean {
  return impact !== 'none';
}

/** For a pull request. */
export function changesMarkdown(comparison: ShownComparison): string {
  const { versionClass, requiredBump } = comparison;
  const lines = [`### Change analysis: ${versionClass}`, '', `May be published as ${bumpWords[requiredBump]}.`];
  for (const { part, version, instance } of comparison.parts) {
    lines.push('', `#### ${part}: ${version.versionClass}`, '');
    if (version.findings.length === 0) lines.push('Nothing differs.');
    else lines.push(...findingTable(version.findings));
    if (!instance) continue;
    lines.push('', `With the inputs of the spec: **${instance.verdict}**`);
    const touched = instance.resources.filter(isTouched);
    if (touched.length === 0) continue;
    lines.push('', '| resource | type | impact |', '|---|---|---|');
    lines.push(...touched.map(({ logicalId, type, impact }) => `| ${cell(logicalId)} | ${cell(type)} | ${impact} |`));
  }
  for (const note of comparison.notes) lines.push('', `> ${cell(note)}`);
  return lines.join('\n');
}

function findingTable(findings: readonly ShownFinding[]): string[] {
  return [
    '| class | rule | what | evidence |',
    '|---|---|---|---|',
    ...findings.map(
      ({ versionClass, code, message, evidence, flags }) =>
        `| ${versionClass} | ${code} | ${cell(message)}${(flags ?? []).map((flag) => ` \`${flag}\``).join('')} | ${evidence.source}, ${evidence.certainty} |`,
    ),
  ];
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}

/** Plain data for machines. Unknown values are the expressions that would give them. */
export function changesJson({ versionClass, requiredBump, parts, notes }: BundleComparison): ComparisonJson {
  return {
    versionClass,
    requiredBump,
    parts: parts.map(({ part, version, instance }) => ({
      part,
      versionClass: version.versionClass,
      requiredBump: version.requiredBump,
      compared: version.compared,
      untried: version.untried,
      resources: version.resources.filter(isTouched),
      findings: version.findings.map(findingJson),
      ...(instance && {
        instance: {
          verdict: instance.verdict,
          flags: instance.flags,
          resources: instance.resources.filter(isTouched),
          findings: instance.findings.map(findingJson),
        },
      }),
    })),
    notes,
  };
}

export function findingJson(finding: ChangeFinding): FindingJson {
  const { before, after, code, ...rest } = finding;
  return {
    code,
    rule: ruleCodes[code],
    ...rest,
    ...(before !== undefined && { before: plain(before) }),
    ...(after !== undefined && { after: plain(after) }),
  };
}

function plain(value: EvaluatedValue): unknown {
  if (isUnknown(value)) return value.expression;
  if (isEvaluatedList(value)) return value.map(plain);
  if (!isEvaluatedObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plain(member)]));
}
