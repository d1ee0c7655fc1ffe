import type { Outcome, PreviewGroup, PreviewReason } from '../fleet/index.ts';
import type { NamedThing, PreviewBegin, PreviewEnd } from './preview-line.ts';

const outcomeWords = {
  fails: 'cannot be brought to it',
  'data-at-risk': 'content could be lost',
  replacement: 'something that others hold is replaced',
  interruption: 'interrupted for a while',
  'in-place': 'changed without interruption',
  unjudged: 'nobody could say',
  'no-change': 'nothing changes',
  'already-there': 'at this version',
  'not-deployed': 'nothing of ours is deployed',
} as const satisfies Record<Outcome, string>;
const order = Object.keys(outcomeWords) as Outcome[];
/** Of one outcome; the rest are counted. */
const shownMax = 10;

/** For a person at a terminal: how many of what, why, and what to do first. */
export function describePreview(begin: PreviewBegin, things: readonly NamedThing[], end: PreviewEnd): string {
  const lines = [`${begin.kind} template ${begin.template}, version ${begin.version}: ${end.total} looked at.`];
  for (const outcome of order.filter((each) => end.counts[each] > 0)) {
    lines.push('', `${end.counts[outcome]} ${outcome}: ${outcomeWords[outcome]}`);
    lines.push(...some(end.groups.filter(isOf(outcome)), groupText).map((text) => `  ${text}`));
    lines.push(...some(end.reasons.filter(isOf(outcome)), reasonText).map((text) => `  because ${text}`));
  }
  const flags = Object.entries(end.flags).map(([flag, count]) => `${flag} ${count}`);
  if (flags.length > 0) lines.push('', `Flags: ${flags.join(', ')}`);
  if (end.advice.length > 0) lines.push('', 'What to do first:');
  lines.push(...end.advice.map((text, index) => `  ${index + 1}. ${text}`));
  if (things.length > 0) lines.push('', 'Each:', ...things.map(thingText));
  return lines.join('\n');
}

function isOf(outcome: Outcome) {
  return (each: { readonly outcome: Outcome }) => each.outcome === outcome;
}

function some<Item>(items: readonly Item[], text: (item: Item) => string): string[] {
  const rest = items.length - shownMax;
  return [...items.slice(0, shownMax).map(text), ...(rest > 0 ? [`... and ${rest} more`] : [])];
}

function groupText({ by, count, examples }: PreviewGroup): string {
  const names = Object.entries(by).map(([name, value]) => `${name} ${value === '' ? '(none)' : value}`);
  const rest = count - examples.length;
  return `${names.join(', ') || 'all'}: ${count} (${examples.join(', ')}${rest > 0 ? `, and ${rest} more` : ''})`;
}

function reasonText({ code, message, count, example }: PreviewReason): string {
  return `${code} ${message.replaceAll('\n', ' ')} (${count === 1 ? example : `${count}, e.g. ${example}`})`;
}

function thingText({ name, outcome, environment, deployed, blocker, findings, why }: NamedThing): string {
  const reason = blocker?.message ?? findings?.find((each) => each.verdict === outcome)?.message ?? why ?? '';
  const where = environment === undefined ? '' : `  ${environment}`;
  return `  ${outcome.padEnd(13)} ${name}${where}  ${deployed ?? '-'}${reason === '' ? '' : `  ${reason.replaceAll('\n', ' ')}`}`;
}

/** For a pull request. */
export function previewMarkdown(begin: PreviewBegin, things: readonly NamedThing[], end: PreviewEnd): string {
  const lines = [
    `### Fleet preview: ${begin.kind} template ${cell(begin.template)}, version ${begin.version}`,
    '',
    `${end.total} looked at.`,
    '',
    '| outcome | count | because |',
    '|---|---|---|',
    ...order
      .filter((outcome) => end.counts[outcome] > 0)
      .map((outcome) => {
        const reasons = some(end.reasons.filter(isOf(outcome)), reasonText);
        return `| ${outcome} | ${end.counts[outcome]} | ${reasons.map(cell).join('<br>')} |`;
      }),
  ];
  const names = [...new Set(end.groups.flatMap(({ by }) => Object.keys(by)))];
  if (names.length > 0 && end.groups.length > 0) {
    lines.push(
      '',
      `| outcome | ${names.map(cell).join(' | ')} | count | e.g. |`,
      `|${'---|'.repeat(names.length + 3)}`,
    );
    const rows = end.groups.map(
      ({ outcome, by, count, examples }) =>
        `| ${outcome} | ${names.map((name) => cell(by[name] ?? '')).join(' | ')} | ${count} | ${cell(examples.join(', '))} |`,
    );
    lines.push(...rows.slice(0, 50));
    if (rows.length > 50) lines.push('', `... and ${rows.length - 50} more groups.`);
  }
  if (end.advice.length > 0) lines.push('', '**What to do first**', '');
  lines.push(...end.advice.map((text, index) => `${index + 1}. ${cell(text)}`));
  if (things.length > 0) {
    lines.push('', '| outcome | what | environment | deployed |', '|---|---|---|---|');
    for (const { outcome, name, environment = '', deployed = '' } of things)
      lines.push(`| ${outcome} | ${cell(name)} | ${cell(environment)} | ${deployed} |`);
  }
  return lines.join('\n');
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
