import type { Db } from '../../database/index.ts';
import {
  type ApprovalWanted,
  type Approver,
  type DecisionRequest,
  describeApprover,
  teamsOfApprovers,
} from '../../governance/index.ts';
import { teamsOfKinds } from '../../organization/index.ts';
import { findCandidates } from '../approvals/find-candidates.ts';

const namedMax = 5;

/**
 * For a person, after `approval by`: `data-owner (team orders-data), and by 2 of security (teams audit, crypto) or platform
 * (no team)`. What no team stands behind names the people who could approve as it now.
 */
export async function describeSeats(
  db: Db,
  wanted: readonly ApprovalWanted[],
  request: Pick<DecisionRequest, 'principal' | 'resource' | 'at'>,
): Promise<string> {
  const { principal, resource } = request;
  const asked = wanted.flatMap(({ approvers }) => approvers);
  const answering = await teamsOfKinds(db, teamsOfApprovers(asked, resource));
  const described = (approver: Approver) => describeApprover(approver, resource, answering);
  const teamless = asked.filter((each) => !each.startsWith('team:') && described(each) === each);
  const candidates = teamless.length > 0 ? await findCandidates(db, teamless, request) : [];
  const named = (approver: Approver, noSelfApproval: boolean) => {
    if (!teamless.includes(approver)) return described(approver);
    const people = candidates.filter(
      ({ as, principalId }) => as.includes(approver) && !(noSelfApproval && principalId === principal.id),
    );
    return `${approver} (${listedPeople(people.map((each) => each.principal))})`;
  };
  const one = ({ approvers, count, noSelfApproval }: ApprovalWanted) =>
    `${count > 1 ? `${count} of ` : ''}${approvers.map((each) => named(each, noSelfApproval)).join(' or ')}${noSelfApproval ? ', not of who asked' : ''}`;
  return wanted.map(one).join(', and by ');
}

function listedPeople(people: readonly string[]): string {
  if (people.length === 0) return 'nobody now';
  const more = people.length - namedMax;
  return `${[...people].sort().slice(0, namedMax).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
