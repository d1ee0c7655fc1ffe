import type { PrincipalId } from '../principal.ts';
import type { Labels } from '../units/unit.ts';

/** People and machines who answer for something together. */
export interface Team {
  readonly name: string;
  readonly unit: string;
  /** A word that rules know (platform, application, enablement, security, data), or one of one's own. */
  readonly kind: string;
  readonly description?: string;
  readonly labels: Labels;
}

/** The team that may change the organization itself. It is always there, in the root, and never without a member. */
export const administratorsTeam = 'administrators';
export const administratorsKind = 'administration';

/** Whose members alone have to do with emergencies. It answers for nothing. Without it, or with one member, nobody can. */
export const breakGlassTeam = 'break-glass';

export const membershipRoles = ['member', 'lead'] as const;
export type MembershipRole = (typeof membershipRoles)[number];

export interface Membership {
  readonly team: string;
  readonly principalId: PrincipalId;
  /** The principal's name. */
  readonly principal: string;
  readonly role: MembershipRole;
  readonly since: Date;
  /** From then on it counts no more: a floating engineer has one. */
  readonly endsAt?: Date;
  /** From then on the principal himself is not there any more. */
  readonly principalEndsAt?: Date;
  /** What vouches for it, and renews or ends it by itself; absent: people do. */
  readonly grantedBy?: MembershipSource;
}

/** The groups that a provider of OpenID Connect named at a sign-in, or a federation rule. */
export type MembershipSource = 'provider' | 'federation';

export function isActive(
  { endsAt, principalEndsAt }: Pick<Membership, 'endsAt' | 'principalEndsAt'>,
  now: Date,
): boolean {
  return [endsAt, principalEndsAt].every((end) => end === undefined || end > now);
}
