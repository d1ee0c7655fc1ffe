import { outcomesOfImpact } from '../../mutations/compare-deployment.ts';
import type { Observation, Outcome } from '../../mutations/observe-deployment.ts';
import type { Prediction } from '../../mutations/score.ts';
import type { ResourceImpact } from '../../src/changes/index.ts';

/** What moto shows. It has no events of resources, so one that was updated looks like one that nobody touched. */
export const sights = ['added', 'kept', 'replaced', 'removed', 'not there'] as const;
export type Sight = (typeof sights)[number];

const sightOfOutcome = {
  none: 'kept',
  updated: 'kept',
  added: 'added',
  replaced: 'replaced',
  removed: 'removed',
  // whether it is still there without its stack cannot be seen in the stack
  retained: 'removed',
} as const satisfies Record<Outcome, Sight>;

/** Where what was said and what moto shows are not the same. */
export interface DifferenceOnMoto {
  /** The type of a resource; the id of the case, of its stack as a whole. */
  readonly of: string;
  readonly said: string;
  readonly happened: string;
}

/** A resource that moto made: its type, what was said of it and what was seen. */
export interface Seen {
  readonly type: string;
  readonly said: ResourceImpact;
  readonly sight: Sight;
}

/** @param types of the resources that moto was sent, by logical id; the others are not compared */
export function seenOnMoto(
  said: Prediction,
  happened: ReadonlyMap<string, Outcome>,
  types: ReadonlyMap<string, string>,
): readonly Seen[] {
  return [...types].flatMap(([logicalId, type]): Seen[] => {
    const impact = said.resources.get(logicalId) ?? 'none';
    const outcome = happened.get(logicalId);
    // what a condition leaves out on both sides is nowhere
    if (outcome === undefined && impact === 'none') return [];
    return [{ type, said: impact, sight: outcome === undefined ? 'not there' : sightOfOutcome[outcome] }];
  });
}

/** @param id of the case */
export function differencesOnMoto(
  id: string,
  said: Prediction,
  end: Observation['end'],
  seen: readonly Seen[],
): readonly DifferenceOnMoto[] {
  const fails = said.verdict === 'fails';
  if (end === 'failed' && fails) return [];
  if (end !== 'updated' || fails) return [{ of: id, said: fails ? 'fails' : 'goes through', happened: end }];
  return seen
    .filter((each) => !isAsSaid(each))
    .map(({ type, said: impact, sight }) => ({ of: type, said: impact, happened: sight }));
}

export function isAsSaid({ said, sight }: Seen): boolean {
  return outcomesOfImpact[said].some((outcome) => sightOfOutcome[outcome] === sight);
}
