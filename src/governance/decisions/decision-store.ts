import { sql } from 'kysely';
import type { Db } from '../../database/index.ts';
import { type Policies, type PoliciesContent, policiesContent } from '../rules/policies.ts';
import { ruleTextInsert } from '../rules/policy-store.ts';
import type { Decision } from './decision.ts';
import type { DecisionRequest } from './decision-request.ts';
import type { Verdict } from './verdict.ts';

/** Times as ISO 8601, which is how JSON writes them. */
type Stored<Value> = Value extends Date
  ? string
  : Value extends object
    ? { [Key in keyof Value]: Stored<Value[Key]> }
    : Value;

type DecisionTables = {
  policies_snapshot: { digest: string; content: PoliciesContent };
  decision: {
    id: string;
    at: Date;
    principal_id: string;
    principal: string;
    verb: string;
    resource_arn: string;
    verdict: Verdict['verdict'];
    request: Stored<DecisionRequest>;
    answer: Verdict;
    policies: string;
    request_id: string | null;
  };
};

const decisions = (db: Db) => db.withTables<DecisionTables>();

/** Of one statement, which has at most 65535 parameters. */
const rowsMax = 1_000;

/**
 * Decisions that were made by the same rules, with these, where they are not kept already.
 * @param requestId of the request that asked, the one of its audit entry; absent: it was decided without one
 */
export async function decisionsInsert(
  tx: Db,
  made: readonly Decision[],
  policies: Policies,
  requestId?: string,
): Promise<void> {
  if (made.length === 0) return;
  await snapshotInsert(tx, policies);
  // a file that changes everything is decided about in as many parts as it has
  for (let from = 0; from < made.length; from += rowsMax)
    await insertRows(tx, made.slice(from, from + rowsMax), policies, requestId);
}

async function insertRows(
  tx: Db,
  made: readonly Decision[],
  policies: Policies,
  requestId: string | undefined,
): Promise<void> {
  await decisions(tx)
    .insertInto('decision')
    .values(
      made.map(({ id, request, verdict }) => ({
        id,
        at: request.at,
        principal_id: request.principal.id,
        principal: request.principal.name,
        verb: request.verb,
        resource_arn: request.resource.arn,
        verdict: verdict.verdict,
        request: sql<Stored<DecisionRequest>>`${JSON.stringify(request)}::jsonb`,
        answer: sql<Verdict>`${JSON.stringify(verdict)}::jsonb`,
        policies: policies.digest,
        request_id: requestId ?? null,
      })),
    )
    .execute();
}

async function snapshotInsert(tx: Db, policies: Policies): Promise<void> {
  const { digest, base, unassigned, models, restrictions } = policies;
  const known = await decisions(tx)
    .selectFrom('policies_snapshot')
    .select('digest')
    .where('digest', '=', digest)
    .execute();
  if (known.length > 0) return;
  const sets = [base, unassigned, ...[...models, ...restrictions].map(({ rules }) => rules)];
  await ruleTextInsert(tx, [...new Map(sets.map((set) => [set.digest, set])).values()]);
  await decisions(tx)
    .insertInto('policies_snapshot')
    .values({ digest, content: sql`${JSON.stringify(policiesContent(policies))}::jsonb` })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What was in force; undefined: nothing was decided under it. */
export async function policiesSnapshot(db: Db, digest: string): Promise<PoliciesContent | undefined> {
  const row = await decisions(db)
    .selectFrom('policies_snapshot')
    .select('content')
    .where('digest', '=', digest)
    .executeTakeFirst();
  return row?.content;
}

export async function decisionFind(db: Db, id: string): Promise<Decision | undefined> {
  const row = await decisions(db).selectFrom('decision').selectAll().where('id', '=', id).executeTakeFirst();
  return row && decisionOf(row);
}

export interface DecisionFilters {
  /** A name. */
  readonly principal?: string;
  readonly verb?: string;
  readonly resourceArn?: string;
  readonly verdict?: Verdict['verdict'];
  readonly since?: Date;
}

/** Newest first, behind a position. */
export async function decisionsBehind(
  db: Db,
  { principal, verb, resourceArn, verdict, since }: DecisionFilters,
  behind: { readonly at: Date; readonly id: string } | undefined,
  max: number,
): Promise<Decision[]> {
  let query = decisions(db).selectFrom('decision').selectAll();
  if (principal !== undefined) query = query.where('principal', '=', principal);
  if (verb !== undefined) query = query.where('verb', '=', verb);
  if (resourceArn !== undefined) query = query.where('resource_arn', '=', resourceArn);
  if (verdict !== undefined) query = query.where('verdict', '=', verdict);
  if (since) query = query.where('at', '>=', since);
  if (behind) query = query.where(sql<boolean>`(at, id) < (${behind.at}, ${behind.id})`);
  const rows = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(max).execute();
  return rows.map(decisionOf);
}

function decisionOf({ id, request, answer, policies }: DecisionTables['decision']): Decision {
  const approvals = request.approvals?.map((approval) => ({ ...approval, at: new Date(approval.at) }));
  return {
    id,
    request: { ...(request as unknown as DecisionRequest), at: new Date(request.at), ...(approvals && { approvals }) },
    verdict: answer,
    policies,
  };
}
