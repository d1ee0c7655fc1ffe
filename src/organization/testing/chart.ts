import { changeChart } from '../chart/change-chart.ts';
import type { ChartChange, OrganizationChart } from '../chart/chart.ts';
import { membershipKey } from '../chart/chart.ts';
import { environmentClasses } from '../placements/placement.ts';
import type { PrincipalId } from '../principal.ts';
import { administratorsKind, administratorsTeam } from '../teams/team.ts';
import { rootUnit } from '../units/unit.ts';
import { now } from './organization-world.ts';

/** As after the first start: the root, and an administrator. */
export function newChart(changes: readonly ChartChange[] = []): OrganizationChart {
  const id = 'id-of-administrator' as PrincipalId;
  const membership = {
    team: administratorsTeam,
    principalId: id,
    principal: 'administrator',
    role: 'lead',
    since: now,
  } as const;
  const team = { name: administratorsTeam, unit: rootUnit, kind: administratorsKind, labels: {} };
  const chart: OrganizationChart = {
    units: new Map([[rootUnit, { name: rootUnit, labels: {} }]]),
    teams: new Map([[administratorsTeam, team]]),
    principals: new Map([['administrator', { id, name: 'administrator', kind: 'person' }]]),
    memberships: new Map([[membershipKey(membership), membership]]),
    placements: new Map(),
    environmentClasses: new Set(environmentClasses),
    environmentsOf: new Map(),
    resourcesIn: new Map(),
    resourcesOf: new Map(),
    federationRules: new Map(),
    webhooksIn: new Map(),
    namedInRules: { teams: new Map(), units: new Map(), classes: new Map() },
    offered: { teams: new Set(), units: new Set() },
  };
  for (const change of changes) {
    const made = changeChart(chart, change, now);
    if (!made.ok) throw new Error(made.refusal.message);
  }
  return chart;
}

export const unit = (name: string, parent?: string): ChartChange => ({ change: 'put-unit', name, parent, labels: {} });
export const team = (name: string, unitName = rootUnit, kind = 'application'): ChartChange => ({
  change: 'put-team',
  name,
  unit: unitName,
  kind,
  labels: {},
});
export const person = (name: string): ChartChange => ({ change: 'create-principal', name, kind: 'person' });
export const member = (teamName: string, principal: string, endsAt?: Date): ChartChange => ({
  change: 'put-membership',
  team: teamName,
  principal,
  role: 'member',
  endsAt,
});
export const account = 'arn:aws:iam::444455556666:root';
