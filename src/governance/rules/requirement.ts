import { type Approver, isApprover } from '../relations.ts';

/** Approvals that lift one rule. */
export interface Requirement {
  /** One person for each seat: nobody fills two seats of one rule. */
  readonly seats: readonly Seat[];
  /** Who asked does not count, whatever he may be. */
  readonly noSelfApproval: boolean;
  /** An approval older than this counts no more. Absent: it does not age. */
  readonly expiryHours?: number;
}

/** Whoever is one of these may fill it. */
export type Seat = readonly Approver[];

const seatsMax = 10;

/** Seats of `data-owner:1, owner|platform:2`: approvers of which one will do, and how many of them. A text: what is wrong. */
export function readSeats(text: string): readonly Seat[] | string {
  const seats: Seat[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    const [, words = '', count] = /^(.+):([1-9]\d?)$/.exec(part) ?? [];
    if (count === undefined) return `'${part}' is not of the form approver:count`;
    const approvers = words.split('|').map((word) => word.trim());
    const wrong = approvers.find((word) => !isApprover(word));
    if (wrong !== undefined) return `'${wrong}' is no approver`;
    for (let seat = 0; seat < Number(count); seat += 1) seats.push(approvers as Approver[]);
  }
  return seats.length > seatsMax ? `more than ${seatsMax} approvals are asked` : seats;
}

/** Hours of `36 hours` or `14 days`; undefined for anything else. */
export function readExpiry(text: string): number | undefined {
  const [, number, unit] = /^([1-9]\d{0,3}) (hour|day)s?$/.exec(text) ?? [];
  return number === undefined ? undefined : Number(number) * (unit === 'day' ? 24 : 1);
}
