import type { Db } from '../../database/index.ts';
import type { Result } from '../../errors/index.ts';
import type { ChartTools } from '../chart/chart.ts';
import type { ResourceKind } from '../placements/placement.ts';
import type { ResourceFacts } from '../placements/resource-facts.ts';
import type { PrincipalId, PrincipalKind } from '../principal.ts';

/** What is done to the organization itself, in the words of governance. */
export type OrganizationVerb =
  | 'organization:write'
  | 'resource:place'
  | 'membership:write'
  | 'membership:end'
  | 'principal:end'
  | 'principal:reinstate'
  | 'key:read'
  | 'key:issue'
  | 'key:revoke'
  | 'delegation:make'
  | 'delegation:end'
  | `${'ownership' | 'data-ownership'}:${'hand-over' | 'accept' | 'decline' | 'withdraw'}`;

/** One thing that somebody is about to do, and to what: with its facts as they are, or as they will be. */
export interface OrganizationAct {
  readonly verb: OrganizationVerb;
  readonly resource: ActedOn;
}

export interface ActedOn extends Omit<ResourceFacts, 'kind'> {
  readonly kind: ResourceKind | 'unit' | 'team' | 'principal' | 'installation';
  /** Of a team. */
  readonly teamKind?: string;
  /** Whose it is: of a principal himself. */
  readonly subject?: ActSubject;
}

export interface ActSubject {
  readonly id: string;
  readonly name: string;
  readonly kind: PrincipalKind;
  /** Names. */
  readonly teams: readonly string[];
}

/**
 * Whether somebody may do all of it. Governance decides, which lies further up: who wires it to the organization keeps the
 * decisions with the audit entry of what is being done. @param tx the transaction of the act: nothing changes meanwhile
 */
export type Authorise = (tx: Db, by: PrincipalId, acts: readonly OrganizationAct[]) => Promise<Result<void>>;

export interface AuthorityTools extends ChartTools {
  readonly authorise: Authorise;
}
