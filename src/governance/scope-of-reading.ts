import type { Db } from '../database/index.ts';
import { type PlacementReach, unitsBelow } from '../organization/index.ts';
import type { PrincipalFacts } from './facts.ts';
import type { Policies } from './rules/policies.ts';
import { groupOf, verbs } from './verbs.ts';

/** What somebody may read, as lists ask for it. */
export interface ReadScope {
  /** By the base rules; absent: everything. */
  readonly reach?: PlacementReach;
  /** Whether that is all there is to say. If not, further rules speak of reading, and each thing is decided about. */
  readonly isExact: boolean;
}

/**
 * What the base rules let somebody read: what lies in his own units and below, on the way from there to the root, and what
 * his teams answer for. A test holds it against the rules themselves. Where rules beside those of the base speak of
 * reading, everything is in reach, and is then decided about one by one.
 */
export async function scopeOfReading(db: Db, policies: Policies, principal: PrincipalFacts): Promise<ReadScope> {
  if (othersSpeakOfReading(policies)) return { isExact: false };
  if (principal.isAdministrator) return { isExact: true };
  const paths = principal.teams.map(({ unitPath }) => unitPath);
  if (paths.some(({ length }) => length === 1)) return { isExact: true }; // a team of the root has everything below
  const below = await unitsBelow(
    db,
    paths.flatMap((path) => path.slice(-1)),
  );
  const units = [...new Set([...below, ...paths.flat()])].sort();
  return { isExact: true, reach: { units, teams: principal.teams.map(({ name }) => name) } };
}

const readVerbs: readonly string[] = ['reads', ...verbs.filter((verb) => groupOf(verb) === 'reads')];

function othersSpeakOfReading({ unassigned, models, restrictions }: Policies): boolean {
  return [unassigned, ...[...models, ...restrictions].map(({ rules }) => rules)].some((set) =>
    set.rules.some(({ actions }) => !actions || actions.some((action) => readVerbs.includes(action))),
  );
}
