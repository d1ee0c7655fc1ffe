import type { Db } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../identifiers/index.ts';
import type { AuditEntry } from './audit-entry.ts';
import { type AuditFilters, auditBehind } from './audit-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listAudit(
  db: Db,
  filters: AuditFilters,
  page: PageRequest,
): Promise<Result<Page<AuditEntry>, PageTokenRefusal>> {
  const key = { position: 'number' } as const;
  const listing = { name: 'ListAudit', filters, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await auditBehind(db, filters, start.value?.position, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ position }) => ({ position })));
}
