import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import type { FederationRule } from './federation-rule.ts';

type Tables = {
  federation_rule: Omit<FederationRule, 'claims' | 'teams'> & {
    claims: unknown;
    teams: unknown;
    created_at: Date;
  };
};

const rules = (db: Db) => db.withTables<Tables>();

export async function federationRuleUpsert(tx: Db, { name, ...rule }: FederationRule, now: Date): Promise<void> {
  const row = {
    issuer: rule.issuer,
    audience: rule.audience,
    subject: rule.subject,
    claims: JSON.stringify(rule.claims),
    principal: rule.principal,
    teams: JSON.stringify(rule.teams),
    minutes: rule.minutes,
    once: rule.once,
  };
  await rules(tx)
    .insertInto('federation_rule')
    .values({ ...row, name, created_at: now })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

export async function federationRuleDelete(tx: Db, name: string): Promise<void> {
  await rules(tx).deleteFrom('federation_rule').where('name', '=', name).execute();
}

/** By name, those behind a name. */
export async function federationRuleList(
  db: Db,
  { issuer }: { readonly issuer?: string } = {},
  behind?: string,
  max?: number,
): Promise<FederationRule[]> {
  const rows = await rules(db)
    .selectFrom('federation_rule')
    .selectAll()
    .$if(issuer !== undefined, (query) => query.where('issuer', '=', issuer!))
    .$if(behind !== undefined, (query) => query.where(sql`name collate "C"`, '>', behind!))
    .orderBy(sql`name collate "C"`)
    .$if(max !== undefined, (query) => query.limit(max!))
    .execute();
  return rows.map(({ created_at, claims, teams, ...rule }) => ({
    ...rule,
    claims: claims as FederationRule['claims'],
    teams: teams as FederationRule['teams'],
  }));
}
