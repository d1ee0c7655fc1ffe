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
