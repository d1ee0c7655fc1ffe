import type { Clock } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import type { FederationRule } from '../federation/federation-rule.ts';
import type { ResourceKind, ResourcePlacement } from '../placements/placement.ts';
import type { KnownPrincipal, PrincipalKind } from '../principal.ts';
import type { Membership, MembershipRole, Team } from '../teams/team.ts';
import type { Labels, Unit } from '../units/unit.ts';
import type { NamedInRules } from './named-in-rules-store.ts';

export interface ChartTools {
  readonly db: Db;
  readonly clock: Clock;
}

/**
 * The organization as a value, on which changes are tried. A working copy: an accepted change is made in it, a refused
 * one leaves it as it was.
 */
export interface OrganizationChart {
  readonly units: Map<string, Unit>;
  readonly teams: Map<string, Team>;
  /** By name. */
  readonly principals: Map<string, KnownPrincipal>;
  /** By `membershipKey`; also those that ended. */
  readonly memberships: Map<string, Membership>;
  /** Of the resources that changes speak of, by ARN. */
  readonly placements: Map<string, ResourcePlacement>;
  /** Words that may be the class of an environment. */
  readonly environmentClasses: Set<string>;
  /** How many environments have each class. */
  readonly environmentsOf: Map<string, number>;
  /** How many resources are recorded in each unit, and how many each team answers for. */
  readonly resourcesIn: Map<string, number>;
  readonly resourcesOf: Map<string, number>;
  /** How many webhooks each unit has. */
  readonly webhooksIn: Map<string, number>;
  /** By name. */
  readonly federationRules: Map<string, FederationRule>;
  /** What is in force and names a team or unit, and would not follow, or a class. */
  readonly namedInRules: NamedInRules;
  /** What open offers of ownership name. */
  readonly offered: { readonly teams: Set<string>; readonly units: Set<string> };
}

export type ChartChange =
  | {
      readonly change: 'put-unit';
      readonly name: string;
      /** Absent: below the root. */
      readonly parent?: string;
      readonly description?: string;
      readonly labels: Labels;
    }
  | { readonly change: 'delete-unit'; readonly name: string }
  /** All that is in it, and all that is said of it, goes along. */
  | { readonly change: 'rename-unit'; readonly name: string; readonly to: string }
  | {
      readonly change: 'put-team';
      readonly name: string;
      readonly unit: string;
      readonly kind: string;
      readonly description?: string;
      readonly labels: Labels;
    }
  | { readonly change: 'delete-team'; readonly name: string }
  /** Its members, and what it answers for, go along. */
  | { readonly change: 'rename-team'; readonly name: string; readonly to: string }
  | { readonly change: 'create-principal'; readonly name: string; readonly kind: PrincipalKind }
  /** Nothing of his counts from then on. @param endsAt absent: now */
  | { readonly change: 'end-principal'; readonly name: string; readonly endsAt?: Date }
  /** He has no end any more. What he had before one that has come stays without effect. */
  | { readonly change: 'reinstate-principal'; readonly name: string }
  | {
      readonly change: 'put-membership';
      readonly team: string;
      readonly principal: string;
      readonly role: MembershipRole;
      readonly endsAt?: Date;
    }
  /** It ends now, and stays known. */
  | { readonly change: 'end-membership'; readonly team: string; readonly principal: string }
  | ({ readonly change: 'put-federation-rule' } & FederationRule)
  /** What was given by it counts until it ends, which is soon. */
  | { readonly change: 'delete-federation-rule'; readonly name: string }
  /** A word of one's own becomes a class that environments may have, or is one no more. */
  | { readonly change: 'declare-environment-class' | 'withdraw-environment-class'; readonly name: string }
  | ({ readonly change: 'place-resource'; readonly arn: string; readonly kind: ResourceKind } & PlacementChange);

/** What is undefined stays as it is; what is null goes. */
export interface PlacementChange {
  readonly unit?: string | null;
  readonly ownerTeam?: string | null;
  readonly dataOwnerTeam?: string | null;
  readonly environmentClass?: string | null;
  readonly labels?: Labels | null;
}

/** Names of teams have no spaces. */
export function membershipKey({ team, principal }: { readonly team: string; readonly principal: string }): string {
  return `${team} ${principal}`;
}
