import type { Db } from '../../database/index.ts';
import { type Labels, rootUnit } from '../units/unit.ts';
import { unitPaths } from '../units/unit-store.ts';
import { inheritPlacement, type ResourceKind, type ResourcePlacement, wholeOf } from './placement.ts';
import { placementsAround, placementsFind } from './placement-store.ts';

/** Where a resource is and who answers for it, for whoever decides what may be done to it. */
export interface ResourceFacts {
  readonly arn: string;
  readonly kind: ResourceKind;
  /** From the root to its unit. */
  readonly unitPath: readonly string[];
  /** A name; absent: an orphan. */
  readonly ownerTeam?: string;
  readonly dataOwnerTeam?: string;
  /** Of a service instance: the team that owns its environment. */
  readonly environmentOwnerTeam?: string;
  readonly environmentClass?: string;
  readonly labels: Labels;
}

/** Facts of a resource as it is placed. One that was never placed is in the root, without owner. */
export async function resourceFacts(db: Db, arn: string, kind: ResourceKind): Promise<ResourceFacts> {
  return (await resourceFactsOf(db, [{ arn, kind }])).get(arn) as ResourceFacts;
}

/** Of many at once, by ARN. */
export async function resourceFactsOf(
  db: Db,
  resources: readonly { readonly arn: string; readonly kind: ResourceKind }[],
): Promise<ReadonlyMap<string, ResourceFacts>> {
  const wholes = resources.flatMap(({ arn }) => wholeOf(arn) ?? []);
  const own = await placementsAround(db, [...resources.map(({ arn }) => arn), ...wholes]);
  const asked = resources.map(({ arn, kind }) => own.get(arn) ?? { arn, kind, labels: {} });
  return factsOf(db, asked, own);
}

/** @param known placements that were read already, by ARN; those of wholes among them */
export async function factsOf(
  db: Db,
  asked: readonly ResourcePlacement[],
  known: ReadonlyMap<string, ResourcePlacement>,
): Promise<ReadonlyMap<string, ResourceFacts>> {
  const environments = asked.flatMap(({ environmentArn }) => environmentArn ?? []).filter((arn) => !known.has(arn));
  const all = new Map([...known, ...(await placementsFind(db, environments))]);
  const placed = asked.map((own) => {
    const environment = all.get(own.environmentArn ?? '');
    const placement = inheritPlacement(own, all.get(wholeOf(own.arn) ?? ''), environment);
    return { ...placement, environmentOwnerTeam: environment?.ownerTeam };
  });
  const paths = await unitPaths(
    db,
    placed.map(({ unit = rootUnit }) => unit),
  );
  return new Map(
    placed.map(({ arn, kind, unit = rootUnit, environmentArn: _, ...rest }) => [
      arn,
      { ...rest, arn, kind, unitPath: paths.get(unit) ?? [rootUnit] },
    ]),
  );
}
