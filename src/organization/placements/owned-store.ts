import type { Db } from '../../database/index.ts';
import type { ResourceKind } from './placement.ts';

type OwnedTable = { resource_placement: { arn: string; kind: ResourceKind; owner_team: string | null } };

/** How many resources of a kind a team owns, beside one of them. An orphan's owner has none. */
export async function placementsOwned(
  db: Db,
  { team, kind, besides }: { readonly team?: string; readonly kind: ResourceKind; readonly besides: string },
): Promise<number> {
  if (team === undefined) return 0;
  const row = await db
    .withTables<OwnedTable>()
    .selectFrom('resource_placement')
    .select(({ fn }) => fn.countAll().as('owned'))
    .where('owner_team', '=', team)
    .where('kind', '=', kind)
    .where('arn', '<>', besides)
    .executeTakeFirstOrThrow();
  return Number(row.owned);
}
