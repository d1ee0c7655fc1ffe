import { sql } from 'kysely';
import pg from 'pg';
import type { Db } from './database.ts';

/** Wakes whoever listens, when (and only if) the transaction commits. At most 7,900 bytes of payload. */
export async function notify(tx: Db, channel: string, payload = ''): Promise<void> {
  await sql`select pg_notify(${channel}, ${payload})`.execute(tx);
}

export interface Listener {
  close(): Promise<void>;
}

const reconnectMs = 500;

/**
 * Calls `heard` for each notification. While the session is lost, notifications are lost too: `heard` is then called
 * once, without a payload, after it is back. Callers must therefore also look by themselves now and then.
 */
export async function listen(
  url: string,
  channel: string,
  heard: (payload: string | undefined) => void,
): Promise<Listener> {
  let client: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    const next = new pg.Client({ connectionString: url, application_name: `deuteron listens to ${channel}` });
    next.on('notification', ({ payload }) => heard(payload));
    next.on('error', () => lost(next));
    next.on('end', () => lost(next));
    await next.connect();
    await next.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = next;
  }

  function lost(session: pg.Client): void {
    if (closed || session !== client) return;
    client = undefined;
    again();
  }

  function again(): void {
    timer = setTimeout(() => {
      open().then(
        () => heard(undefined),
        () => closed || again(),
      );
    }, reconnectMs);
  }

  await open();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end();
    },
  };
}
