import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../decisions/act-refusal.ts';
import { authoriseAct } from '../decisions/authorise-act.ts';
import { type Actor, actRequest, type GovernanceTools } from '../governance-tools.ts';
import { showScope } from '../scope.ts';
import { restrictionDelete, restrictionUpsert, rulesLock, type StoredAssignment } from './assignment-store.ts';
import { checkTeams, type TeamsRefusal } from './check-teams.ts';
import type { Place } from './find-place.ts';
import { type FindRulesRefusal, findRules } from './find-rules.ts';

export type AttachRestrictionRefusal =
  | ActRefusal
  | FindRulesRefusal
  | TeamsRefusal
  | Refusal<'restriction-not-attached'>;

/**
 * Lets a restriction hold in a scope and everything below, in place of another version of it there.
 * @param restriction `mine` (newest version) or `mine@2`. @refuses who may not, a restriction that is not there
 */
export async function attachRestriction(
  tools: GovernanceTools,
  actor: Actor,
  { scope, facts }: Place,
  restriction: string,
): Promise<Result<StoredAssignment, AttachRestrictionRefusal>> {
  const authorised = await authoriseAct(tools.db, actRequest(tools, actor, 'policy:write', facts));
  if (!authorised.ok) return authorised;
  return transact<StoredAssignment, AttachRestrictionRefusal>(tools.db, async (tx) => {
    await rulesLock(tx);
    const found = await findRules(tx, restriction, 'restriction');
    if (!found.ok) return found;
    const teams = await checkTeams(tx, found.value.rules);
    if (!teams.ok) return teams;
    const { name, version = 0 } = found.value;
    const attached = { scope: showScope(scope), name, version, by: actor.principal.name, at: tools.clock.now() };
    await restrictionUpsert(tx, attached);
    return accept(attached);
  });
}

/** @refuses who may not, and what is not attached there */
export async function detachRestriction(
  tools: GovernanceTools,
  actor: Actor,
  { scope, facts }: Place,
  name: string,
): Promise<Result<void, AttachRestrictionRefusal>> {
  const authorised = await authoriseAct(tools.db, actRequest(tools, actor, 'policy:write', facts));
  if (!authorised.ok) return authorised;
  return transact<void, AttachRestrictionRefusal>(tools.db, async (tx) => {
    await rulesLock(tx);
    if (await restrictionDelete(tx, showScope(scope), name)) return accept(undefined);
    return refuse({
      kind: 'missing',
      code: 'restriction-not-attached',
      message: `The restriction ${name} is not attached to ${showScope(scope)}.`,
      remedy: 'Name it without a version, and the scope where it was attached.',
    });
  });
}
