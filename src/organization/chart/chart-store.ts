import type { Db } from '../../database/index.ts';
import { webhookCounts } from '../../events/index.ts';
import { federationRuleDelete, federationRuleList, federationRuleUpsert } from '../federation/federation-rule-store.ts';
import { handoversOpen } from '../handovers/handover-store.ts';
import {
  environmentClassDelete,
  environmentClassInsert,
  environmentClassList,
} from '../placements/environment-class-store.ts';
import { placementCounts, placementsFind, placementUpsert } from '../placements/placement-store.ts';
import { principalInsert, principalList, principalStand } from '../principal-store.ts';
import { membershipList, membershipUpsert } from '../teams/membership-store.ts';
import { teamDelete, teamList, teamRename, teamUpsert } from '../teams/team-store.ts';
import { unitDelete, unitList, unitRename, unitUpsert } from '../units/unit-store.ts';
import { type ChartChange, membershipKey, type OrganizationChart } from './chart.ts';
import { namedInRules } from './named-in-rules-store.ts';

/** @param arns of the resources that changes will speak of */
export async function chartLoad(db: Db, arns: readonly string[]): Promise<OrganizationChart> {
  const byName = <Of extends { readonly name: string }>(rows: readonly Of[]) =>
    new Map(rows.map((row) => [row.name, row]));
  const memberships = await membershipList(db, {});
  const counts = await placementCounts(db);
  return {
    units: byName(await unitList(db, undefined)),
    teams: byName(await teamList(db, {}, undefined)),
    principals: byName(await principalList(db, undefined)),
    memberships: new Map(memberships.map((membership) => [membershipKey(membership), membership])),
    placements: new Map(await placementsFind(db, arns)),
    environmentClasses: new Set(await environmentClassList(db)),
    environmentsOf: new Map(counts.byClass),
    resourcesIn: new Map(counts.byUnit),
    resourcesOf: new Map(counts.byTeam),
    webhooksIn: new Map(await webhookCounts(db)),
    federationRules: byName(await federationRuleList(db)),
    namedInRules: await namedInRules(db),
    offered: await handoversOpen(db),
  };
}

/** Writes a change that was accepted in the chart. */
export async function chartWrite(tx: Db, chart: OrganizationChart, change: ChartChange, now: Date): Promise<void> {
  const known = <Of>(found: Of | undefined): Of => {
    if (found === undefined) throw new Error(`the chart lacks what ${change.change} put into it`);
    return found;
  };
  switch (change.change) {
    case 'put-unit':
      return unitUpsert(tx, known(chart.units.get(change.name)), now);
    case 'delete-unit':
      return unitDelete(tx, change.name);
    case 'rename-unit':
      return unitRename(tx, change.name, change.to);
    case 'put-team':
      return teamUpsert(tx, known(chart.teams.get(change.name)), now);
    case 'delete-team':
      return teamDelete(tx, change.name);
    case 'rename-team':
      return teamRename(tx, change.name, change.to);
    case 'create-principal': {
      const made = await principalInsert(tx, known(chart.principals.get(change.name)), now);
      if (!made) throw new Error(`the principal ${change.name} was made by somebody else meanwhile`);
      return;
    }
    case 'end-principal':
    case 'reinstate-principal':
      return principalStand(tx, known(chart.principals.get(change.name)), now);
    case 'put-membership':
    case 'end-membership':
      return membershipUpsert(tx, known(chart.memberships.get(membershipKey(change))));
    case 'put-federation-rule':
      return federationRuleUpsert(tx, known(chart.federationRules.get(change.name)), now);
    case 'delete-federation-rule':
      return federationRuleDelete(tx, change.name);
    case 'declare-environment-class':
      return environmentClassInsert(tx, change.name, now);
    case 'withdraw-environment-class':
      return environmentClassDelete(tx, change.name);
    case 'place-resource':
      return placementUpsert(tx, known(chart.placements.get(change.arn)), now);
  }
}
