import type { Db } from '../../database/index.ts';
import { canonicalJson } from '../../identifiers/index.ts';
import { loadCedar } from '../rules/cedar.ts';
import { ruleSets } from '../rules/load-policies.ts';
import { makePolicies, type Policies, type RuleSetNamed } from '../rules/policies.ts';
import type { RuleSetPurpose } from '../rules/rule-set.ts';
import { readScope } from '../scope.ts';
import { decide } from './decide.ts';
import type { Decision } from './decision.ts';
import { policiesSnapshot } from './decision-store.ts';
import type { Verdict } from './verdict.ts';

export interface Replay {
  /** Whether the same request under the same rules is answered as it was, word by word. */
  readonly isSame: boolean;
  readonly was: Verdict;
  readonly is: Verdict;
}

/** Decides again, with the facts and the texts of rules that were kept, not with those of today. */
export async function replayDecision(db: Db, decision: Decision): Promise<Replay> {
  return replayUnder(await policiesThen(db, decision.policies), decision);
}

/** @param policies of its time */
export function replayUnder(policies: Policies, decision: Decision): Replay {
  const is = decide(policies, decision.request);
  return { isSame: meaning(is) === meaning(decision.verdict), was: decision.verdict, is };
}

/** Whether, by which rules and by whom: not in which words of ours, which another version may choose otherwise. */
function meaning(verdict: Verdict): string {
  return canonicalJson(
    JSON.parse(JSON.stringify(verdict, (key, value: unknown) => (key === 'message' ? undefined : value))),
  );
}

/** All rules as they were in force when something was decided under them. */
export async function policiesThen(db: Db, digest: string): Promise<Policies> {
  const content = await policiesSnapshot(db, digest);
  if (!content) throw new Error(`the rules ${digest} are not kept`);
  const cedar = await loadCedar();
  const read = async <Named extends RuleSetNamed>(named: readonly Named[], purpose: RuleSetPurpose) => {
    const sets = await ruleSets(
      db,
      cedar,
      named.map(({ name, digest: text }) => ({ name, purpose, digest: text })),
    );
    return named.map((each) => ({ ...each, rules: sets.get(each.name)! }));
  };
  const placed = async (named: readonly (RuleSetNamed & { readonly scope: string })[], purpose: RuleSetPurpose) =>
    (await read(named, purpose)).map(({ scope, rules }) => ({ scope: readScope(scope)!, rules }));
  const [base] = await read([content.base], 'base');
  const [unassigned] = await read([content.unassigned], 'model');
  return makePolicies(cedar, {
    base: base!.rules,
    unassigned: unassigned!.rules,
    models: await placed(content.models, 'model'),
    restrictions: await placed(content.restrictions, 'restriction'),
  });
}
