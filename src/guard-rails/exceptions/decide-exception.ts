import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import {
  type ActRefusal,
  type ApprovalFacts,
  actRefusal,
  describeVerdict,
  type PrincipalFacts,
  reachDecision,
  relationsOf,
  theInstallation,
  type Verdict,
} from '../../governance/index.ts';
import {
  countsFor,
  type Principal,
  type PrincipalId,
  principalFacts,
  principalStandings,
  readResource,
  resourceFacts,
} from '../../organization/index.ts';
import type { GuardRailTools } from '../guard-rail-tools.ts';
import type { AskedException } from './exception-store.ts';

/** What comes of somebody's wish to grant: it is enough, or counts as an approval beside which others are wanted. */
export type Grant =
  | { readonly isEnough: true }
  | { readonly isEnough: false; readonly approval: ApprovalFacts; readonly waitsFor: string };

/**
 * Whether an exception is granted when this principal grants it. Either he may lift the guard rail by himself, or whoever
 * asked may lift it with approvals, of which this is one. The decisions are kept: call it outside of the transaction.
 * @refuses a grant that the rules have no use for
 */
export async function decideException(
  { db, clock, timeZone, installation }: GuardRailTools,
  by: Principal,
  asked: AskedException,
): Promise<Result<Grant, ActRefusal>> {
  const at = clock.now();
  const thing = readResource(installation, asked.targetArn);
  const resource = thing ? await resourceFacts(db, thing.arn, thing.kind) : theInstallation;
  const [granter, asker] = [
    await principalFacts(db, by.id, at),
    await principalFacts(db, asked.requestedById as PrincipalId, at),
  ];
  if (!granter) throw new Error(`there is no principal ${by.name} any more`);
  const decide = async (principal: PrincipalFacts, approvals: readonly ApprovalFacts[]) =>
    reachDecision(db, { verb: 'guard-rail:except', principal, resource, at, timeZone, via: 'native', approvals });

  const alone = await decide(granter, []);
  const refusal = actRefusal(alone);
  if (!refusal) return accept({ isEnough: true });
  if (!asker || granter.kind === 'machine') return { ok: false, refusal };
  const approval = { principalId: by.id, principal: by.name, as: relationsOf(granter, resource), at };
  const given = await ofThosePresent(db, asked.approvals, at);
  const before = await decide(asker, given);
  const after = await decide(asker, [...given, approval]);
  // where whoever asked needs nobody, the word of just anybody is not what lets it pass
  if (seatsOpen(after.verdict) >= seatsOpen(before.verdict)) {
    return { ok: false, refusal: actRefusal(after) ?? refusal };
  }
  if (after.verdict.verdict === 'allow') return accept({ isEnough: true });
  return accept({ isEnough: false, approval, waitsFor: describeVerdict(after.verdict) });
}

/** While others are wanted beside it, an approval of who is gone does not count. */
async function ofThosePresent(
  db: Db,
  approvals: readonly ApprovalFacts[],
  now: Date,
): Promise<readonly ApprovalFacts[]> {
  const ids = approvals.map(({ principalId }) => principalId as PrincipalId);
  const standings = await principalStandings(db, ids);
  return approvals.filter(({ principalId, at }) => countsFor(standings.get(principalId as PrincipalId) ?? {}, at, now));
}

/** How many approvals are missing; none would help where it is denied. */
function seatsOpen(verdict: Verdict): number {
  if (verdict.verdict !== 'needs-approvals') return verdict.verdict === 'allow' ? 0 : Number.POSITIVE_INFINITY;
  return verdict.approvals.reduce((sum, { count }) => sum + count, 0);
}
