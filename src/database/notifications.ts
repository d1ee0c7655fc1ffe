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
const connectMsMax = 10_000;

/**
 * Calls `heard` for each notification. While the session is lost, notifications are lost too: `heard` is then called
 * once, without a payload, after it is back. Callers must therefore also look by themselves now and then.
 */
export async function listen(
  url: string,
  channel: string,
  heard: (payload: string | undefined) => void,
): Promise<Listener> {
  let session: pg.Client | undefined;
  let closed = false;
  let timer: NodeJS.Timeout | undefined;

  async function open(): Promise<void> {
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectMsMax,
      keepAlive: true,
      application_name: `deuteron listens to ${channel}`,
    });
    client.on('notification', ({ payload }) => heard(payload));
    client.on('error', () => lost(client));
    client.on('end', () => lost(client));
    try {
      await client.connect();
      await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (closed) await client.end();
    else session = client;
  }

  function lost(client: pg.Client): void {
    if (closed || client !== session) return;
    session = undefined;
    reopen();
  }

  function reopen(): void {
    timer = setTimeout(() => {
      open().then(
        () => closed || heard(undefined),
        () => closed || reopen(),
      );
    }, reconnectMs);
  }

  await open();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      await session?.end();
    },
  };
}
