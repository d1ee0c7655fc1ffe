import { auditInsert } from '../../audit/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import type { Authorise, OrganizationAct } from '../authority/authorise.ts';
import { distinct } from '../authority/organization-acts.ts';
import { actsOfChange } from '../chart/acts-of-change.ts';
import { whileUnused } from '../chart/change-organization.ts';
import type { ChartChange, ChartTools } from '../chart/chart.ts';
import { chartLoad, chartWrite } from '../chart/chart-store.ts';
import { resourceFactsOf } from '../placements/resource-facts.ts';
import type { Principal } from '../principal.ts';
import { organizationLock } from '../units/unit-store.ts';
import type { OrganizationDocument } from './organization-document.ts';
import { type OrganizationPlan, planDocument } from './plan-document.ts';
import { readOrganizationDocument } from './read-document.ts';

export interface DocumentTools extends ChartTools {
  readonly installation: Installation;
}

export interface DocumentRequest {
  /** YAML. */
  readonly document: string;
  /** What positions call it. */
  readonly file: string;
  readonly prune: boolean;
}

/** What applying would do now. @refuses what readOrganizationDocument and planDocument refuse */
export async function planOrganization(
  { db, clock, installation }: DocumentTools,
  { document: text, file, prune }: DocumentRequest,
): Promise<Result<OrganizationPlan>> {
  const document = readOrganizationDocument(text, file, installation);
  if (!document.ok) return document;
  const chart = await chartLoad(db, arnsOf(document.value));
  return planDocument(chart, document.value, { prune, now: clock.now() });
}

/**
 * Makes the organization what the document says, if each of its changes may be made by who asks: all or nothing.
 * @param plannedHash of the plan that was shown; absent: whatever the plan is now
 * @refuses as planOrganization does; what governance refuses him; organization-plan-stale
 */
export async function applyOrganization(
  { db, clock, installation, authorise }: DocumentTools & { readonly authorise: Authorise },
  by: { readonly principal: Principal; readonly requestId: string },
  { document: text, file, prune, plannedHash }: DocumentRequest & { readonly plannedHash?: string },
): Promise<Result<OrganizationPlan>> {
  const document = readOrganizationDocument(text, file, installation);
  if (!document.ok) return document;
  return whileUnused(() =>
    transact<OrganizationPlan, Refusal>(db, async (tx) => {
      await organizationLock(tx);
      const now = clock.now();
      const chart = await chartLoad(tx, arnsOf(document.value));
      const things = await resourceFactsOf(tx, document.value.resources ?? []);
      const acts: OrganizationAct[] = [];
      const before = (change: ChartChange) => acts.push(...actsOfChange(chart, change, things, now));
      const plan = planDocument(chart, document.value, { prune, now, before });
      if (!plan.ok) return plan;
      const allowed = await authorise(tx, by.principal.id, distinct(acts));
      if (!allowed.ok) return allowed;
      if (plannedHash !== undefined && plannedHash !== plan.value.hash) return stale();
      for (const { change } of plan.value.changes) await chartWrite(tx, chart, change, now);
      await auditEach(tx, by, plan.value);
      return plan;
    }),
  );
}

/** Beside the entry of the request, each change has its own. */
async function auditEach(
  tx: Db,
  { principal, requestId }: { readonly principal: Principal; readonly requestId: string },
  { changes }: OrganizationPlan,
): Promise<void> {
  for (const { change } of changes) {
    const { verb, target } = auditOfChange(change);
    const attempt = { principalId: principal.id, principal: principal.name, verb, target, requestId };
    await auditInsert(tx, attempt, { outcome: 'accepted' });
  }
}

const verbs = {
  'put-unit': 'PutUnit',
  'delete-unit': 'DeleteUnit',
  'rename-unit': 'RenameUnit',
  'put-team': 'PutTeam',
  'delete-team': 'DeleteTeam',
  'rename-team': 'RenameTeam',
  'create-principal': 'CreatePrincipal',
  'end-principal': 'EndPrincipal',
  'reinstate-principal': 'ReinstatePrincipal',
  'put-membership': 'PutMembership',
  'end-membership': 'EndMembership',
  'put-federation-rule': 'PutFederationRule',
  'delete-federation-rule': 'DeleteFederationRule',
  'declare-environment-class': 'DeclareEnvironmentClass',
  'withdraw-environment-class': 'WithdrawEnvironmentClass',
  'place-resource': 'PlaceResource',
} as const satisfies Record<ChartChange['change'], string>;

/** How the audit speaks of a change. */
export function auditOfChange(change: ChartChange): { readonly verb: string; readonly target: string } {
  const verb = `deuteron:${verbs[change.change]}`;
  switch (change.change) {
    case 'put-unit':
    case 'delete-unit':
      return { verb, target: `unit/${change.name}` };
    case 'put-team':
    case 'delete-team':
      return { verb, target: `team/${change.name}` };
    case 'rename-unit':
      return { verb, target: `unit/${change.name}/called/${change.to}` };
    case 'rename-team':
      return { verb, target: `team/${change.name}/called/${change.to}` };
    case 'create-principal':
    case 'end-principal':
    case 'reinstate-principal':
      return { verb, target: `principal/${change.name}` };
    case 'put-membership':
    case 'end-membership':
      return { verb, target: `team/${change.team}/member/${change.principal}` };
    case 'put-federation-rule':
    case 'delete-federation-rule':
      return { verb, target: `federation-rule/${change.name}` };
    case 'declare-environment-class':
    case 'withdraw-environment-class':
      return { verb, target: `environment-class/${change.name}` };
    case 'place-resource':
      return { verb, target: change.arn };
  }
}

function arnsOf({ resources = [] }: OrganizationDocument): string[] {
  return resources.map(({ arn }) => arn);
}

function stale() {
  return refuse({
    kind: 'conflict',
    code: 'organization-plan-stale',
    message: 'The organization was changed since the plan was shown: it would now be another one.',
    remedy: 'Look at the plan again: deuteron apply shows it first.',
  });
}
