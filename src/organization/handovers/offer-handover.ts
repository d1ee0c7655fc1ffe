import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId, shortArn } from '../../identifiers/index.ts';
import type { AuthorityTools } from '../authority/authorise.ts';
import { distinct, onThing } from '../authority/organization-acts.ts';
import type { ResourceKind } from '../placements/placement.ts';
import { teamMissing, unitMissing } from '../placements/placement-record.ts';
import { placementsFind } from '../placements/placement-store.ts';
import { resourceFacts } from '../placements/resource-facts.ts';
import type { Principal } from '../principal.ts';
import { teamFind } from '../teams/team-store.ts';
import { organizationLock, unitPaths } from '../units/unit-store.ts';
import { expireHandoversOf } from './expire-handovers.ts';
import { type Handover, handoverDays, type Ownership, ownershipWords as words } from './handover.ts';
import { handoverInsert } from './handover-store.ts';

export interface OfferRequest {
  readonly arn: string;
  readonly kind: ResourceKind;
  /** Default: owner. */
  readonly ownership?: Ownership;
  readonly toTeam: string;
  /** The unit that the resource moves to with its owner; absent: it stays. */
  readonly unit?: string;
  readonly note?: string;
  /** 1 to 365; default 14. */
  readonly days?: number;
}

const dayMs = 86_400_000;

/**
 * Offers a resource, or the data in it, to another team. Nothing changes until that one accepts. Where it would move, the
 * rules there have their say as well.
 * @refuses what is unknown, a team that owns it already, a second offer while one is open, what governance refuses him
 */
export async function offerHandover(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  { arn, kind, ownership = 'owner', toTeam, unit, note, days = handoverDays.usual }: OfferRequest,
): Promise<Result<Handover>> {
  return transact<Handover, Refusal>(db, async (tx) => {
    await organizationLock(tx);
    const now = clock.now();
    if (!(await placementsFind(tx, [arn])).has(arn)) return resourceMissing(arn);
    const facts = await resourceFacts(tx, arn, kind);
    const there = unit === undefined ? facts.unitPath : (await unitPaths(tx, [unit])).get(unit);
    const verb = `${words[ownership]}:hand-over` as const;
    const ends = [facts, { ...facts, unitPath: there ?? facts.unitPath }];
    const allowed = await authorise(tx, by.id, distinct(ends.map((end) => onThing(verb, end))));
    if (!allowed.ok) return allowed;
    if (!(await teamFind(tx, toTeam))) return teamMissing(toTeam);
    if (unit !== undefined && !there) return unitMissing(unit);
    const fromTeam = ownership === 'owner' ? facts.ownerTeam : facts.dataOwnerTeam;
    if (fromTeam === toTeam) return ownedAlready(arn, toTeam);
    await expireHandoversOf(tx, now);
    const handover: Handover = {
      id: newId(),
      resourceArn: arn,
      ownership,
      fromTeam,
      toTeam,
      unit,
      note,
      state: 'offered',
      offeredBy: by.name,
      offeredAt: now,
      expiresAt: new Date(now.getTime() + days * dayMs),
    };
    return (await handoverInsert(tx, handover)) ? accept(handover) : offeredAlready(arn);
  });
}

function resourceMissing(arn: string) {
  return refuse({
    kind: 'missing',
    code: 'resource-missing',
    message: `There is no ${shortArn(arn)}.`,
    remedy: 'Correct the name: deuteron org resources lists all.',
  });
}

function ownedAlready(arn: string, team: string) {
  return refuse({
    kind: 'conflict',
    code: 'handover-without-change',
    message: `${shortArn(arn)} belongs to the team '${team}' already.`,
    remedy: 'Offer it to another team.',
  });
}

function offeredAlready(arn: string) {
  return refuse({
    kind: 'conflict',
    code: 'handover-open',
    message: `${shortArn(arn)} is offered to a team already.`,
    remedy: 'Wait for its answer, or withdraw that offer first: deuteron handover list --state offered.',
  });
}
