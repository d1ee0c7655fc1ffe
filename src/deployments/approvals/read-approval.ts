import type { Db } from '../../database/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { decisionFind, describeApprover } from '../../governance/index.ts';
import {
  type Listing,
  type Page,
  type PageRequest,
  type PageTokenRefusal,
  pageOf,
  pageSize,
  pageStart,
} from '../../identifiers/index.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentFind } from '../deployment-store.ts';
import { type DeploymentMissing, deploymentMissing } from '../find-deployment.ts';
import type { Approval, ApprovalQuestion, ApprovalRequest } from './approval.ts';
import {
  type ApprovalRequestFilters,
  approvalRequestFind,
  approvalRequestsBehind,
  approvalsOf,
  questionsOf,
} from './approval-store.ts';
import type { EmergencyUse } from './emergency.ts';
import { emergencyUseFind } from './emergency-store.ts';

/** All there is to see for who is asked. */
export interface ApprovalCase {
  readonly deployment: Deployment;
  /** Absent: nobody was ever asked. */
  readonly request?: ApprovalRequest;
  readonly approvals: readonly ShownApproval[];
  readonly questions: readonly ApprovalQuestion[];
  readonly emergencyUse?: EmergencyUse;
}

export interface ShownApproval extends Approval {
  /** For a person: as which of those who were asked. */
  readonly as: string;
}

/** @refuses deployment-missing */
export async function readApproval(db: Db, id: string): Promise<Result<ApprovalCase, DeploymentMissing>> {
  const deployment = await deploymentFind(db, id);
  if (!deployment) return deploymentMissing(id);
  const request = await approvalRequestFind(db, id);
  return accept({
    deployment,
    request,
    approvals: await Promise.all((await approvalsOf(db, deployment.id)).map((approval) => withSeat(db, approval))),
    questions: await questionsOf(db, deployment.id),
    emergencyUse: request && (await emergencyUseFind(db, deployment.id, request.plan.id)),
  });
}

/** What he was to the resource, of all that was asked for when he answered. */
async function withSeat(db: Db, approval: Approval): Promise<ShownApproval> {
  const request = (await decisionFind(db, approval.decisionId))?.request;
  const served = approval.relations.filter((each) => request?.asked?.includes(each) ?? true);
  const as = served.map((each) => (request ? describeApprover(each, request.resource) : each)).join(', ');
  return { ...approval, as };
}

/** Newest first. @refuses InvalidPageToken */
export async function listApprovalRequests(
  db: Db,
  filters: ApprovalRequestFilters,
  page: PageRequest,
): Promise<Result<Page<ApprovalRequest>, PageTokenRefusal>> {
  const key = { askedAt: 'time', id: 'text' } as const;
  const { reach: _, ...chosen } = filters; // a token stays good when the reader's reach changes
  const listing = { name: 'ListApprovalRequests', filters: chosen, key } satisfies Listing<typeof key>;
  const start = pageStart(listing, page);
  if (!start.ok) return start;
  const rows = await approvalRequestsBehind(db, filters, start.value, pageSize(page) + 1);
  return accept(pageOf(listing, page, rows, ({ askedAt, deploymentId: id }) => ({ askedAt, id })));
}
