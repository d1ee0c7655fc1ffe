import { isAsSaid, sights } from './compare-on-moto.ts';
import type { CaseOnMoto } from './deploy-on-moto.ts';

/** What happened to all cases, as two lines: the figures, and what was left out, by type. */
export function figuresOnMoto(done: readonly CaseOnMoto[]): readonly string[] {
  const ended = (end: string) => done.filter(({ observed }) => observed.end === end).length;
  const seen = done.flatMap((each) => each.seen);
  const asSeen = sights.map((sight) => `${sight} ${seen.filter((each) => each.sight === sight).length}`).join(', ');
  const differences = done.flatMap((each) => each.differences).length;
  const leftOut = new Map<string, number>();
  for (const type of done.flatMap((each) => [...each.leftOut.values()]))
    leftOut.set(type, (leftOut.get(type) ?? 0) + 1);
  const most = [...leftOut].sort(([a, one], [b, other]) => other - one || a.localeCompare(b));
  const left = most.reduce((sum, [, count]) => sum + count, 0);
  return [
    `moto does not make ${left} resources of ${most.length} types: ${most.map(([type, count]) => `${type} ${count}`).join(', ')}`,
    `on moto: ${done.length} cases, updated ${ended('updated')}, failed ${ended('failed')}, not made ${ended('not-made')}; resources ${asSeen}, as said ${seen.filter(isAsSaid).length} of ${seen.length}; differences ${differences}`,
  ];
}
