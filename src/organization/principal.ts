import type { Brand } from '../identifiers/index.ts';

export type PrincipalId = Brand<'PrincipalId'>;

/** Who acts: a person, or a machine such as a pipeline. */
export interface Principal {
  readonly id: PrincipalId;
  /** Unique in the installation, e.g. `administrator`. */
  readonly name: string;
  readonly kind: PrincipalKind;
}

export const principalKinds = ['person', 'machine'] as const;
export type PrincipalKind = (typeof principalKinds)[number];

/** Names as they stand in logs and policies: no spaces, no control characters. */
export function isPrincipalName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.@/-]{0,99}$/.test(name);
}
