import { createHash } from 'node:crypto';
import type { Db } from '../../database/index.ts';

type Tables = { federation_use: { issuer: string; token_id: string; expires_at: Date } };

/** false when it was there already. Those that expired go meanwhile. */
export async function federationUseInsert(
  tx: Db,
  { issuer, tokenId, expiresAt }: { readonly issuer: string; readonly tokenId: string; readonly expiresAt: Date },
  now: Date,
): Promise<boolean> {
  const db = tx.withTables<Tables>();
  await db.deleteFrom('federation_use').where('expires_at', '<', now).execute();
  const inserted = await db
    .insertInto('federation_use')
    // of any length, and with what no text can hold: its digest stands for it
    .values({ issuer, token_id: createHash('sha256').update(tokenId).digest('hex'), expires_at: expiresAt })
    .onConflict((conflict) => conflict.doNothing())
    .returning('token_id')
    .executeTakeFirst();
  return inserted !== undefined;
}
