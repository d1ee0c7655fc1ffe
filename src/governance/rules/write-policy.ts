import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { ActRefusal } from '../decisions/act-refusal.ts';
import { authoriseAct } from '../decisions/authorise-act.ts';
import { theInstallation } from '../facts.ts';
import { type Actor, actRequest, type GovernanceTools } from '../governance-tools.ts';
import { loadCedar } from './cedar.ts';
import { isPolicyName, type PolicyPurpose, type PolicyVersion } from './policy.ts';
import { policyVersionInsert } from './policy-store.ts';
import { checkRuleSet, type RuleSetRefusal } from './read-rule-set.ts';

export type WritePolicyRefusal = ActRefusal | RuleSetRefusal | Refusal<'policy-name-wrong' | 'policy-purpose-differs'>;

/**
 * Keeps a text as the next version of a policy. It holds nowhere until it is assigned or attached.
 * @refuses who may not write policies, a name that is none or is shipped, a text with errors (each with its place), a
 * policy of that name with another purpose
 */
export async function writePolicy(
  tools: GovernanceTools,
  actor: Actor,
  { name, purpose, text }: { readonly name: string; readonly purpose: PolicyPurpose; readonly text: string },
): Promise<Result<PolicyVersion, WritePolicyRefusal>> {
  const authorised = await authoriseAct(tools.db, actRequest(tools, actor, 'policy:write', theInstallation));
  if (!authorised.ok) return authorised;
  if (!isPolicyName(name)) {
    return refuse({
      kind: 'invalid',
      code: 'policy-name-wrong',
      message: `'${name}' cannot be the name of a policy.`,
      remedy: 'Use 1 to 63 small letters, digits and hyphens, beginning with a letter, and no name of a shipped model.',
    });
  }
  const checked = checkRuleSet(await loadCedar(), { name, purpose, text });
  if (!checked.ok) return checked;
  return transact<PolicyVersion, WritePolicyRefusal>(tools.db, async (tx) => {
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
