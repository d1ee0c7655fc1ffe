import type { PreviewSummary } from './preview-summary.ts';

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
    const what = isOfInputs(code) ? 'need another spec, or an upgrade step' : 'would fail: mend the template first';
    advice.push(`${things(count)} ${what}, e.g. ${example}: ${firstLine(message)}${remedy ? ` ${remedy}` : ''}`);
  }
  if (counts.unjudged > 0)
    advice.push(`${things(counts.unjudged)} could not be judged: look at them before you go on.`);
  const looked = ['privilege-widening', 'exposure-widening'].filter((flag) => flags[flag] !== undefined);
  for (const flag of looked) {
    advice.push(
      `${things(flags[flag] ?? 0)} ${flag === 'privilege-widening' ? 'get more permissions' : 'become reachable from more places'}: have security look at one of them.`,
    );
  }
  const moving = (['in-place', 'interruption', 'replacement', 'data-at-risk'] as const).filter(
    (verdict) => counts[verdict] > 0,
  );
  const [mildest] = moving;
  if (mildest !== undefined) {
    const pilot = groups.findLast(({ outcome }) => outcome === mildest);
    const order = moving.map((verdict) => `${counts[verdict]} ${verdict}`).join(', then ');
    advice.push(
      `Begin with ${pilot?.examples[0] ?? 'one of them'} (${mildest}), then go from mild to grave: ${order}.`,
    );
  }
  if (counts.interruption + counts.replacement > 0) {
    advice.push(
      `${things(counts.interruption + counts.replacement)} are interrupted or replaced: agree on a time with their owners.`,
    );
  }
  if (counts['data-at-risk'] > 0) {
    advice.push(`${things(counts['data-at-risk'])} put data at risk: each needs a plan for its data, and goes last.`);
  }
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
