import { administratorsTeam } from '../organization/index.ts';
import type { PrincipalFacts, ResourceFacts } from './facts.ts';

/**
 * How a principal stands to a resource. Rules read these words, and approvals are asked of them. A team of kind
 * platform, security or leadership answers for what lies in its own unit and below; a team itself is its members'.
 */
export const relations = [
  'administrator',
  'owner',
  'owner-lead',
  'environment-owner',
  'data-owner',
  'data-owner-lead',
  'embedded-engineer',
  'platform',
  'security',
  'unit-lead',
  'self',
] as const;
export type Relation = (typeof relations)[number];

/** A relation, or `team:<name>`: any member of that team. */
export type Approver = Relation | `team:${string}`;

export function isApprover(word: string): word is Approver {
  return (relations as readonly string[]).includes(word) || /^team:[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/.test(word);
}

/** Every relation that holds, in the order of `relations`, then the principal's teams. */
export function relationsOf(principal: PrincipalFacts, resource: ResourceFacts): Approver[] {
  const held = new Set<Relation>();
  const isIn = (team: string | undefined) => principal.teams.some(({ name }) => name === team);
  const leads = (team: string | undefined) =>
    principal.teams.some(({ name, role }) => name === team && role === 'lead');
  const answersAs = (kind: string) =>
    principal.teams.some((team) => team.kind === kind && holds(team.unitPath, resource.unitPath));

  const { ownerTeam } = resource;
  const { 'data-owner': dataOwnerTeam, 'environment-owner': environmentOwnerTeam } = teamsBehind(resource);
  if (principal.isAdministrator) held.add('administrator');
  if (isIn(ownerTeam)) held.add('owner');
  if (leads(ownerTeam)) held.add('owner-lead');
  if (isIn(environmentOwnerTeam)) held.add('environment-owner');
  if (isIn(dataOwnerTeam)) held.add('data-owner');
  if (leads(dataOwnerTeam)) held.add('data-owner-lead');
  // lent to the owner's team by those who build the platform: in both at the same time
  if (isIn(ownerTeam) && principal.teams.some(({ name, kind }) => name !== ownerTeam && lends.includes(kind))) {
    held.add('embedded-engineer');
  }
  for (const relation of ['platform', 'security', 'unit-lead'] as const) {
    if (answersAs(kindsOfRelation[relation])) held.add(relation);
  }
  if (resource.subject?.id === principal.id) held.add('self');
  return [...relations.filter((each) => held.has(each)), ...principal.teams.map(({ name }) => `team:${name}` as const)];
}

/**
 * For a person: `owner (team shop)` where teams answer as it for the resource, else the word alone.
 * @param answering teams by the kind that they answer as; absent: only those are named that the resource names
 */
export function describeApprover(
  approver: Approver,
  resource: ResourceFacts,
  answering?: ReadonlyMap<string, readonly string[]>,
): string {
  if (approver === 'self' && resource.subject) return `self (${resource.subject.name})`;
  const teams: Partial<Record<Approver, string>> = teamsBehind(resource);
  const kindOf: Partial<Record<Approver, string>> = kindsOfRelation;
  const kind = kindOf[approver];
  if (kind !== undefined && answering) {
    const names = answering.get(kind) ?? [];
    return `${approver} (${names.length === 0 ? 'no team' : `team${names.length > 1 ? 's' : ''} ${names.join(', ')}`})`;
  }
  return teams[approver] === undefined ? approver : `${approver} (team ${teams[approver]})`;
}

/** The teams among whose people those are who answer as any of some words: by name, or by kind within the resource's units. */
export function teamsOfApprovers(
  approvers: readonly Approver[],
  resource: ResourceFacts,
): { readonly names: readonly string[]; readonly kinds: readonly string[]; readonly units: readonly string[] } {
  const behind: Partial<Record<Approver, string>> = {
    ...teamsBehind(resource),
    'embedded-engineer': resource.ownerTeam,
    administrator: administratorsTeam,
  };
  const names = approvers.flatMap((each) =>
    each.startsWith('team:') ? each.slice('team:'.length) : (behind[each] ?? []),
  );
  const kindOf: Partial<Record<Approver, string>> = kindsOfRelation;
  const kinds = approvers.flatMap((each) => kindOf[each] ?? []);
  return { names, kinds, units: resource.unitPath };
}

/** Of relations that every team of a kind has to what lies in its own unit and below. */
const kindsOfRelation = { platform: 'platform', security: 'security', 'unit-lead': 'leadership' } as const;

/** The one team whose members, or lead, a relation stands for, where a resource names it. */
function teamsBehind({ ownerTeam, dataOwnerTeam = ownerTeam, environmentOwnerTeam, kind }: ResourceFacts) {
  return {
    owner: ownerTeam,
    'owner-lead': ownerTeam,
    'data-owner': dataOwnerTeam,
    'data-owner-lead': dataOwnerTeam,
    'environment-owner': kind === 'environment' ? ownerTeam : environmentOwnerTeam,
  } satisfies Partial<Record<Relation, string | undefined>>;
}

/** Kinds of teams that lend engineers to others. */
const lends: readonly string[] = ['enablement', 'platform'];

/** Whether a unit is another, or above it. */
function holds(unit: readonly string[], other: readonly string[]): boolean {
  return unit.length > 0 && unit.every((name, depth) => other[depth] === name);
}
