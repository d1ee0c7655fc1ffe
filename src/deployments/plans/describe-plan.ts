import { describeFinding, type FindingJson } from '../../changes/index.ts';
import { describeReport } from '../../guard-rails/index.ts';
import { shortArn } from '../../identifiers/index.ts';
import { describeAdvice, type PlanAdvice } from '../verdicts/plan-advice.ts';
import type { Plan, PlannedTarget } from './plan.ts';

/** For a person at a terminal: the class first, then what happens where, and why. @param advice what it says is told too */
export function describePlan(plan: Plan, advice?: PlanAdvice): string {
  const lines = [headline(plan)];
  for (const target of plan.targets) lines.push('', ...describeTarget(target));
  if (plan.irreversible.length > 0)
    lines.push('', 'What cannot be undone:', ...plan.irreversible.map((each) => `  ${each}`));
  lines.push(...guardRailLines(plan, 'Guard rails:', (line) => `  ${line}`));
  for (const note of plan.notes) lines.push('', `Note: ${note}`);
  if (advice) lines.push('', ...describeAdvice(advice));
  lines.push('', `Plan ${plan.id}`);
  return lines.join('\n');
}

function guardRailLines({ guardRails }: Plan, head: string, shown: (line: string) => string): readonly string[] {
  const lines = guardRails ? describeReport(guardRails) : [];
  return lines.length > 0 ? ['', head, ...(head.startsWith('*') ? [''] : []), ...lines.map(shown)] : [];
}

const inputsMax = 8;

const operationWords = { create: 'creates', update: 'updates', delete: 'deletes' } as const;

function headline({ operation, targetArn, changeClass, verdict, flags, template }: Plan): string {
  const version = template ? ` with ${template.name} ${template.majorVersion}.${template.minorVersion}` : '';
  const flagged = flags.length > 0 ? ` [${flags.join(', ')}]` : '';
  return `${changeClass}: ${operationWords[operation]} ${shortArn(targetArn)}${version} (${verdict})${flagged}`;
}

function describeTarget({ placement, analysis, preview, disagreements }: PlannedTarget): readonly string[] {
  const lines = [`${placement.accountId} ${placement.region}`];
  if (!analysis.known) lines.push(`  not known without asking the provider: ${analysis.why}`);
  else {
    const { resources, unchanged, findings } = analysis;
    lines.push(...resources.map(({ logicalId, type, impact }) => `  ${impact.padEnd(19)} ${logicalId} (${type})`));
    lines.push(resources.length === 0 ? '  nothing changes' : `  ${unchanged} unchanged`);
    lines.push(...findings.map((finding) => `  ${describeFinding(finding)}${sourceText(finding)}`));
  }
  if (preview) lines.push(`  The provider says: ${previewText(preview)}`);
  if (disagreements.length > 0)
    lines.push('  They disagree; the graver counts:', ...disagreements.map((each) => `    ${each}`));
  return lines;
}

/** Where it comes from, and the inputs that were read there. */
function sourceText({ position, inputs = [] }: Pick<FindingJson, 'position' | 'inputs'>): string {
  const at = position ? ` at ${position.file}:${position.line}` : '';
  const more = inputs.length > inputsMax ? ', ...' : '';
  return inputs.length > 0 ? `${at} (inputs read there: ${inputs.slice(0, inputsMax).join(', ')}${more})` : at;
}

function previewText({ kind, reason, resources, unseen = [] }: NonNullable<PlannedTarget['preview']>): string {
  if (kind === 'unknown') return `nothing now (${reason ?? 'no reason given'})`;
  if (kind === 'no-change') return 'no change';
  if (kind === 'create') return 'all is new';
  const replaced = { yes: ', replaced', maybe: ', perhaps replaced', no: '' } as const;
  const one = ({ logicalId, action, replacement }: (typeof resources)[number]) =>
    `${action} ${logicalId}${action === 'modify' ? replaced[replacement] : ''}`;
  const silent = unseen.length > 0 ? `; nothing of what happens in ${unseen.join(', ')}` : '';
  return resources.length > 0 ? `${resources.map(one).join('; ')}${silent}` : 'an update that touches no resource';
}

/** For a pull request. */
export function planMarkdown(plan: Plan, advice?: PlanAdvice): string {
  const lines = [`### Plan: ${plan.changeClass}`, '', cell(headline(plan))];
  for (const { placement, analysis, preview, disagreements } of plan.targets) {
    lines.push('', `#### ${placement.accountId} ${placement.region}`, '');
    if (!analysis.known) lines.push(cell(analysis.why));
    else if (analysis.resources.length === 0) lines.push('Nothing changes.');
    else {
      lines.push('| resource | type | impact |', '|---|---|---|');
      for (const { logicalId, type, impact } of analysis.resources)
        lines.push(`| ${cell(logicalId)} | ${cell(type)} | ${impact} |`);
    }
    if (analysis.known && analysis.findings.length > 0) lines.push('', ...findingTable(analysis.findings));
    if (preview) lines.push('', `The provider says: ${cell(previewText(preview))}`);
    for (const each of disagreements) lines.push('', `> They disagree. ${cell(each)}`);
  }
  if (plan.irreversible.length > 0)
    lines.push('', '**What cannot be undone**', '', ...plan.irreversible.map((each) => `- ${cell(each)}`));
  lines.push(...guardRailLines(plan, '**Guard rails**', (line) => `- ${cell(line)}`));
  for (const note of plan.notes) lines.push('', `> ${cell(note)}`);
  const [head = '', ...would] = advice ? describeAdvice(advice) : [];
  if (advice) lines.push('', `**${cell(head)}**`, '', ...would.map((line) => `- ${cell(line.trim())}`));
  lines.push('', `Plan \`${plan.id}\``);
  return lines.join('\n');
}

function findingTable(findings: readonly FindingJson[]): readonly string[] {
  return [
    '| verdict | rule | what | evidence |',
    '|---|---|---|---|',
    ...findings.map(
      ({ verdict, code, message, evidence, flags = [], ...finding }) =>
        `| ${verdict} | ${code} | ${cell(message)}${cell(sourceText(finding))}${flags.map((flag) => ` \`${flag}\``).join('')} | ${evidence.source}, ${evidence.certainty} |`,
    ),
  ];
}

/** A text that cannot break out of its cell. */
function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
