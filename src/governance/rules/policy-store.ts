import type { Db } from '../../database/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import type { PolicyPurpose, PolicyVersion } from './policy.ts';
import type { RuleSet } from './rule-set.ts';

export type PolicyTables = {
  rule_text: { digest: string; text: string };
  policy: { name: string; purpose: PolicyPurpose; created_at: Date };
  policy_version: { policy: string; version: number; digest: string; written_by: string; written_at: Date };
};

const policies = (db: Db) => db.withTables<PolicyTables>();

/** Texts are kept by what they say: one that is known already is not kept twice. */
export async function ruleTextInsert(tx: Db, sets: readonly Pick<RuleSet, 'digest' | 'text'>[]): Promise<void> {
  if (sets.length === 0) return;
  const rows = sets.map(({ digest, text }) => ({ digest, text }));
  await policies(tx)
    .insertInto('rule_text')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function ruleTexts(db: Db, digests: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (digests.length === 0) return new Map();
  const rows = await policies(db)
    .selectFrom('rule_text')
    .selectAll()
    .where('digest', 'in', [...digests])
    .execute();
  return new Map(rows.map(({ digest, text }) => [digest, text]));
}

/** The next version of a policy, which is made with its first; undefined: it has another purpose. */
export async function policyVersionInsert(
  tx: Db,
  { name, purpose, text, writtenBy, writtenAt }: Omit<PolicyVersion, 'version'>,
): Promise<number | undefined> {
  await policies(tx)
    .insertInto('policy')
    .values({ name, purpose, created_at: writtenAt })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  // whoever writes another version of it at the same time waits here
  const policy = await policies(tx)
    .selectFrom('policy')
    .select('purpose')
    .where('name', '=', name)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (policy.purpose !== purpose) return undefined;
  const digest = contentHash(Buffer.from(text));
  await ruleTextInsert(tx, [{ digest, text }]);
  const last = await policies(tx)
    .selectFrom('policy_version')
    .select(({ fn }) => fn.max('version').as('version'))
    .where('policy', '=', name)
    .executeTakeFirst();
  const version = (last?.version ?? 0) + 1;
  await policies(tx)
    .insertInto('policy_version')
    .values({ policy: name, version, digest, written_by: writtenBy, written_at: writtenAt })
    .execute();
  return version;
}

/** Each policy in its newest version, by name. */
export async function policiesNewest(
  db: Db,
): Promise<{ name: string; purpose: PolicyPurpose; version: number; digest: string }[]> {
  return await policies(db)
    .selectFrom('policy_version')
    .innerJoin('policy', 'policy.name', 'policy_version.policy')
    .distinctOn('policy.name')
    .select(['policy.name', 'purpose', 'version', 'digest'])
    .orderBy('policy.name')
    .orderBy('version', 'desc')
    .execute();
}

const selected = (db: Db) =>
  policies(db)
    .selectFrom('policy_version')
    .innerJoin('policy', 'policy.name', 'policy_version.policy')
    .innerJoin('rule_text', 'rule_text.digest', 'policy_version.digest')
    .select(['policy.name', 'policy.purpose', 'version', 'text', 'written_by as writtenBy', 'written_at as writtenAt']);

/** @param version absent: the newest */
export async function policyVersionFind(db: Db, name: string, version?: number): Promise<PolicyVersion | undefined> {
  return await selected(db)
    .where('policy.name', '=', name)
    .$if(version !== undefined, (query) => query.where('version', '=', version!))
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** By name, newest version first. */
export async function policyVersionList(
  db: Db,
  behind: { readonly name: string; readonly version: number } | undefined,
  max: number,
): Promise<PolicyVersion[]> {
  return await selected(db)
    .$if(behind !== undefined, (query) =>
      query.where((where) =>
        where.or([
          where('policy.name', '>', behind!.name),
          where.and([where('policy.name', '=', behind!.name), where('version', '<', behind!.version)]),
        ]),
      ),
    )
    .orderBy('policy.name')
    .orderBy('version', 'desc')
    .limit(max)
    .execute();
}
