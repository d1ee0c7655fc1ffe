import type { Db } from '../database/index.ts';
import type { Result } from '../errors/index.ts';
import { type Page, type PageRequest, type PageTokenRefusal, readPage } from '../identifiers/index.ts';
import type { AuditEntry } from './audit-entry.ts';
import { type AuditFilters, auditBehind } from './audit-store.ts';

/** Newest first. @refuses InvalidPageToken */
export async function listAudit(
  db: Db,
  filters: AuditFilters,
  page: PageRequest,
): Promise<Result<Page<AuditEntry>, PageTokenRefusal>> {
  const listing = { name: 'ListAudit', filters, key: { position: 'number' } } as const;
  return readPage(listing, page, (behind, rowsMax) => auditBehind(db, filters, behind?.position, rowsMax));
}
