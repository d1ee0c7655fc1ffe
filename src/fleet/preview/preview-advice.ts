import type { PreviewSummary } from './preview-line.ts';

type Judged = Omit<PreviewSummary, 'advice'>;

/** What to do first, in order, for a person who is about to publish or to roll out. */
export function adviceOn({ counts, reasons, groups, flags }: Judged): readonly string[] {
  const advice: string[] = [];
  const blockers = reasons.filter(({ outcome }) => outcome === 'fails');
  const environments = blockers.filter(({ code }) => code === 'instance-environment-incompatible');
  if (environments.length > 0) {
    const count = sum(environments.map((each) => each.count));
    const example = environments[0]!;
    advice.push(`Environments go first: ${things(count)} cannot go before. ${example.example} ${example.message}.`);
  }
  for (const { code, count, message, remedy, example } of blockers) {
    if (code === 'instance-environment-incompatible') continue;
    const what = isOfInputs(code) ? 'Another spec, or an upgrade step, for' : 'Mend the template first, for';
    advice.push(`${what} ${things(count)}, e.g. ${example}: ${firstLine(message)}${remedy ? ` ${remedy}` : ''}`);
  }
  if (counts.unjudged > 0) advice.push(`Look at ${things(counts.unjudged)} that could not be judged.`);
  if (flags['breaks-consumer']) {
    const count = things(flags['breaks-consumer']);
    advice.push(`Find another version first for whoever reads, or lives in, ${count}: their findings say who that is.`);
  }
  if (flags['privilege-widening']) {
    advice.push(`Have security look at the permissions that ${things(flags['privilege-widening'])} get.`);
  }
  if (flags['exposure-widening']) {
    advice.push(`Have security look at from where ${things(flags['exposure-widening'])} can be reached.`);
  }
  const moving = (['in-place', 'interruption', 'replacement', 'data-at-risk'] as const).filter(
    (verdict) => counts[verdict] > 0,
  );
  const [mildest] = moving;
  if (mildest !== undefined && mildest !== 'data-at-risk') {
    const pilot = groups.findLast(({ outcome }) => outcome === mildest)?.examples[0] ?? 'one of them';
    const rest = moving.map((verdict) => `${counts[verdict]} ${verdict}`).join(', then ');
    const next = moving.length > 1 ? `, then go from mild to grave: ${rest}` : '';
    advice.push(`Begin with ${pilot} (${mildest})${next}.`);
  }
  const disturbed = counts.interruption + counts.replacement;
  if (disturbed > 0) advice.push(`Agree on a time with the owners of ${things(disturbed)}: interrupted or replaced.`);
  const atRisk = counts['data-at-risk'];
  if (atRisk > 0) advice.push(`Make a plan for the data of ${things(atRisk)}, and take these last.`);
  return advice;
}

function isOfInputs(code: string): boolean {
  return code.startsWith('upgrade-') || code === 'inputs-invalid' || code === 'spec-malformed';
}

function things(count: number): string {
  return count === 1 ? '1 thing' : `${count} things`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** Refusals of inputs list every one of them. */
function firstLine(message: string): string {
  const [first = '', second] = message.split('\n');
  return second === undefined ? first : `${first} ${second}`;
}
