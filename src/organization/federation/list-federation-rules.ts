import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../../identifiers/index.ts';
import type { FederationRule } from './federation-rule.ts';
import { federationRuleList } from './federation-rule-store.ts';

/** By name. @refuses InvalidPageToken */
export async function listFederationRules(
  db: Db,
  page: PageRequest,
): Promise<Result<Page<FederationRule>, PageTokenRefusal>> {
  const key = { name: 'text' } as const;
  const listing = { name: 'ListFederationRules', filters: {}, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await federationRuleList(db, {}, start.value?.name, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ name }) => ({ name })));
}
