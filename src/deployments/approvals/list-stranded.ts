import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type ApprovalWanted, relationsOf } from '../../governance/index.ts';
import type { Page, PageRequest, PageTokenRefusal } from '../../identifiers/index.ts';
import { type PrincipalFacts, principalFacts, principalFindByName } from '../../organization/index.ts';
import { deploymentFind } from '../deployment-store.ts';
import { targetFacts } from '../verdicts/decide-by-governance.ts';
import { approvalsOf } from './approval-store.ts';
import { findCandidates } from './find-candidates.ts';
import type { Waiting } from './find-waiting.ts';
import { listApprovalRequests } from './read-approval.ts';

export interface StrandedFilters {
  /** A name: only what he could have approved. */
  readonly leftBy?: string;
}

/**
 * Deployments that wait for an approval that nobody could give who is there at a moment; newest first. A page looks at so
 * many that wait, and may hold fewer.
 * @param at now; or a day to come, for what will be left behind by those who end until then
 * @refuses InvalidPageToken
 */
export async function listStranded(
  db: Db,
  { leftBy }: StrandedFilters,
  { now, at }: { readonly now: Date; readonly at: Date },
  page: PageRequest,
): Promise<Result<Page<Waiting>, PageTokenRefusal>> {
  const waiting = await listApprovalRequests(db, { state: 'wanted' }, page);
  if (!waiting.ok) return waiting;
  const left = leftBy === undefined ? undefined : await principalFindByName(db, leftBy);
  const leaver = left && (await principalFacts(db, left.id, now));
  const items: Waiting[] = [];
  if (leftBy !== undefined && !leaver) return accept({ ...waiting.value, items });
  for (const request of waiting.value.items) {
    const deployment = await deploymentFind(db, request.deploymentId);
    if (deployment && (await isStranded(db, { deployment, request }, leaver, at))) items.push({ deployment, request });
  }
  return accept({ ...waiting.value, items });
}

async function isStranded(
  db: Db,
  { deployment, request }: Waiting,
  leaver: PrincipalFacts | undefined,
  at: Date,
): Promise<boolean> {
  const { requestedBy } = deployment;
  const resource = await targetFacts(db, request.plan, deployment);
  const requester = requestedBy && (await principalFacts(db, requestedBy, at));
  const approvers = request.wanted.flatMap((wish) => wish.approvers);
  // whom a former version left unnamed is nobody who answers
  const principal = requester || { ...nobody, id: '' as PrincipalFacts['id'] };
  const candidates = await findCandidates(db, approvers, { principal, resource, at });
  const given = new Set<string>(
    (await approvalsOf(db, deployment.id)).flatMap(({ state, planId, principalId }) =>
      state === 'given' && planId === request.plan.id ? [principalId] : [],
    ),
  );
  const lacks = ({ approvers: words, count, noSelfApproval }: ApprovalWanted) =>
    candidates.filter(
      ({ principalId, as }) =>
        !given.has(principalId) &&
        !(noSelfApproval && principalId === requestedBy) &&
        as.some((each) => words.includes(each)),
    ).length < count;
  const lacking = request.wanted.filter(lacks).flatMap((wish) => wish.approvers);
  return leaver ? relationsOf(leaver, resource).some((each) => lacking.includes(each)) : lacking.length > 0;
}

const nobody = { name: '', kind: 'person', teams: [], isAdministrator: false } as const;
