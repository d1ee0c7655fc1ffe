import { accept, type Result } from '../../errors/index.ts';
import type { PrincipalId } from '../principal.ts';
import { administratorsTeam, isActive, type Membership } from '../teams/team.ts';
import type { ChartChange, OrganizationChart } from './chart.ts';
import { type ChartRefusal, no } from './chart-refusals.ts';

type Memberships = Iterable<Pick<Membership, 'team' | 'principalId' | 'role' | 'endsAt'>>;

export function isAdministrator(memberships: Memberships, principalId: PrincipalId, now: Date): boolean {
  return isIn(memberships, administratorsTeam, principalId, now);
}

export function isIn(memberships: Memberships, team: string, principalId: PrincipalId, now: Date): boolean {
  for (const each of memberships) {
    if (each.team === team && each.principalId === principalId && isActive(each, now)) return true;
  }
  return false;
}

/**
 * May he change the organization so? Administrators may all, a lead may change who is in his team, and everybody may
 * leave a team.
 * @refuses organization-not-allowed
 */
export function checkAuthority(
  { memberships }: OrganizationChart,
  by: PrincipalId,
  change: ChartChange,
  now: Date,
): Result<void, ChartRefusal> {
  const all = [...memberships.values()];
  if (isAdministrator(all, by, now)) return accept(undefined);
  if (change.change === 'put-membership' || change.change === 'end-membership') {
    const leads = all.filter(({ role }) => role === 'lead');
    if (change.team !== administratorsTeam && isIn(leads, change.team, by, now)) return accept(undefined);
    const own = all.find(({ principalId }) => principalId === by)?.principal;
    if (change.change === 'end-membership' && change.principal === own) return accept(undefined);
  }
  return notAllowed('Only administrators change the organization; a lead changes who is in his team.');
}

export function notAllowed(message: string) {
  return no('forbidden', {
    code: 'organization-not-allowed',
    message,
    remedy: `Ask a member of the team '${administratorsTeam}': deuteron org show lists them.`,
  });
}
