import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { shortArn } from '../../identifiers/index.ts';
import type { AuthorityTools } from '../authority/authorise.ts';
import { onThing, subjectOf } from '../authority/organization-acts.ts';
import { placementsFind, placementUpsert } from '../placements/placement-store.ts';
import { type ResourceFacts, resourceFacts } from '../placements/resource-facts.ts';
import type { Principal } from '../principal.ts';
import { principalFacts } from '../principal-facts.ts';
import { principalFindByName } from '../principal-store.ts';
import { organizationLock, unitPaths } from '../units/unit-store.ts';
import { type Handover, type HandoverAnswer, handoverAnswers, handoverState, ownershipWords } from './handover.ts';
import { handoverEnd, handoverLock } from './handover-store.ts';

/**
 * Answers an offer. Accepting it makes the team the owner, in the same transaction.
 * @refuses an offer that there is not, or that is over; a resource whose owner changed since; what governance refuses him
 */
export async function answerHandover(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  { id, answer, note }: { readonly id: string; readonly answer: HandoverAnswer; readonly note?: string },
): Promise<Result<Handover>> {
  return transact<Handover, Refusal>(db, async (tx) => {
    await organizationLock(tx);
    const now = clock.now();
    const handover = await handoverLock(tx, id);
    if (!handover) return handoverMissing(id);
    const state = handoverState(handover, now);
    const { side, state: after } = handoverAnswers[answer];
    if (state !== 'offered') return handoverOver({ ...handover, state }, answer);
    const verb = `${ownershipWords[handover.ownership]}:${answer}` as const;
    const offerer = side === 'fromTeam' ? await principalFindByName(tx, handover.offeredBy) : undefined;
    const subject = offerer && (await principalFacts(tx, offerer.id, now));
    const act = onThing(verb, await factsOf(tx, handover, side), subject && subjectOf(subject));
    const allowed = await authorise(tx, by.id, [act]);
    if (!allowed.ok) return allowed;
    if (answer === 'accept') {
      const moved = await takeOver(tx, handover, now);
      if (!moved.ok) return moved;
    }
    await handoverEnd(tx, id, { state: after, by: by.name, note, now });
    return accept({ ...handover, state: after, answeredBy: by.name, answeredAt: now, answerNote: note });
  });
}

/** Of the thing as it is for a side: as its own, and for who shall have it also where it will be. */
async function factsOf(
  tx: Db,
  { resourceArn: arn, ownership, unit, ...teams }: Handover,
  side: 'fromTeam' | 'toTeam',
): Promise<ResourceFacts> {
  const placement = (await placementsFind(tx, [arn])).get(arn);
  if (!placement) throw new Error(`${arn} is offered and not there`);
  const facts = await resourceFacts(tx, arn, placement.kind);
  const owned = ownership === 'owner' ? { ownerTeam: teams[side] } : { dataOwnerTeam: teams[side] };
  const moves = side === 'toTeam' && unit !== undefined;
  return { ...facts, ...owned, ...(moves && { unitPath: (await unitPaths(tx, [unit])).get(unit) ?? facts.unitPath }) };
}

async function takeOver(
  tx: Db,
  { resourceArn: arn, ownership, fromTeam, toTeam, unit }: Handover,
  now: Date,
): Promise<Result<void>> {
  const placement = (await placementsFind(tx, [arn])).get(arn);
  const facts = placement && (await resourceFacts(tx, arn, placement.kind));
  const owner = ownership === 'owner' ? facts?.ownerTeam : facts?.dataOwnerTeam;
  if (!placement || owner !== fromTeam) return ownerChanged(arn, owner);
  const owned = ownership === 'owner' ? { ownerTeam: toTeam } : { dataOwnerTeam: toTeam };
  await placementUpsert(tx, { ...placement, ...owned, unit: unit ?? placement.unit }, now);
  return accept(undefined);
}

export function handoverMissing(id: string) {
  return refuse({
    kind: 'missing',
    code: 'handover-missing',
    message: `There is no hand-over '${id}'.`,
    remedy: 'deuteron handover list lists all.',
  });
}

function handoverOver({ id, state, answeredBy }: Handover, answer: HandoverAnswer) {
  const by = answeredBy === undefined ? '' : ` by ${answeredBy}`;
  return refuse({
    kind: 'conflict',
    code: 'handover-over',
    message: `The hand-over ${id} is ${state}${by}; nobody can ${answer} it any more.`,
    remedy: 'Offer the resource anew: deuteron handover offer.',
  });
}

function ownerChanged(arn: string, owner: string | undefined) {
  return refuse({
    kind: 'conflict',
    code: 'handover-owner-changed',
    message: `${shortArn(arn)} has another owner than when it was offered: ${owner ? `the team '${owner}'` : 'nobody'}.`,
    remedy: 'Decline or withdraw this offer; who owns it now can make another.',
  });
}
