import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Db } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { DeclaredDead } from './declared-dead.ts';
import { sessionName } from './node-store.ts';
import { WorkSession } from './work-session.ts';

export interface FencedPool {
  readonly pool: pg.Pool;
  readonly db: Db;
  close(): Promise<void>;
}

const sessionsMax = 20;
const connectMsMax = 10_000;
const statementMsMax = 60_000;

/**
 * The sessions through which workflows write. Whoever declares this process dead ends them; and new ones are refused
 * from then on, so that a process which was only frozen cannot change anything behind its successor's back.
 */
export function createFencedPool(databaseUrl: string, executorId: string, log: Log): FencedPool {
  const pool = new pg.Pool({
    Client: WorkSession,
    connectionString: databaseUrl,
    max: sessionsMax,
    connectionTimeoutMillis: connectMsMax,
    statement_timeout: statementMsMax,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: sessionName(executorId, 'work'),
    onConnect: async (client) => {
      const known = await client.query('select from workflow_node where executor_id = $1 and buried_at is null', [
        executorId,
      ]);
      if (known.rowCount === 0) throw new DeclaredDead(executorId);
    },
  });
  pool.on('connect', (client) => client.on('error', () => undefined)); // cut while in use: its next query says so
  pool.on('error', (err) => log.warn({ err }, 'an idle session of the workflow engine was cut'));
  // biome-ignore lint/complexity/noBannedTypes: as for Db.
  const db: Db = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) });
  return { pool, db, close: () => pool.end() };
}
