import type { SourcePosition } from '../../errors/index.ts';
import type { PlacementChange } from '../chart/chart.ts';
import type { FederationRule } from '../federation/federation-rule.ts';
import type { ResourceReference } from '../placements/resource-reference.ts';
import type { PrincipalKind } from '../principal.ts';
import type { MembershipRole } from '../teams/team.ts';
import type { Labels } from '../units/unit.ts';

/** What an organization shall be, as a file says it. A section that the file lacks says nothing. */
export interface OrganizationDocument {
  readonly units?: readonly DocumentUnit[];
  readonly principals?: readonly DocumentPrincipal[];
  readonly teams?: readonly DocumentTeam[];
  readonly federation?: readonly DocumentFederationRule[];
  readonly environmentClasses?: readonly DocumentClass[];
  readonly resources?: readonly DocumentResource[];
}

/** Where an entry stands, and where each of its members does. */
export interface Placed {
  readonly position: SourcePosition;
  readonly positions: Readonly<Record<string, SourcePosition>>;
}

export interface DocumentUnit extends Placed {
  readonly name: string;
  /** What it was called, where it is still called so. */
  readonly renamedFrom?: string;
  readonly parent?: string;
  readonly description?: string;
  readonly labels: Labels;
}

export interface DocumentPrincipal extends Placed {
  readonly name: string;
  readonly kind: PrincipalKind;
  /** null: without end; absent: the file says nothing about it. */
  readonly endsAt?: Date | null;
}

export interface DocumentTeam extends Placed {
  readonly name: string;
  readonly renamedFrom?: string;
  readonly unit: string;
  readonly kind: string;
  readonly description?: string;
  readonly labels: Labels;
  /** Absent: the file says nothing about who is in it. */
  readonly members?: readonly DocumentMember[];
}

export interface DocumentMember extends Placed {
  readonly principal: string;
  readonly role: MembershipRole;
  readonly endsAt?: Date;
}

/** A word that environments may have as their class. */
export interface DocumentClass extends Placed {
  readonly name: string;
}

export type DocumentFederationRule = Placed & FederationRule;

export type DocumentResource = Placed & ResourceReference & PlacementChange;
