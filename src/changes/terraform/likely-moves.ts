import { isUnknown } from '../../cloudformation/index.ts';
import { canonical } from '../property-changes.ts';
import type { PlannedResource } from './terraform-plan.ts';

/** Share of equal attributes from which a deleted and a created resource of one type count as one that was moved. */
const likenessMin = 0.5;
/** Most pairs of one type that are looked at. Where there are more, nobody forgot one `moved` block: all are told as they are. */
const pairsMax = 250_000;

/** Addresses that are deleted, with the one that is created in place of each: what a `moved` block was forgotten for. */
export function likelyMoves(resources: readonly PlannedResource[]): ReadonlyMap<string, string> {
  const created = resources.filter(({ action }) => action === 'create');
  const moves = new Map<string, string>();
  const taken = new Set<string>();
  const byType = Map.groupBy(created, ({ type }) => type);
  const deleted = resources.filter(({ action, isDeposed }) => action === 'delete' && !isDeposed);
  const deletedByType = Map.groupBy(deleted, ({ type }) => type);
  for (const old of deleted) {
    if ((deletedByType.get(old.type)?.length ?? 0) * (byType.get(old.type)?.length ?? 0) > pairsMax) continue;
    const best = (byType.get(old.type) ?? [])
      .filter(({ address }) => !taken.has(address))
      .map((made) => ({ address: made.address, likeness: likeness(old, made) }))
      .sort((a, b) => b.likeness - a.likeness)[0];
    if (!best || best.likeness < likenessMin) continue;
    taken.add(best.address);
    moves.set(old.address, best.address);
  }
  return moves;
}

/** Of the attributes that the new one has a known value for. */
function likeness({ before = {} }: PlannedResource, { after = {} }: PlannedResource): number {
  const names = Object.keys(after).filter((name) => !isUnknown(after[name]));
  if (names.length === 0) return 0;
  return names.filter((name) => canonical(before[name]) === canonical(after[name])).length / names.length;
}
