import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

/**
 * Sessions of the database, or one transaction of it. It knows no tables: each store names its own with
 * `db.withTables<...>()`.
 */
// biome-ignore lint/complexity/noBannedTypes: Kysely's own type for "no tables".
export type Db = Kysely<{}>;

export interface Database {
  readonly db: Db;
  readonly url: string;
  /** Ends the sessions; an embedded server is shut down. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** A PostgreSQL 15 or newer. Absent: the embedded one on `folder`. */
  readonly databaseUrl?: string;
  readonly folder?: string;
  readonly sessionsMax?: number;
}

const databaseName = 'deuteron';
const versionMin = 15;
const connectMsMax = 10_000;

/**
 * @refuses a server that cannot be reached, refuses us, or is older than PostgreSQL 15; and whatever the embedded one
 * refuses (embedded-postgres.ts)
 */
export async function openDatabase(options: DatabaseOptions): Promise<Result<Database>> {
  if (options.databaseUrl) return connect(options.databaseUrl, options.sessionsMax);
  const server = await startEmbeddedPostgres({ folder: options.folder ?? '.deuteron' });
  if (!server.ok) return server;
  const made = await ensureDatabase(server.value);
  const database = made.ok ? await connect(server.value.url(databaseName), options.sessionsMax) : made;
  if (!database.ok) {
    await server.value.stop();
    return database;
  }
  const close = async () => {
    await database.value.close();
    await server.value.stop();
  };
  return accept({ ...database.value, close });
}

async function ensureDatabase(server: EmbeddedPostgres): Promise<Result<void>> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  try {
    await client.connect();
    const known = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (known.rowCount === 0) await client.query(`create database ${databaseName}`);
    return accept(undefined);
  } catch (error) {
    return { ok: false, refusal: connectionRefusal('the embedded PostgreSQL', error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect(url: string, sessionsMax = 20): Promise<Result<Database>> {
  const pool = new pg.Pool({
    connectionString: url,
    max: sessionsMax,
    connectionTimeoutMillis: connectMsMax,
    application_name: 'deuteron',
  });
  pool.on('error', () => undefined); // an idle session was cut; the pool opens another when one is needed
  // biome-ignore lint/complexity/noBannedTypes: as for Db.
  const db = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) });
  try {
    const asked = await db.executeQuery<{ number: string }>(
      CompiledQuery.raw("select current_setting('server_version_num') as number"),
    );
    const version = Math.floor(Number(asked.rows[0]?.number) / 10_000);
    if (version >= versionMin) return accept({ db, url, close: () => db.destroy() });
    await db.destroy();
    return refuse({
      kind: 'invalid',
      code: 'database-too-old',
      message: `The database is PostgreSQL ${version}; ${versionMin} or newer is needed.`,
      remedy: 'Upgrade it, or name another one in DATABASE_URL.',
    });
  } catch (error) {
    await db.destroy();
    return { ok: false, refusal: connectionRefusal(withoutPassword(url), error) };
  }
}

function connectionRefusal(where: string, error: unknown): Refusal<'database-unreachable'> {
  return {
    kind: 'unavailable',
    code: 'database-unreachable',
    message: `The database ${where} does not take us: ${(error as Error).message || String(error)}`,
    remedy: 'Check DATABASE_URL: host, port, user, password, database name, and that the server runs.',
  };
}

function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ':***@');
}
