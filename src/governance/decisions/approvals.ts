import type { Approver } from '../relations.ts';
import type { Requirement, Seat } from '../rules/requirement.ts';

/** That somebody approved: who, and what he was to the resource when he did. */
export interface ApprovalFacts {
  readonly principalId: string;
  readonly principal: string;
  readonly as: readonly Approver[];
  readonly at: Date;
}

/** Somebody who could approve, and as what. */
export type Candidate = Omit<ApprovalFacts, 'at'>;

/** Approvals that are still missing. */
export interface ApprovalWanted {
  /** Any of them will do. */
  readonly approvers: readonly Approver[];
  readonly count: number;
  readonly noSelfApproval: boolean;
  readonly expiryHours?: number;
  /** The rules that want it, and why in their words. One approval serves all of them. */
  readonly reasons: readonly { readonly rule: string; readonly message: string }[];
}

const hourMs = 3_600_000;

/** The seats that nobody has taken yet, when those who approved sit down as well as they can. */
export function openSeats(
  { seats, noSelfApproval, expiryHours }: Requirement,
  approvals: readonly ApprovalFacts[],
  { askedBy, now }: { readonly askedBy: string; readonly now: Date },
): Seat[] {
  const people = new Map<string, Set<Approver>>();
  for (const { principalId, as, at } of approvals) {
    if (noSelfApproval && principalId === askedBy) continue;
    if (at > now || (expiryHours !== undefined && now.getTime() - at.getTime() > expiryHours * hourMs)) continue;
    people.set(principalId, new Set([...(people.get(principalId) ?? []), ...as]));
  }
  // augmenting paths: whoever sits where another could, moves to where he is needed
  const takenBy: (string | undefined)[] = seats.map(() => undefined);
  const sit = (person: string, asked: Set<number>): boolean =>
    seats.some((seat, index) => {
      if (asked.has(index) || !seat.some((approver) => people.get(person)?.has(approver))) return false;
      asked.add(index);
      const sitting = takenBy[index];
      if (sitting !== undefined && !sit(sitting, asked)) return false;
      takenBy[index] = person;
      return true;
    });
  for (const person of [...people.keys()].sort()) sit(person, new Set());
  return seats.filter((_, index) => takenBy[index] === undefined);
}

/** Open seats of a rule as one wish for each kind of seat. */
export function wanted(
  open: readonly Seat[],
  { noSelfApproval, expiryHours }: Requirement,
  reason: ApprovalWanted['reasons'][number],
): ApprovalWanted[] {
  const alike = Map.groupBy(open, (seat) => seat.join('|'));
  return [...alike.values()].map((seats) => ({
    approvers: seats[0] ?? [],
    count: seats.length,
    noSelfApproval,
    ...(expiryHours === undefined ? {} : { expiryHours }),
    reasons: [reason],
  }));
}

/** Wishes of several rules: what is wanted of the same people on the same terms is wanted once, as many as any rule wants. */
export function union(wishes: readonly ApprovalWanted[]): ApprovalWanted[] {
  const alike = Map.groupBy(wishes, ({ approvers, noSelfApproval, expiryHours }) =>
    JSON.stringify([approvers, noSelfApproval, expiryHours]),
  );
  return [...alike.values()].map(([first, ...others]) => ({
    ...(first as ApprovalWanted),
    count: Math.max(...[first as ApprovalWanted, ...others].map(({ count }) => count)),
    reasons: [first as ApprovalWanted, ...others].flatMap(({ reasons }) => reasons),
  }));
}
