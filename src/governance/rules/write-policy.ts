import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../decisions/act-refusal.ts';
import { authoriseAct } from '../decisions/authorise-act.ts';
import { theInstallation } from '../facts.ts';
import { type Actor, actRequest, type GovernanceTools } from '../governance-tools.ts';
import { rulesLock } from './assignment-store.ts';
import { checkTeams, type TeamsRefusal } from './check-teams.ts';
import { isPolicyName, type PolicyVersion } from './policy.ts';
import { policyVersionFind, policyVersionInsert } from './policy-store.ts';
import { RuleCheckPool, type RuleCheckRefusal } from './rule-check-pool.ts';
import type { RuleSet } from './rule-set.ts';

export type WritePolicyRefusal =
  | ActRefusal
  | RuleCheckRefusal
  | TeamsRefusal
  | Refusal<'policy-name-wrong' | 'policy-purpose-differs'>;

/** One for the process, as its evaluator; its threads come and go. */
const ruleChecks = new RuleCheckPool();

/**
 * Keeps a text as the next version of a policy; the newest stays where it says the same. It holds nowhere until it is
 * assigned or attached.
 * @param text how its lines end, and a mark of its encoding, are no part of what it says
 * @refuses who may not write policies, a name that is none or is shipped, a text with errors (each with its place), a
 * policy of that name with another purpose
 */
export async function writePolicy(
  tools: GovernanceTools,
  actor: Actor,
  { name, purpose, text: given }: Pick<PolicyVersion, 'name' | 'purpose' | 'text'>,
): Promise<Result<PolicyVersion, WritePolicyRefusal>> {
  const authorised = await authoriseAct(tools.db, actRequest(tools, actor, 'policy:write', theInstallation));
  if (!authorised.ok) return authorised;
  const text = given.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const checked = await checkPolicy({ name, purpose, text });
  if (!checked.ok) return checked;
  const teams = await checkTeams(tools.db, checked.value);
  if (!teams.ok) return teams;
  return transact<PolicyVersion, WritePolicyRefusal>(tools.db, async (tx) => {
    await rulesLock(tx);
    const newest = await policyVersionFind(tx, name);
    if (newest?.text === text && newest.purpose === purpose) return accept(newest);
    const written = { name, purpose, text, writtenBy: actor.principal.name, writtenAt: tools.clock.now() };
    const version = await policyVersionInsert(tx, written);
    if (version !== undefined) return accept({ ...written, version });
    return refuse({
      kind: 'conflict',
      code: 'policy-purpose-differs',
      message: `There is a policy ${name} that is no ${purpose}.`,
      remedy: 'Choose another name.',
    });
  });
}

/** @refuses a name that is none or is shipped, a text with errors (each with its place) */
export async function checkPolicy({
  name,
  purpose,
  text,
}: Pick<PolicyVersion, 'name' | 'purpose' | 'text'>): Promise<
  Result<RuleSet, RuleCheckRefusal | Refusal<'policy-name-wrong'>>
> {
  if (isPolicyName(name)) return await ruleChecks.check({ name, purpose, text });
  return refuse({
    kind: 'invalid',
    code: 'policy-name-wrong',
    message: `'${name}' cannot be the name of a policy.`,
    remedy: 'Use 1 to 63 small letters, digits and hyphens, beginning with a letter, and no name of a shipped model.',
  });
}
