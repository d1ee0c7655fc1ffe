import { canonicalJson } from '../../identifiers/index.ts';
import type { ResourceFacts } from '../placements/resource-facts.ts';
import type { PrincipalFacts } from '../principal-facts.ts';
import type { Team } from '../teams/team.ts';
import { type Labels, rootUnit } from '../units/unit.ts';
import type { ActedOn, ActSubject, OrganizationAct, OrganizationVerb } from './authorise.ts';

export function onOrganization(verb: OrganizationVerb): OrganizationAct {
  return { verb, resource: { arn: 'installation', kind: 'installation', unitPath: [rootUnit], labels: {} } };
}

/** @param path from the root down to the unit itself */
export function onUnit(path: readonly string[], labels: Labels): OrganizationAct {
  const resource = { arn: `unit/${path.at(-1)}`, kind: 'unit', unitPath: path, labels } as const;
  return { verb: 'organization:write', resource };
}

/** A team is its members', as a thing is its owners'. @param path of its unit */
export function onTeam(
  verb: OrganizationVerb,
  { name, kind, labels }: Pick<Team, 'name' | 'kind' | 'labels'>,
  path: readonly string[],
  subject?: ActSubject,
): OrganizationAct {
  const arn = `team/${name}`;
  const resource: ActedOn = { arn, kind: 'team', unitPath: path, ownerTeam: name, teamKind: kind, labels };
  return { verb, resource: subject ? { ...resource, subject } : resource };
}

export function onThing(verb: OrganizationVerb, resource: ResourceFacts, subject?: ActSubject): OrganizationAct {
  return { verb, resource: subject ? { ...resource, subject } : resource };
}

type Somebody = Pick<PrincipalFacts, 'id' | 'name' | 'kind'> & {
  readonly teams: readonly Pick<PrincipalFacts['teams'][number], 'name' | 'unitPath'>[];
};

/**
 * A principal is in each unit in which he has a team, and in the root where he has none: whoever deals with what is his
 * must be allowed to in all of them.
 */
export function onPrincipal(verb: OrganizationVerb, principal: Somebody): OrganizationAct[] {
  const { teams, name } = principal;
  const paths = teams.length > 0 ? teams.map(({ unitPath }) => unitPath) : [[rootUnit]];
  const subject = subjectOf(principal);
  return distinct(
    paths.map((unitPath) => {
      const resource = { arn: `principal/${name}`, kind: 'principal', unitPath, subject, labels: {} } as const;
      return { verb, resource };
    }),
  );
}

export function subjectOf({ id, name, kind, teams }: Somebody): ActSubject {
  return { id, name, kind, teams: teams.map((team) => team.name) };
}

/** Somebody who is not there: whoever may not deal with others need not know that. */
export function nobodyCalled(name: string): Somebody {
  return { id: '' as PrincipalFacts['id'], name, kind: 'person', teams: [] };
}

/** What is asked twice is decided once. */
export function distinct(acts: readonly OrganizationAct[]): OrganizationAct[] {
  return [...new Map(acts.map((act) => [canonicalJson(act), act])).values()];
}
