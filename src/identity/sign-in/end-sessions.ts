import { transact } from '../../database/index.ts';
import { accept, type Result, refuse } from '../../errors/index.ts';
import {
  type AuthorityTools,
  mayWithKeysOf,
  type Principal,
  principalFindByName,
  principalMissing,
} from '../../organization/index.ts';
import { sessionEnd, sessionHolder, sessionsEnd } from './session-store.ts';

/** From the next request on it opens nothing. @refuses session-unknown, also of what is not his */
export async function endSessionById(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  id: string,
): Promise<Result<void>> {
  return transact(db, async (tx): Promise<Result<void>> => {
    const holder = await sessionHolder(tx, id);
    if (!holder) return sessionUnknown(id);
    const allowed = await mayWithKeysOf(tx, authorise, 'key:revoke', by, holder, clock.now());
    if (!allowed.ok) return sessionUnknown(id);
    await sessionEnd(tx, id, clock.now());
    return accept(undefined);
  });
}

/**
 * Ends every sign-in of somebody: browsers, command lines, and what is half done. @returns how many were signed in
 * @refuses what governance refuses him, principal-missing
 */
export async function endSessionsOf(
  { db, clock, authorise }: AuthorityTools,
  by: Principal,
  name: string,
): Promise<Result<number>> {
  return transact(db, async (tx): Promise<Result<number>> => {
    const found = await principalFindByName(tx, name);
    const allowed = await mayWithKeysOf(tx, authorise, 'key:revoke', by, found ?? { name }, clock.now());
    if (!allowed.ok) return allowed;
    return found ? accept(await sessionsEnd(tx, found.id, clock.now())) : principalMissing(name);
  });
}

function sessionUnknown(id: string) {
  return refuse({
    kind: 'missing',
    code: 'session-unknown',
    message: `Nobody is signed in by ${id.slice(0, 100)} here, as far as you may know.`,
    remedy: 'deuteron session list shows your sign-ins; those of others are for administrators.',
  });
}
