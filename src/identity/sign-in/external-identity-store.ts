import type { Db } from '../../database/index.ts';
import {
  type KnownPrincipal,
  type PrincipalId,
  type PrincipalTable,
  principalColumns,
  principalOf,
} from '../../organization/index.ts';

type Tables = PrincipalTable & {
  external_identity: { issuer: string; subject: string; principal_id: PrincipalId; created_at: Date };
};

export interface ExternalKey {
  readonly issuer: string;
  readonly subject: string;
}

export async function externalIdentityFind(
  db: Db,
  { issuer, subject }: ExternalKey,
): Promise<KnownPrincipal | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('external_identity')
    .innerJoin('principal', 'principal.id', 'external_identity.principal_id')
    .select(principalColumns)
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  return row && principalOf(row);
}

const insertion = (tx: Db, { issuer, subject }: ExternalKey, principalId: PrincipalId, now: Date) =>
  tx
    .withTables<Tables>()
    .insertInto('external_identity')
    .values({ issuer, subject, principal_id: principalId, created_at: now });

export async function externalIdentityInsert(
  tx: Db,
  key: ExternalKey,
  principalId: PrincipalId,
  now: Date,
): Promise<void> {
  await insertion(tx, key, principalId, now).execute();
}

/** Whoever it was before, it is this one now. */
export async function externalIdentityUpsert(
  tx: Db,
  key: ExternalKey,
  principalId: PrincipalId,
  now: Date,
): Promise<void> {
  await insertion(tx, key, principalId, now)
    .onConflict((conflict) => conflict.columns(['issuer', 'subject']).doUpdateSet({ principal_id: principalId }))
    .execute();
}
