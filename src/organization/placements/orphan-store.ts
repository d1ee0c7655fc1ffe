import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { Ownership } from '../handovers/handover.ts';
import type { ResourceKind } from './placement.ts';
import { isWithinReach, type PlacementReach } from './placement-store.ts';

export interface OrphanRow {
  readonly arn: string;
  readonly kind: ResourceKind;
  readonly ownership: Ownership;
  /** null: no team ever was, or is any more, named. */
  readonly team: string | null;
  /** Whose membership in the team ended last. */
  readonly lastMember: string | null;
  readonly leftAt: Date | null;
}

export interface OrphanFilters {
  /** Only what was left by this principal: he was the last in the team to go. */
  readonly leftBy?: string;
  /** Only those within it. */
  readonly reach?: PlacementReach;
}

export interface OrphanPosition {
  readonly arn: string;
  readonly ownership: string;
}

/**
 * What nobody answers for at a moment, by ARN: it has no owner, or nobody but machines is in its owner's or data owner's
 * team then.
 * What is a part of another resource counts only where it has an owner of its own.
 */
export async function orphanList(
  db: Db,
  { leftBy, reach }: OrphanFilters,
  at: Date,
  behind: OrphanPosition | undefined,
  max: number,
): Promise<OrphanRow[]> {
  const { rows } = await sql<OrphanRow>`
    with owned as (
      select arn, kind, 'owner' as ownership, owner_team as team from resource_placement
        where kind not in ('service-instance', 'service-pipeline') or owner_team is not null
      union all
      select arn, kind, 'data-owner', data_owner_team from resource_placement where data_owner_team is not null
    )
    select owned.arn, owned.kind, owned.ownership, owned.team, gone.name as "lastMember", gone.ends_at as "leftAt"
    from owned left join lateral (
      select principal.name, least(membership.ends_at, principal.ends_at) as ends_at
      from membership join principal on principal.id = membership.principal_id
      where membership.team = owned.team and principal.kind = 'person' order by 2 desc, principal.name limit 1
    ) as gone on true
    where (owned.team is null or not exists (
        select from membership join principal on principal.id = membership.principal_id
        where membership.team = owned.team and principal.kind = 'person' and (membership.ends_at is null or membership.ends_at > ${at})
          and (principal.ends_at is null or principal.ends_at > ${at})
      ))
      and ${reach ? isWithinReach(sql`owned.arn`, reach) : sql`true`}
      and (${leftBy ?? null}::text is null or gone.name = ${leftBy ?? null})
      and (${behind?.arn ?? null}::text is null
        or (owned.arn collate "C", owned.ownership collate "C") > (${behind?.arn ?? ''}, ${behind?.ownership ?? ''}))
    order by owned.arn collate "C", owned.ownership collate "C" limit ${max}`.execute(db);
  return rows;
}
