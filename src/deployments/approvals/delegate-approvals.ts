import type { Clock } from '../../clock/index.ts';
import { type Db, transact } from '../../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { newId, type Page, type PageRequest, type PageTokenRefusal, readPage } from '../../identifiers/index.ts';
import { type Principal, principalFacts, principalFindByName } from '../../organization/index.ts';
import { type Delegation, delegationDaysMax } from './delegation.ts';
import { delegationEnd, delegationFind, delegationInsert, delegationsBehind } from './delegation-store.ts';

export interface DelegationTools {
  readonly db: Db;
  readonly clock: Clock;
}

export interface NewDelegation {
  /** A name. */
  readonly to: string;
  /** A name; absent: who asks. Only administrators say it for others. */
  readonly from?: string;
  readonly until: Date;
  readonly reason?: string;
}

const dayMs = 86_400_000;

/**
 * Lets somebody approve in another one's place until a date.
 * @refuses delegation-wrong for oneself, machines, and dates that are past or more than 90 days ahead;
 *   delegation-not-allowed
 */
export async function makeDelegation(
  { db, clock }: DelegationTools,
  by: Principal,
  { to, from, until, reason }: NewDelegation,
): Promise<Result<Delegation>> {
  const now = clock.now();
  if (from !== undefined && from !== by.name && !(await isAdministrator(db, by, now))) return notAllowed();
  const giver = from === undefined || from === by.name ? by : await principalFindByName(db, from);
  const taker = await principalFindByName(db, to);
  if (!giver || !taker) return wrong(`There is no principal '${giver ? to : from}'.`);
  if (giver.kind !== 'person' || taker.kind !== 'person') return wrong('Machines never approve.');
  if (giver.id === taker.id) return wrong(`${to} would delegate to himself.`);
  if (until <= now) return wrong(`${until.toISOString()} is past.`);
  if (until.getTime() - now.getTime() > delegationDaysMax * dayMs)
    return wrong(`${until.toISOString()} is more than ${delegationDaysMax} days ahead.`);
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
    await delegationInsert(tx, delegation);
    return accept(delegation);
  });
}

/** By either of the two, or an administrator. @refuses delegation-missing, delegation-not-allowed */
export async function endDelegation(
  { db, clock }: DelegationTools,
  by: Principal,
  id: string,
): Promise<Result<Delegation>> {
  const known = await delegationFind(db, id);
  if (!known) return missing(id);
  const now = clock.now();
  if (by.id !== known.fromId && by.id !== known.toId && !(await isAdministrator(db, by, now))) return notAllowed();
  return transact<Delegation, Refusal>(db, async (tx) => {
    if (!(await delegationEnd(tx, id, by.name, now))) return missing(id);
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

async function isAdministrator(db: Db, { id }: Principal, now: Date): Promise<boolean> {
  return (await principalFacts(db, id, now))?.isAdministrator ?? false;
}

function wrong(message: string): Result<never, Refusal<'delegation-wrong'>> {
  return refuse({
    kind: 'invalid',
    code: 'delegation-wrong',
    message,
    remedy: `Delegate from one person to another, for at most ${delegationDaysMax} days.`,
  });
}

function missing(id: string): Result<never, Refusal<'delegation-missing'>> {
  return refuse({
    kind: 'missing',
    code: 'delegation-missing',
    message: `There is no delegation ${id} that could end.`,
    remedy: 'deuteron delegation list shows those that count.',
  });
}

function notAllowed(): Result<never, Refusal<'delegation-not-allowed'>> {
  return refuse({
    kind: 'forbidden',
    code: 'delegation-not-allowed',
    message: 'A delegation is a matter of the two people in it, and of administrators.',
    remedy: 'Ask one of them.',
  });
}
