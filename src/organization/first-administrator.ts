import { sql } from 'kysely';
import type { AccessKey } from './access-key.ts';
import { createPrincipal } from './create-principal.ts';
import { issueAccessKey, type OrganizationTools } from './issue-access-key.ts';
import { principalFindByName } from './principal-store.ts';

export const firstAdministratorName = 'administrator';

/**
 * Makes the first administrator of a new installation. Several processes may ask at once; one of them is answered.
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
    return await issueAccessKey({ ...tools, db: tx }, created.value.id);
  });
}
