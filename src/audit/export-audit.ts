import type { Db } from '../database/index.ts';
import { auditAfter, type ChainedEntry } from './audit-store.ts';

const batchMax = 500;

/** All entries in their order, each with its hash in hexadecimal: what `verifyExport` reads, anywhere. */
export async function* exportAudit(db: Db): AsyncGenerator<ChainedEntry> {
  for (let position = 0; ; ) {
    const entries = await auditAfter(db, position, batchMax);
    yield* entries;
    const last = entries.at(-1);
    if (!last || entries.length < batchMax) return;
    position = last.position;
  }
}
