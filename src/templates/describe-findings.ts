import type { Finding } from '../bundles/index.ts';
import { placeOf } from '../errors/index.ts';

/** Characters of a status message: more than any person reads, and little enough for every list that shows it. */
const charactersMax = 5_000;

/** One a line: place, what is the matter, how to mend it. Whole lines only; a last line counts those left out. */
export function describeFindings(findings: readonly Finding[]): string {
  const lines = findings.map(({ position, message, remedy }) => `${placeOf(position)}: ${message} ${remedy}`);
  let text = '';
  for (const [index, line] of lines.entries()) {
    const longer = index === 0 ? line : `${text}\n${line}`;
    if (longer.length > charactersMax) return withRest(text, line, lines.length - index);
    text = longer;
  }
  return text;
}

function withRest(text: string, line: string, left: number): string {
  if (text === '') return withRest(line.slice(0, charactersMax), '', left - 1);
  return left === 0 ? text : `${text}\n... and ${left} more: mend these first.`;
}
