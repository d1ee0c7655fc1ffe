import { sql } from 'kysely';
import type { AccessKey } from './access-key.ts';
import { createPrincipal } from './create-principal.ts';
import { issueAccessKey, type OrganizationTools } from './issue-access-key.ts';
import { principalFindByName } from './principal-store.ts';
import { membershipUpsert } from './teams/membership-store.ts';
import { administratorsTeam } from './teams/team.ts';

export const firstAdministratorName = 'administrator';

/**
 * Makes the first administrator of a new installation, and the first member of the team of administrators. Several processes may ask at once; one of them is answered.
 * @returns the key, exactly once in the life of an installation; undefined ever after
 */
export async function ensureFirstAdministrator(tools: OrganizationTools): Promise<AccessKey | undefined> {
  return await tools.db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended('first administrator', 0))`.execute(tx);
    if (await principalFindByName(tx, firstAdministratorName)) return undefined;
    const created = await createPrincipal(
      { db: tx, clock: tools.clock },
      { name: firstAdministratorName, kind: 'person' },
    );
    if (!created.ok) throw new Error(created.refusal.message);
    const principalId = created.value.id;
    const since = tools.clock.now();
    await membershipUpsert(tx, { team: administratorsTeam, principalId, role: 'lead', since });
    return await issueAccessKey({ ...tools, db: tx }, principalId);
  });
}
