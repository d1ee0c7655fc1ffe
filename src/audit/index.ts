/**
 * Audit: who did what, and what came of it. Append-only: the database refuses to change or delete an entry.
 *
 * Lives here: entries, their chain, writing them in the transaction of what they record. Never here: which requests
 * are worth an entry (a door says so), who may read them. Start at audited.ts.
 */
export { type AuditAttempt, type AuditEntry, type AuditOutcome, auditOutcomes, ourselves } from './audit-entry.ts';
export { type AuditChain, type AuditFilters, auditChain, auditHas, auditInsert, auditVerbs } from './audit-store.ts';
export { audited, requestUnderWay, type WrittenAlong, writtenAlong } from './audited.ts';
export { exportAudit } from './export-audit.ts';
export { listAudit } from './list-audit.ts';
export { type ExportVerdict, verifyExport } from './verify-export.ts';
