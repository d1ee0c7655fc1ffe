import type { Clock } from '../../clock/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { authoriseActs } from '../../governance/index.ts';
import { newId, type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import {
  type KnownPrincipal,
  nobodyCalled,
  onPrincipal,
  type Principal,
  type PrincipalId,
  principalEnded,
  principalFacts,
  principalFindByName,
  principalState,
} from '../../organization/index.ts';
import { type Delegation, delegationDaysMax } from './delegation.ts';
import {
  delegationEnd,
  delegationFind,
  delegationInsert,
  delegationLock,
  delegationsBehind,
  delegationsFrom,
} from './delegation-store.ts';

export interface DelegationTools {
  readonly db: Db;
  readonly clock: Clock;
}

/** Where rules read weekday and hour: an IANA name. */
interface InZone {
  readonly timeZone: string;
}

export interface NewDelegation {
  /** A name. */
  readonly to: string;
  /** A name; absent: who asks. */
  readonly from?: string;
  readonly until: Date;
  readonly reason?: string;
}

const dayMs = 86_400_000;

/**
 * Lets somebody approve in another one's place until a date.
 * @refuses delegation-wrong for oneself, machines, and dates that are past or more than 90 days ahead;
 *   principal-ended; what governance refuses him
 */
export async function makeDelegation(
  tools: DelegationTools & InZone,
  by: Principal,
  { to, from, until, reason }: NewDelegation,
): Promise<Result<Delegation>> {
  const { db, clock } = tools;
  const now = clock.now();
  const giver: KnownPrincipal | undefined =
    from === undefined || from === by.name ? by : await principalFindByName(db, from);
  const allowed = await mayDelegate(tools, by, 'delegation:make', giver ?? { name: from ?? '' });
  if (!allowed.ok) return allowed;
  const taker = await principalFindByName(db, to);
  if (!giver || !taker)
    return wrong(
      `There is no principal '${giver ? to : from}'.`,
      'Correct the name; deuteron principal list shows all.',
    );
  for (const each of [giver, taker]) if (principalState(each, now) === 'ended') return principalEnded(each);
  if (giver.kind !== 'person' || taker.kind !== 'person') return wrong('Machines never approve.', person);
  if (giver.id === taker.id) return wrong(`${to} would delegate to himself.`, person);
  if (until <= now) return wrong(`${until.toISOString()} is past.`, day);
  if (until.getTime() - now.getTime() > delegationDaysMax * dayMs)
    return wrong(`${until.toISOString()} is more than ${delegationDaysMax} days ahead.`, day);
  const delegation: Delegation = {
    id: newId(),
    fromId: giver.id,
    from: giver.name,
    toId: taker.id,
    to: taker.name,
    reason,
    madeBy: by.name,
    madeAt: now,
    until,
  };
  return transact<Delegation, Refusal>(db, async (tx) => {
    await delegationLock(tx, giver.id);
    const made = await delegationsFrom(tx, [giver.id], now);
    const open = made.find(({ toId }) => toId === taker.id);
    if (open) return alreadyMade(open);
    await delegationInsert(tx, delegation);
    return accept(delegation);
  });
}

/** It is a matter of either of the two. @refuses delegation-missing, what governance refuses him */
export async function endDelegation(
  tools: DelegationTools & InZone,
  by: Principal,
  id: string,
): Promise<Result<Delegation>> {
  const { db, clock } = tools;
  const known = await delegationFind(db, id);
  if (!known) return delegationMissing(id);
  const now = clock.now();
  const { fromId, from, toId, to } = known;
  const side = by.id === toId ? { id: toId, name: to } : { id: fromId, name: from };
  const allowed = await mayDelegate(tools, by, 'delegation:end', side);
  if (!allowed.ok) return allowed;
  return transact<Delegation, Refusal>(db, async (tx) => {
    if (!(await delegationEnd(tx, id, by.name, now))) return delegationMissing(id);
    return accept({ ...known, endedBy: by.name, endedAt: now });
  });
}

/** Newest first. @refuses InvalidPageToken */
export async function listDelegations(
  { db, clock }: DelegationTools,
  { all }: { readonly all: boolean },
  page: PageRequest,
): Promise<Result<Page<Delegation>, PageTokenRefusal>> {
  const listing = { name: 'ListDelegations', filters: { all }, key: { madeAt: 'time', id: 'text' } } as const;
  const filters = all ? {} : { countsAt: clock.now() };
  return readPage(listing, page, (behind, rowsMax) => delegationsBehind(db, filters, behind, rowsMax));
}

async function mayDelegate(
  { db, clock, timeZone }: DelegationTools & InZone,
  by: Principal,
  verb: 'delegation:make' | 'delegation:end',
  { id, name }: { readonly id?: PrincipalId; readonly name: string },
): Promise<Result<void>> {
  const at = clock.now();
  const principal = await principalFacts(db, by.id, at);
  if (!principal) throw new Error(`there is no principal ${by.name} any more`);
  const whose = id && (await principalFacts(db, id, at));
  return authoriseActs(
    db,
    onPrincipal(verb, whose || nobodyCalled(name)).map((act) => ({
      ...act,
      verb,
      principal,
      at,
      timeZone,
      via: 'native',
    })),
  );
}

function alreadyMade({ id, from, to, until }: Delegation): Result<never, Refusal<'delegation-made'>> {
  return refuse({
    kind: 'conflict',
    code: 'delegation-made',
    message: `${to} approves in the place of ${from} already, until ${until.toISOString()}: delegation ${id}.`,
    remedy: `To have another end, end it first: deuteron delegation end ${id}.`,
  });
}

const person = 'Name another person: approvals pass from one person to another.';
const day = `Give a day that is to come, at most ${delegationDaysMax} days ahead.`;

function wrong(message: string, remedy: string): Result<never, Refusal<'delegation-wrong'>> {
  return refuse({
    kind: 'invalid',
    code: 'delegation-wrong',
    message,
    remedy,
  });
}

export function delegationMissing(id: string): Result<never, Refusal<'delegation-missing'>> {
  return refuse({
    kind: 'missing',
    code: 'delegation-missing',
    message: `There is no delegation ${id} that could end.`,
    remedy: 'deuteron delegation list shows those that count.',
  });
}
