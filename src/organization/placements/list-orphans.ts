import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { Ownership } from '../handovers/handover.ts';
import { type OrphanFilters, orphanList } from './orphan-store.ts';
import type { ResourceKind } from './placement.ts';
import { resourceFactsOf } from './resource-facts.ts';

/** Something that nobody answers for. */
export interface Orphan {
  readonly arn: string;
  readonly kind: ResourceKind;
  readonly unitPath: readonly string[];
  readonly ownership: Ownership;
  readonly reason: 'no-owner' | 'team-empty';
  readonly team?: string;
  /** Who was the last in the team to go, and when. */
  readonly lastMember?: string;
  readonly leftAt?: Date;
}

/**
 * What nobody answers for, by ARN.
 * @param at now; or a day to come, for what will be left behind by memberships and principals that end until then
 * @refuses InvalidPageToken
 */
export async function listOrphans(
  db: Db,
  filters: OrphanFilters,
  at: Date,
  page: PageRequest,
): Promise<Result<Page<Orphan>, PageTokenRefusal>> {
  const { reach: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListOrphans', filters: chosen, key: { arn: 'text', ownership: 'text' } } as const;
  return readPage(listing, page, async (behind, rowsMax) => {
    const rows = await orphanList(db, filters, at, behind, rowsMax);
    const facts = await resourceFactsOf(db, rows);
    return rows.map(
      ({ team, lastMember, leftAt, ...row }): Orphan => ({
        ...row,
        unitPath: facts.get(row.arn)?.unitPath ?? [],
        reason: team === null ? 'no-owner' : 'team-empty',
        team: team ?? undefined,
        lastMember: lastMember ?? undefined,
        leftAt: leftAt ?? undefined,
      }),
    );
  });
}
