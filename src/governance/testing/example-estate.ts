import type { PrincipalFacts, ResourceFacts } from '../facts.ts';

/** An organization to decide about: units shop, data and networks below the root. */
const at = (...units: string[]) => ['organization', ...units];

interface Membership {
  readonly team: string;
  readonly kind?: string;
  readonly unit?: string;
  readonly role?: 'member' | 'lead';
}

export function person(name: string, teams: readonly Membership[] = [], isAdministrator = false): PrincipalFacts {
  return {
    id: `id-of-${name}`,
    name,
    kind: 'person',
    teams: teams.map(({ team, kind = 'application', unit, role = 'member' }) => ({
      name: team,
      kind,
      unitPath: unit ? at(unit) : at(),
      role,
    })),
    isAdministrator,
  };
}

/** One person for each relation to what the team `shop` owns; `stranger` has none. */
export const people = {
  stranger: person('stranger', [{ team: 'archive', unit: 'archive' }]),
  owner: person('owner', [{ team: 'shop', unit: 'shop' }]),
  engineer: person('engineer', [
    { team: 'shop', unit: 'shop' },
    { team: 'enablers', kind: 'enablement' },
  ]),
  'data-owner': person('data-owner', [{ team: 'shop-data', kind: 'data', unit: 'shop' }]),
  'env-owner': person('env-owner', [{ team: 'hosting' }]),
  platform: person('platform', [{ team: 'builders', kind: 'platform' }]),
  security: person('security', [{ team: 'guards', kind: 'security' }]),
  'unit-lead': person('unit-lead', [{ team: 'shop-heads', kind: 'leadership', unit: 'shop' }]),
  administrator: person('administrator', [{ team: 'administrators', kind: 'administration' }], true),
} as const;

export const machine: PrincipalFacts = { ...people.owner, id: 'id-of-pipeline', name: 'pipeline', kind: 'machine' };

export function resource(kind: ResourceFacts['kind'], facts: Partial<ResourceFacts> = {}): ResourceFacts {
  return {
    arn: `arn:aws:proton:eu-central-1:111122223333:${kind}/orders`,
    kind,
    unitPath: at('shop'),
    ownerTeam: 'shop',
    dataOwnerTeam: 'shop-data',
    environmentOwnerTeam: 'hosting',
    labels: {},
    ...facts,
  };
}

/** A Wednesday, ten o'clock in UTC. */
export const wednesday = new Date('2026-11-25T10:00:00Z');
export const saturday = new Date('2026-11-28T10:00:00Z');
