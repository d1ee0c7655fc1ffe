/** An offer of ownership from one team to another, and what became of it. */
export interface Handover {
  readonly id: string;
  readonly resourceArn: string;
  readonly ownership: Ownership;
  /** Absent: nobody owned it. */
  readonly fromTeam?: string;
  readonly toTeam: string;
  /** Where the resource moves with its owner; absent: it stays where it is. */
  readonly unit?: string;
  readonly note?: string;
  readonly state: HandoverState;
  /** The name of a principal. */
  readonly offeredBy: string;
  readonly offeredAt: Date;
  /** From then on it can no more be accepted. */
  readonly expiresAt: Date;
  readonly answeredBy?: string;
  readonly answeredAt?: Date;
  readonly answerNote?: string;
}

export const ownerships = ['owner', 'data-owner'] as const;
/** Who answers for the resource, or for the data in it. */
export type Ownership = (typeof ownerships)[number];
/** As the verbs of governance have them. */
export const ownershipWords = { owner: 'ownership', 'data-owner': 'data-ownership' } as const;

export const handoverStates = ['offered', 'accepted', 'declined', 'withdrawn', 'expired'] as const;
export type HandoverState = (typeof handoverStates)[number];

export const handoverDays = { usual: 14, max: 365 } as const;

/** What it is at a moment: an offer expires by itself, whoever notices it. */
export function handoverState({ state, expiresAt }: Pick<Handover, 'state' | 'expiresAt'>, now: Date): HandoverState {
  return state === 'offered' && expiresAt <= now ? 'expired' : state;
}

/** What an answer makes of an offer, and whose answer it is. */
export const handoverAnswers = {
  accept: { state: 'accepted', side: 'toTeam' },
  decline: { state: 'declined', side: 'toTeam' },
  withdraw: { state: 'withdrawn', side: 'fromTeam' },
} as const satisfies Record<string, { readonly state: HandoverState; readonly side: 'toTeam' | 'fromTeam' }>;
export type HandoverAnswer = keyof typeof handoverAnswers;
