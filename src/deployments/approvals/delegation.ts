import type { PrincipalId } from '../../organization/index.ts';

/** Somebody is away until then, and another one may approve in his place. It cannot be passed on. */
export interface Delegation {
  readonly id: string;
  readonly fromId: PrincipalId;
  readonly from: string;
  readonly toId: PrincipalId;
  readonly to: string;
  readonly reason?: string;
  readonly madeBy: string;
  readonly madeAt: Date;
  readonly until: Date;
  readonly endedBy?: string;
  readonly endedAt?: Date;
}

export const delegationDaysMax = 90;
