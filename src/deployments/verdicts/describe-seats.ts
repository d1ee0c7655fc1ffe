import type { Db } from '../../database/index.ts';
import {
  type ApprovalWanted,
  type Approver,
  describeApprover,
  type ResourceFacts,
  teamsOfApprovers,
} from '../../governance/index.ts';
import { teamsOfKinds } from '../../organization/index.ts';

/** For a person: `data-owner (team orders-data), and by 2 of security (teams audit, crypto) or platform (no team)` */
export async function describeSeats(
  db: Db,
  wanted: readonly ApprovalWanted[],
  resource: ResourceFacts,
): Promise<string> {
  const asked = wanted.flatMap(({ approvers }) => approvers);
  const answering = await teamsOfKinds(db, teamsOfApprovers(asked, resource));
  const named = (approver: Approver) => describeApprover(approver, resource, answering);
  const one = ({ approvers, count, noSelfApproval }: ApprovalWanted) =>
    `${count > 1 ? `${count} of ` : ''}${approvers.map(named).join(' or ')}${noSelfApproval ? ', not of who asked' : ''}`;
  return wanted.map(one).join(', and by ');
}
