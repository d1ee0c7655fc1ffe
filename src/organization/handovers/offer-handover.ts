import { transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId, shortArn } from '../../identifiers/index.ts';
import { isAdministrator, isIn, notAllowed } from '../chart/authority.ts';
import type { ChartTools } from '../chart/change-organization.ts';
import type { ResourceKind } from '../placements/placement.ts';
import { teamMissing, unitMissing } from '../placements/placement-record.ts';
import { placementsFind } from '../placements/placement-store.ts';
import { resourceFacts } from '../placements/resource-facts.ts';
import type { Principal } from '../principal.ts';
import { membershipList } from '../teams/membership-store.ts';
import { teamFind } from '../teams/team-store.ts';
import { organizationLock, unitExists } from '../units/unit-store.ts';
import { expireHandoversOf } from './expire-handovers.ts';
import { type Handover, handoverDays, type Ownership } from './handover.ts';
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
 * Offers a resource, or the data in it, to another team. Nothing changes until that one accepts. Who owns it may offer
 * it; what nobody owns is offered by an administrator.
 * @refuses what is unknown, a team that owns it already, a second offer while one is open, who may not
 */
export async function offerHandover(
  { db, clock }: ChartTools,
  by: Principal,
  { arn, kind, ownership = 'owner', toTeam, unit, note, days = handoverDays.usual }: OfferRequest,
): Promise<Result<Handover>> {
  return transact<Handover, Refusal>(db, async (tx) => {
    await organizationLock(tx);
    const now = clock.now();
    if (!(await placementsFind(tx, [arn])).has(arn)) return resourceMissing(arn);
    if (!(await teamFind(tx, toTeam))) return teamMissing(toTeam);
    if (unit !== undefined && !(await unitExists(tx, unit))) return unitMissing(unit);
    const facts = await resourceFacts(tx, arn, kind);
    const fromTeam = ownership === 'owner' ? facts.ownerTeam : facts.dataOwnerTeam;
    if (fromTeam === toTeam) return ownedAlready(arn, toTeam);
    const memberships = await membershipList(tx, { principal: by.name, activeAt: now });
    const owns = fromTeam !== undefined && isIn(memberships, fromTeam, by.id, now);
    if (!owns && !isAdministrator(memberships, by.id, now)) return notOwned(arn, fromTeam);
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

function notOwned(arn: string, owner: string | undefined) {
  const what = shortArn(arn);
  return notAllowed(
    owner === undefined
      ? `Nobody owns ${what}, so only an administrator offers it.`
      : `${what} is owned by the team '${owner}': one of its members, or an administrator, offers it.`,
  );
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
