import type { Db } from '../../database/index.ts';
import type { Principal, PrincipalId } from '../../organization/index.ts';

type Tables = {
  external_identity: { issuer: string; subject: string; principal_id: PrincipalId; created_at: Date };
  principal: { id: PrincipalId; name: string; kind: Principal['kind'] };
};

export interface ExternalKey {
  readonly issuer: string;
  readonly subject: string;
}

export async function externalIdentityFind(db: Db, { issuer, subject }: ExternalKey): Promise<Principal | undefined> {
  return db
    .withTables<Tables>()
    .selectFrom('external_identity')
    .innerJoin('principal', 'principal.id', 'external_identity.principal_id')
    .select(['principal.id', 'principal.name', 'principal.kind'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
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
