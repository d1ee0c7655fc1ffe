import type { OrganizationAct } from '../authority/authorise.ts';
import {
  distinct,
  nobodyCalled,
  onOrganization,
  onPrincipal,
  onTeam,
  onThing,
  onUnit,
  subjectOf,
} from '../authority/organization-acts.ts';
import type { ResourceFacts } from '../placements/resource-facts.ts';
import { isActive } from '../teams/team.ts';
import { rootUnit, unitPath } from '../units/unit.ts';
import type { ChartChange, OrganizationChart } from './chart.ts';

type Change<Kind extends ChartChange['change']> = Extract<ChartChange, { readonly change: Kind }>;

/**
 * What a change does, for whoever decides whether it may be: to everything that it touches, as it is and as it will be.
 * What is not there is as if it were in the root.
 * @param chart before the change
 * @param things facts of the resources that changes speak of, as they are now
 */
export function actsOfChange(
  chart: OrganizationChart,
  change: ChartChange,
  things: ReadonlyMap<string, ResourceFacts>,
  now: Date,
): OrganizationAct[] {
  switch (change.change) {
    case 'put-unit':
      return putUnit(chart, change);
    case 'delete-unit':
      return [unitAct(chart, change.name)];
    case 'rename-unit': {
      const { parent = rootUnit, labels = {} } = chart.units.get(change.name) ?? {};
      return [unitAct(chart, change.name), onUnit([...pathOf(chart, parent), change.to], labels)];
    }
    case 'put-team':
      return putTeam(chart, change);
    case 'delete-team':
      return [teamAct(chart, 'organization:write', change.name)];
    case 'rename-team': {
      const team = chart.teams.get(change.name) ?? { kind: '', labels: {}, unit: rootUnit };
      const after = onTeam('organization:write', { ...team, name: change.to }, pathOf(chart, team.unit));
      return [teamAct(chart, 'organization:write', change.name), after];
    }
    case 'create-principal':
      return [onOrganization('organization:write')];
    case 'end-principal':
      return onPrincipal('principal:end', somebody(chart, change.name, now));
    case 'reinstate-principal':
      return onPrincipal('principal:reinstate', somebody(chart, change.name, now, false));
    case 'put-membership':
      return [memberAct(chart, 'membership:write', change, now)];
    case 'end-membership':
      return [memberAct(chart, 'membership:end', change, now)];
    case 'put-federation-rule': {
      // a job that it lets in has keys of the machine, and is in the teams
      const machine = somebody(chart, change.principal, now);
      return [
        onOrganization('organization:write'),
        ...onPrincipal('key:issue', machine),
        ...change.teams.map((team) => teamAct(chart, 'membership:write', team, subjectOf(machine))),
      ];
    }
    case 'delete-federation-rule':
    case 'declare-environment-class':
    case 'withdraw-environment-class':
      return [onOrganization('organization:write')];
    case 'place-resource':
      return placeResource(chart, change, things.get(change.arn));
  }
}

/** A unit that moves leaves one and comes into another, which both change by that. */
function putUnit(chart: OrganizationChart, { name, parent, labels }: Change<'put-unit'>): OrganizationAct[] {
  const before = chart.units.get(name);
  const above = name === rootUnit ? undefined : (parent ?? rootUnit);
  const after = onUnit(above === undefined ? [rootUnit] : [...pathOf(chart, above), name], labels);
  if (!before) return [after];
  if (before.parent === above) return [unitAct(chart, name)];
  const ends = [before.parent, above].flatMap((each) => (each === undefined ? [] : [unitAct(chart, each)]));
  return [unitAct(chart, name), ...ends, after];
}

function putTeam(chart: OrganizationChart, change: Change<'put-team'>): OrganizationAct[] {
  const after = onTeam('organization:write', change, pathOf(chart, change.unit));
  const before = chart.teams.get(change.name);
  if (!before) return [after];
  return distinct([teamAct(chart, 'organization:write', change.name), after]);
}

function placeResource(
  chart: OrganizationChart,
  { arn, kind, unit, ownerTeam, dataOwnerTeam, environmentClass, labels }: Change<'place-resource'>,
  known: ResourceFacts = { arn, kind, unitPath: [rootUnit], labels: {} },
): OrganizationAct[] {
  const value = <Of>(given: Of | null | undefined, former: Of | undefined) =>
    given === undefined ? former : (given ?? undefined);
  const after: ResourceFacts = {
    ...known,
    unitPath: unit === undefined ? known.unitPath : pathOf(chart, unit ?? rootUnit),
    ownerTeam: value(ownerTeam, known.ownerTeam),
    dataOwnerTeam: value(dataOwnerTeam, known.dataOwnerTeam),
    environmentClass: value(environmentClass, known.environmentClass),
    labels: value(labels, known.labels) ?? {},
  };
  return distinct([onThing('resource:place', known), onThing('resource:place', after)]);
}

function memberAct(
  chart: OrganizationChart,
  verb: 'membership:write' | 'membership:end',
  { team, principal }: { readonly team: string; readonly principal: string },
  now: Date,
): OrganizationAct {
  return teamAct(chart, verb, team, subjectOf(somebody(chart, principal, now)));
}

function unitAct(chart: OrganizationChart, name: string): OrganizationAct {
  return onUnit(unitPath(chart.units, name) ?? [rootUnit, name], chart.units.get(name)?.labels ?? {});
}

function teamAct(chart: OrganizationChart, ...[verb, name, subject]: TeamAct): OrganizationAct {
  const team = chart.teams.get(name);
  return onTeam(verb, team ?? { name, kind: '', labels: {} }, pathOf(chart, team?.unit ?? rootUnit), subject);
}
type TeamAct = [verb: OrganizationAct['verb'], name: string, subject?: OrganizationAct['resource']['subject']];

function pathOf({ units }: OrganizationChart, unit: string): readonly string[] {
  return unitPath(units, unit) ?? [rootUnit];
}

/** A principal with the teams that he is in now; @param isThere false: that he would be in if he had not ended */
function somebody(chart: OrganizationChart, name: string, now: Date, isThere = true) {
  const principal = chart.principals.get(name);
  if (!principal) return nobodyCalled(name);
  const own = [...chart.memberships.values()].filter(
    ({ endsAt, principalEndsAt, ...each }) =>
      each.principal === name && isActive({ endsAt, ...(isThere && { principalEndsAt }) }, now),
  );
  const teams = own.map(({ team }) => ({
    name: team,
    unitPath: pathOf(chart, chart.teams.get(team)?.unit ?? rootUnit),
  }));
  return { ...principal, teams };
}
