import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../decisions/act-refusal.ts';
import { authoriseAct } from '../decisions/authorise-act.ts';
import { type Actor, actRequest, type GovernanceTools } from '../governance-tools.ts';
import { type Scope, showScope } from '../scope.ts';
import { modelAssignmentDelete, modelAssignmentUpsert, rulesLock, type StoredAssignment } from './assignment-store.ts';
import { checkTeams, type TeamsRefusal } from './check-teams.ts';
import type { Place } from './find-place.ts';
import { type FindRulesRefusal, findRules } from './find-rules.ts';

export type AssignModelRefusal = ActRefusal | FindRulesRefusal | TeamsRefusal | Refusal<'model-not-assigned'>;

/**
 * Lets a model rule a scope, in place of the one that did. Nothing is deployed by that; what waits for approval is
 * decided anew when it goes on. @param model `golden-path`, `mine` (newest version), `mine@2`; undefined: none, so
 * that the next one above rules. @refuses who may not, a model that is not there, to take away what is not assigned
 */
export async function assignModel(
  tools: GovernanceTools,
  actor: Actor,
  { scope, facts }: Place,
  model: string | undefined,
): Promise<Result<StoredAssignment | undefined, AssignModelRefusal>> {
  const authorised = await authoriseAct(tools.db, actRequest(tools, actor, 'model:assign', facts));
  if (!authorised.ok) return authorised;
  return transact<StoredAssignment | undefined, AssignModelRefusal>(tools.db, async (tx) => {
    await rulesLock(tx);
    if (model === undefined) {
      return (await modelAssignmentDelete(tx, showScope(scope))) ? accept(undefined) : notAssigned(scope);
    }
    const found = await findRules(tx, model, 'model');
    if (!found.ok) return found;
    const teams = await checkTeams(tx, found.value.rules);
    if (!teams.ok) return teams;
    const { name, version } = found.value;
    const assignment = { scope: showScope(scope), name, version, by: actor.principal.name, at: tools.clock.now() };
    await modelAssignmentUpsert(tx, assignment);
    return accept(assignment);
  });
}

function notAssigned(scope: Scope): Result<never, AssignModelRefusal> {
  return refuse({
    kind: 'missing',
    code: 'model-not-assigned',
    message: `No model is assigned to ${showScope(scope)}.`,
    remedy: 'Nothing is to do: the next assignment above rules it.',
  });
}
