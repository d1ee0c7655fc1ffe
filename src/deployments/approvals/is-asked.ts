import { relationsOf } from '../../governance/index.ts';
import type { Principal } from '../../organization/index.ts';
import { targetFacts } from '../verdicts/decide-by-governance.ts';
import type { ApprovalTools } from './approval-tools.ts';
import { findAbsent } from './find-absent.ts';
import type { ApprovalCase } from './read-approval.ts';

/** Teams of those in whose place somebody answers. */
export async function teamsAnsweredFor(
  { db, clock }: Pick<ApprovalTools, 'db' | 'clock'>,
  by: Principal,
): Promise<readonly string[]> {
  const absent = await findAbsent(db, by.id, clock.now());
  return absent.flatMap(({ teams }) => teams.map(({ name }) => name));
}

/** Whether somebody is asked in the place of one who is away: he sees the case then, wherever he is himself. */
export async function isAskedForOthers(
  { db, clock }: Pick<ApprovalTools, 'db' | 'clock'>,
  { deployment, request }: ApprovalCase,
  by: Principal,
): Promise<boolean> {
  if (!request) return false;
  const absent = await findAbsent(db, by.id, clock.now());
  if (absent.length === 0) return false;
  const asked = request.wanted.flatMap(({ approvers }) => approvers);
  const resource = await targetFacts(db, request.plan, deployment);
  return absent.some((giver) => relationsOf(giver, resource).some((each) => asked.includes(each)));
}
