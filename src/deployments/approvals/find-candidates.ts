import type { Db } from '../../database/index.ts';
import {
  type Approver,
  type Candidate,
  type DecisionRequest,
  relationsOf,
  teamsOfApprovers,
} from '../../governance/index.ts';
import { type PrincipalId, peopleOfTeams, principalFactsOf } from '../../organization/index.ts';
import { delegationsFrom } from './delegation-store.ts';

/** People who could approve now as one of these: by themselves, or in the place of one who is away and did not ask. */
export async function findCandidates(
  db: Db,
  approvers: readonly Approver[],
  { principal, resource, at }: Pick<DecisionRequest, 'principal' | 'resource' | 'at'>,
): Promise<readonly Candidate[]> {
  const own = await peopleOfTeams(db, teamsOfApprovers(approvers, resource), at);
  const givers = own.filter((id) => id !== principal.id);
  const delegations = await delegationsFrom(db, givers, at);
  const facts = await principalFactsOf(db, [...own, ...delegations.map(({ toId }) => toId)], at);
  const standing = (id: PrincipalId) => {
    const known = facts.get(id);
    return known ? relationsOf(known, resource).filter((each) => approvers.includes(each)) : [];
  };
  return [...facts.values()].flatMap(({ id, name }) => {
    const absent = delegations.filter(({ toId }) => toId === id).flatMap(({ fromId }) => standing(fromId));
    const as = [...new Set([...standing(id), ...absent])];
    return as.length > 0 ? [{ principalId: id, principal: name, as }] : [];
  });
}
