import type { Db } from '../database/index.ts';
import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

type ZoneTables = { time_zone: { one: boolean; name: string }; principal: { id: string } };

/**
 * Where rules of this installation read weekday and hour, as an IANA name: what it was given last; else UTC. An
 * installation of a former version, which had none, goes on with that of the process that upgrades it.
 * @param given from now on; absent: as it is kept. @refuses time-zone-wrong
 */
export async function installationTimeZone(
  db: Db,
  given: string | undefined,
  ofProcess = Intl.DateTimeFormat().resolvedOptions().timeZone,
): Promise<Result<string, Refusal<'time-zone-wrong'>>> {
  if (given !== undefined && !isTimeZone(given)) return zoneWrong(given);
  return transact<string, never>(db, async (tx) => {
    const zones = tx.withTables<ZoneTables>();
    const someone = await zones.selectFrom('principal').select('id').limit(1).executeTakeFirst();
    const name = given ?? (someone ? ofProcess : 'UTC');
    await zones
      .insertInto('time_zone')
      .values({ one: true, name })
      .onConflict((conflict) =>
        given === undefined ? conflict.doNothing() : conflict.column('one').doUpdateSet({ name: given }),
      )
      .execute();
    const kept = await zones.selectFrom('time_zone').select('name').executeTakeFirstOrThrow();
    return accept(kept.name);
  });
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function zoneWrong(name: string): Result<never, Refusal<'time-zone-wrong'>> {
  return refuse({
    kind: 'invalid',
    code: 'time-zone-wrong',
    message: `'${name}' is no time zone.`,
    remedy: 'Write its IANA name: Europe/Berlin, America/New_York, UTC.',
  });
}
