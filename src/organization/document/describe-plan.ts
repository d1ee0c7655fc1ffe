import type { PlannedChange } from './describe-change.ts';

/** A plan as text for people. */
export function describePlan({
  changes,
  left,
}: {
  readonly changes: readonly Pick<PlannedChange, 'sign' | 'text'>[];
  readonly left: readonly string[];
}): string {
  const lines = changes.map(({ sign, text }) => `  ${sign} ${text}`);
  const kept =
    left.length === 0
      ? []
      : ['', 'Not in the file, and left as it is (--prune removes it):', ...left.map((text) => `    ${text}`)];
  if (changes.length === 0) return ['Nothing changes.', ...kept].join('\n');
  const count = (sign: string) => changes.filter((each) => each.sign === sign).length;
  const sum = `${count('+')} to add, ${count('~')} to change, ${count('-')} to remove.`;
  return [...lines, ...kept, '', sum].join('\n');
}
