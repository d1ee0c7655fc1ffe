import type { Brand } from '../identifiers/index.ts';

export type PrincipalId = Brand<'PrincipalId'>;

/** Who acts: a person, or a machine such as a pipeline. */
export interface Principal {
  readonly id: PrincipalId;
  /** Unique in the installation, e.g. `administrator`. */
  readonly name: string;
  readonly kind: PrincipalKind;
}

/** How long somebody is there. */
export interface Standing {
  /** From then on nothing of his counts; absent: without end. */
  readonly endsAt?: Date;
  /** Since then he is back: what he had before stays without effect. */
  readonly returnedAt?: Date;
}

export interface KnownPrincipal extends Principal, Standing {}

/** `leaving`: with an end to come. */
export const principalStates = ['present', 'leaving', 'ended'] as const;
export type PrincipalState = (typeof principalStates)[number];

export function principalState({ endsAt }: Standing, now: Date): PrincipalState {
  if (!endsAt) return 'present';
  return endsAt > now ? 'leaving' : 'ended';
}

/** Whether what somebody holds (a key, a token, a sign-in) counts: he is there, and had it not before he came back. */
export function countsFor(holder: Standing, madeAt: Date, now: Date): boolean {
  return principalState(holder, now) !== 'ended' && !(holder.returnedAt && madeAt < holder.returnedAt);
}

export const principalKinds = ['person', 'machine'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** Names as they stand in logs and policies: no spaces, no control characters. */
export function isPrincipalName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.@/-]{0,99}$/.test(name);
}
