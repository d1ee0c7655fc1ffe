/** One guard rail lifted for one thing, until a day. */
export interface RailException {
  readonly id: string;
  readonly targetArn: string;
  readonly rail: string;
  readonly reason: string;
  /** A name, as it was then. */
  readonly requestedBy: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly state: ExceptionState;
  readonly answeredBy?: string;
  readonly answeredAt?: Date;
  readonly note?: string;
  /** Of those who granted it so far, where one is not enough: names. */
  readonly approvedBy?: readonly string[];
  /** Who else is wanted, to whoever has just granted it. */
  readonly waitsFor?: string;
}

export const exceptionStates = ['requested', 'granted', 'rejected', 'revoked', 'expired'] as const;
export type ExceptionState = (typeof exceptionStates)[number];

/** What may be answered in which state. */
export const exceptionAnswers = {
  grant: { from: ['requested'], to: 'granted' },
  reject: { from: ['requested'], to: 'rejected' },
  revoke: { from: ['requested', 'granted'], to: 'revoked' },
} as const satisfies Record<string, { readonly from: readonly ExceptionState[]; readonly to: ExceptionState }>;
export type ExceptionAnswer = keyof typeof exceptionAnswers;

/** What is known of one that counts now. */
export type ExceptionInForce = Pick<RailException, 'id' | 'rail' | 'reason' | 'expiresAt'>;

/** The state that counts at a moment, also where nobody has written down yet that time is over. */
export function stateAt({ state, expiresAt }: Pick<RailException, 'state' | 'expiresAt'>, now: Date): ExceptionState {
  const canExpire = state === 'granted' || state === 'requested';
  return canExpire && expiresAt <= now ? 'expired' : state;
}
