import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { PolicyTables } from './policy-store.ts';

type AssignmentTables = PolicyTables & {
  model_assignment: { scope: string; model: string; version: number | null; assigned_by: string; assigned_at: Date };
  restriction: { scope: string; policy: string; version: number; attached_by: string; attached_at: Date };
};

type RevisionTable = { rules_revision: { revision: string } };

const assignments = (db: Db) => db.withTables<AssignmentTables>();

/** Where a model or a restriction holds, and who said so. */
export interface StoredAssignment {
  readonly scope: string;
  readonly name: string;
  /** Absent: shipped with the product. */
  readonly version?: number;
  readonly by: string;
  readonly at: Date;
}

/** With the digest of its text; absent for what is shipped. */
export type DigestedAssignment = StoredAssignment & { readonly digest?: string };

/** Changes whenever what holds where changes: equal ones mean that it is as it was. */
export async function rulesRevision(db: Db): Promise<string> {
  const row = await db
    .withTables<RevisionTable>()
    .selectFrom('rules_revision')
    .select('revision')
    .executeTakeFirstOrThrow();
  return row.revision;
}

/** Whoever changes the rules does it alone: what a file of them was planned against stays so until it is applied. */
export async function rulesLock(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended('governance-rules', 0))`.execute(tx);
}

/** In place of the one that the scope had. */
export async function modelAssignmentUpsert(tx: Db, { scope, name, version, by, at }: StoredAssignment): Promise<void> {
  const row = { model: name, version: version ?? null, assigned_by: by, assigned_at: at };
  await assignments(tx)
    .insertInto('model_assignment')
    .values({ scope, ...row })
    .onConflict((conflict) => conflict.column('scope').doUpdateSet(row))
    .execute();
}

/** false: the scope had none. */
export async function modelAssignmentDelete(tx: Db, scope: string): Promise<boolean> {
  const deleted = await assignments(tx).deleteFrom('model_assignment').where('scope', '=', scope).executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}

/** All of them, by scope. */
export async function modelAssignments(db: Db): Promise<DigestedAssignment[]> {
  const rows = await assignments(db)
    .selectFrom('model_assignment')
    .leftJoin('policy_version', (join) =>
      join.onRef('policy', '=', 'model').onRef('policy_version.version', '=', 'model_assignment.version'),
    )
    .select(['scope', 'model as name', 'model_assignment.version', 'digest', 'assigned_by as by', 'assigned_at as at'])
    .orderBy('scope')
    .execute();
  return rows.map(({ version, digest, ...row }) => ({
    ...row,
    ...(version === null ? {} : { version }),
    ...(digest === null ? {} : { digest }),
  }));
}

/** In place of another version of it at the scope. */
export async function restrictionUpsert(
  tx: Db,
  assignment: StoredAssignment & { readonly version: number },
): Promise<void> {
  const { scope, name, version, by, at } = assignment;
  const row = { version, attached_by: by, attached_at: at };
  await assignments(tx)
    .insertInto('restriction')
    .values({ scope, policy: name, ...row })
    .onConflict((conflict) => conflict.columns(['scope', 'policy']).doUpdateSet(row))
    .execute();
}

/** false: it was not attached there. */
export async function restrictionDelete(tx: Db, scope: string, name: string): Promise<boolean> {
  const deleted = await assignments(tx)
    .deleteFrom('restriction')
    .where('scope', '=', scope)
    .where('policy', '=', name)
    .executeTakeFirst();
  return deleted.numDeletedRows > 0n;
}

/** All of them, by scope and name. */
export async function restrictions(db: Db): Promise<DigestedAssignment[]> {
  return await assignments(db)
    .selectFrom('restriction')
    .innerJoin('policy_version', (join) =>
      join
        .onRef('policy_version.policy', '=', 'restriction.policy')
        .onRef('policy_version.version', '=', 'restriction.version'),
    )
    .select([
      'scope',
      'restriction.policy as name',
      'restriction.version',
      'digest',
      'attached_by as by',
      'attached_at as at',
    ])
    .orderBy('scope')
    .orderBy('name')
    .execute();
}
