import { isSamePlace, type ProvisionedResource, type Subject } from '../../provisioners/index.ts';
import type { BegunStack } from '../running/begun-stack-store.ts';
import type { Provisioned } from '../running/provisioned.ts';
import type { TargetLocation } from '../target.ts';

/** One thing to remove, and what is known to lie there. */
export interface RemovalSubject extends Subject {
  /** As of the last success; none when there never was one. */
  readonly lastKnown: readonly ProvisionedResource[];
}

/**
 * Where something of a target has to be removed: where it lies now, and wherever else something was begun for it (a
 * pipeline stays in its account when the settings name another one).
 */
export function removalSubjects(
  { placements, stackName }: TargetLocation,
  begun: readonly BegunStack[],
  resources: readonly Provisioned[],
): RemovalSubject[] {
  const elsewhere = begun
    .map(({ placement }) => placement)
    .filter((placement) => !placements.some((each) => isSamePlace(each, placement)));
  return [...placements, ...elsewhere].map((placement) => ({
    placement,
    stackName,
    stackId: begun.find((each) => isSamePlace(each.placement, placement))?.stackId,
    lastKnown: resources.find((each) => isSamePlace(each.placement, placement))?.resources ?? [],
  }));
}
