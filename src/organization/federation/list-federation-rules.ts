import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import type { FederationRule } from './federation-rule.ts';
import { federationRuleList } from './federation-rule-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listFederationRules(
  db: Db,
  page: PageRequest,
): Promise<Result<Page<FederationRule>, PageTokenRefusal>> {
  const listing = { name: 'ListFederationRules', filters: {}, key: { name: 'text' } } as const;
  return readPage(listing, page, (behind, rowsMax) => federationRuleList(db, {}, behind?.name, rowsMax));
}
