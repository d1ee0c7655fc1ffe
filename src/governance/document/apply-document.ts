import { auditInsert } from '../../audit/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { accept, allAsOne, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { DocumentRequest } from '../../organization/index.ts';
import { authoriseActs } from '../decisions/authorise-act.ts';
import { type ResourceFacts, theInstallation } from '../facts.ts';
import { type Actor, actRequest, type GovernanceTools } from '../governance-tools.ts';
import {
  modelAssignmentDelete,
  modelAssignments,
  modelAssignmentUpsert,
  restrictionDelete,
  restrictions,
  restrictionUpsert,
  rulesLock,
} from '../rules/assignment-store.ts';
import { checkTeams } from '../rules/check-teams.ts';
import { findPlace, findPlaceHeld } from '../rules/find-place.ts';
import { policiesNewest, policyVersionInsert } from '../rules/policy-store.ts';
import { checkPolicy } from '../rules/write-policy.ts';
import { showScope } from '../scope.ts';
import type { Verb } from '../verbs.ts';
import { type GovernanceChange, type GovernancePlan, planDocument } from './plan-document.ts';
import { type DocumentAssignment, type GovernanceDocument, readGovernanceDocument } from './read-document.ts';

/** What applying would do now. @refuses what is wrong in the file or in a text of it, with its place */
export async function planGovernance(
  { db }: Pick<GovernanceTools, 'db'>,
  { document, file, prune }: DocumentRequest,
): Promise<Result<GovernancePlan>> {
  const read = await readChecked(db, document, file);
  return read.ok ? planDocument(await rulesNow(db), read.value, { prune }) : read;
}

/**
 * Makes the rules what the file says, all of it or nothing; each change is decided about, and audited, like one that is
 * asked for alone.
 * @param plannedHash of the plan that was shown; absent: whatever it is now
 * @refuses as planning does; who may not; governance-plan-stale
 */
export async function applyGovernance(
  tools: GovernanceTools,
  actor: Actor & { readonly requestId: string },
  { document, file, prune, plannedHash }: DocumentRequest & { readonly plannedHash?: string },
): Promise<Result<GovernancePlan>> {
  const { db, clock } = tools;
  const read = await readChecked(db, document, file);
  if (!read.ok) return read;
  return transact<GovernancePlan, Refusal>(db, async (tx) => {
    await rulesLock(tx);
    const planned = planDocument(await rulesNow(tx), read.value, { prune });
    if (!planned.ok) return planned;
    const { changes, hash } = planned.value;
    const acts = await actsOf(
      tx,
      changes.map(({ change }) => change),
    );
    const allowed = await authoriseActs(
      tx,
      acts.map(({ verb, facts }) => actRequest(tools, actor, verb, facts)),
    );
    if (!allowed.ok) return allowed;
    if (plannedHash !== undefined && plannedHash !== hash) return stale();
    const by = actor.principal.name;
    for (const { change } of changes) {
      await write(tx, change, { by, at: clock.now() });
      const attempt = { principalId: actor.principal.id, principal: by, requestId: actor.requestId };
      await auditInsert(tx, { ...attempt, ...auditOf(change) }, { outcome: 'accepted' });
    }
    return planned;
  });
}

async function rulesNow(db: Db) {
  return {
    policies: await policiesNewest(db),
    models: await modelAssignments(db),
    restrictions: await restrictions(db),
  };
}

/** The file, with everything found out about it that has nothing to do with what is in force. */
async function readChecked(db: Db, document: string, file: string): Promise<Result<GovernanceDocument>> {
  const read = readGovernanceDocument(document, file);
  if (!read.ok) return read;
  const { policies, models, restrictions: restricted } = read.value;
  const wrong: Refusal[] = [];
  for (const { position, ...policy } of policies) {
    const checked = await checkPolicy(policy);
    const teams = checked.ok ? await checkTeams(db, checked.value) : checked;
    // where the text begins; where in it, the message says
    if (!teams.ok) wrong.push({ ...teams.refusal, position });
  }
  const placed = async (assigned: readonly DocumentAssignment[]) => {
    const all: DocumentAssignment[] = [];
    for (const each of assigned) {
      const place = await findPlace(db, each.scope);
      if (place.ok) all.push({ ...each, scope: showScope(place.value.scope) });
      else wrong.push({ ...place.refusal, position: each.position });
    }
    return all;
  };
  const whole = {
    ...read.value,
    ...(models && { models: await placed(models) }),
    ...(restricted && { restrictions: await placed(restricted) }),
  };
  return wrong.length > 0 ? { ok: false, refusal: allAsOne(wrong) } : accept(whole);
}

/** What has to be allowed for changes, each once. */
async function actsOf(
  db: Db,
  changes: readonly GovernanceChange[],
): Promise<readonly { readonly verb: Verb; readonly facts: ResourceFacts }[]> {
  const acts = new Map<string, { readonly verb: Verb; readonly facts: ResourceFacts }>();
  for (const change of changes) {
    if (change.change === 'write-policy') {
      acts.set('', { verb: 'policy:write', facts: theInstallation });
      continue;
    }
    const isModel = change.change === 'assign-model' || change.change === 'take-model';
    const verb = isModel ? 'model:assign' : 'policy:write';
    const place = await findPlaceHeld(db, change.scope);
    if (place.ok) acts.set(`${verb} ${change.scope}`, { verb, facts: place.value.facts });
  }
  return [...acts.values()];
}

async function write(tx: Db, change: GovernanceChange, said: { by: string; at: Date }): Promise<void> {
  switch (change.change) {
    case 'write-policy':
      await policyVersionInsert(tx, { ...change, writtenBy: said.by, writtenAt: said.at });
      return;
    case 'assign-model':
      return modelAssignmentUpsert(tx, { ...change, ...said });
    case 'take-model':
      await modelAssignmentDelete(tx, change.scope);
      return;
    case 'attach-restriction':
      return restrictionUpsert(tx, { ...change, version: change.version ?? 1, ...said });
    case 'detach-restriction':
      await restrictionDelete(tx, change.scope, change.name);
  }
}

/** As the acts alone are told. */
function auditOf(change: GovernanceChange): { readonly verb: string; readonly target: string } {
  switch (change.change) {
    case 'write-policy':
      return { verb: 'deuteron:WritePolicy', target: `policy/${change.name}` };
    case 'assign-model':
    case 'take-model':
      return { verb: 'deuteron:AssignModel', target: `scope/${change.scope}` };
    case 'attach-restriction':
      return { verb: 'deuteron:AttachRestriction', target: `scope/${change.scope}` };
    case 'detach-restriction':
      return { verb: 'deuteron:DetachRestriction', target: `scope/${change.scope}` };
  }
}

function stale() {
  return refuse({
    kind: 'conflict',
    code: 'governance-plan-stale',
    message: 'The rules were changed since the plan was shown: it would now be another one.',
    remedy: 'Look at the plan again: deuteron apply shows it first.',
  });
}
