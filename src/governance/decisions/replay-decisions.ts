import type { Db } from '../../database/index.ts';
import type { Policies } from '../rules/policies.ts';
import type { Decision } from './decision.ts';
import { type DecisionFilters, decisionsBehind } from './decision-store.ts';
import { inTurns } from './in-turns.ts';
import { policiesThen, type Replay, replayUnder } from './replay-decision.ts';

const batchMax = 100;

/** Decides again what was decided, newest first, each with the facts and rules of its time. */
export async function* replayDecisions(
  db: Db,
  filters: DecisionFilters,
): AsyncGenerator<{ readonly decision: Decision; readonly replay: Replay }> {
  let behind: { readonly at: Date; readonly id: string } | undefined;
  let then: Policies | undefined; // most were decided under the same rules as the one before
  for (;;) {
    const decisions = await decisionsBehind(db, filters, behind, batchMax);
    for await (const decision of inTurns(decisions)) {
      if (then?.digest !== decision.policies) then = await policiesThen(db, decision.policies);
      yield { decision, replay: replayUnder(then, decision) };
    }
    const last = decisions.at(-1);
    if (!last || decisions.length < batchMax) return;
    behind = { at: last.request.at, id: last.id };
  }
}
