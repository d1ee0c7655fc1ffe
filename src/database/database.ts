import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { connectionRefusal, readDatabaseUrl } from './connection-refusal.ts';
import { holdsData, servingPostgres } from './data-folder.ts';
import { type EmbeddedPostgres, socketUrl, startEmbeddedPostgres } from './embedded-postgres.ts';

/**
 * Sessions of the database, or one transaction of it. It knows no tables: each store names its own with
 * `db.withTables<...>()`.
 */
// biome-ignore lint/complexity/noBannedTypes: Kysely's own type for "no tables".
export type Db = Kysely<{}>;

export interface Database {
  readonly db: Db;
  readonly url: string;
  /** How many sessions this process has open, how many of them do nothing, and how many more are waited for. */
  readonly sessions: () => { readonly open: number; readonly idle: number; readonly waiting: number };
  /** Settles with the last words of an embedded server that ended by itself: then nothing works any more. */
  readonly lost: Promise<string>;
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
const sessionsMaxUsual = 20;
const connectMsMax = 10_000;
/** Nothing that a request waits for takes longer; a migration may. */
const statementMsMax = 60_000;
/** A transaction that does nothing for so long has lost its owner, and holds locks. */
const idleInTransactionMsMax = 60_000;

/**
 * @refuses a server that cannot be reached, refuses us, or is older than PostgreSQL 15; and whatever the embedded one
 * refuses (embedded-postgres.ts)
 */
export async function openDatabase(options: DatabaseOptions): Promise<Result<Database>> {
  const { databaseUrl, folder = '.deuteron', sessionsMax = sessionsMaxUsual } = options;
  return databaseUrl ? connect(databaseUrl, sessionsMax) : openEmbedded(folder, sessionsMax);
}

/**
 * Opens a database that is there already, to look at it: the embedded one also while a server has it in use.
 * @refuses as openDatabase does; and a data folder without data
 */
export async function openExistingDatabase(options: DatabaseOptions): Promise<Result<Database>> {
  const { databaseUrl, folder = '.deuteron', sessionsMax = sessionsMaxUsual } = options;
  if (databaseUrl) return connect(databaseUrl, sessionsMax);
  const serving = servingPostgres(folder);
  if (serving) return connect(socketUrl(databaseName, serving.socketFolder, serving.port), sessionsMax);
  if (holdsData(folder)) return openEmbedded(folder, sessionsMax);
  return refuse({
    kind: 'missing',
    code: 'data-folder-missing',
    message: `There is no database in the data folder ${folder}.`,
    remedy:
      'Name the one of the server with --data-folder (DEUTERON_DATA_FOLDER), or its database with --database-url (DATABASE_URL).',
  });
}

async function openEmbedded(folder: string, sessionsMax: number): Promise<Result<Database>> {
  const started = await startEmbeddedPostgres({ folder });
  if (!started.ok) return started;
  const server = started.value;
  const made = await ensureDatabase(server);
  const database = made.ok ? await connect(server.url(databaseName), sessionsMax) : made;
  if (!database.ok) {
    await server.stop();
    return database;
  }
  const close = async () => {
    await database.value.close();
    await server.stop();
  };
  const lost = server.ended.then((words) => words ?? new Promise<never>(() => undefined));
  return accept({ ...database.value, lost, close });
}

async function ensureDatabase(server: EmbeddedPostgres): Promise<Result<void>> {
  const client = new pg.Client({ connectionString: server.url('postgres') });
  try {
    await client.connect();
    const known = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (known.rowCount === 0) await client.query(`create database ${databaseName}`);
    return accept(undefined);
  } catch (error) {
    return { ok: false, refusal: connectionRefusal(server.url(databaseName), error) };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function connect(url: string, sessionsMax: number): Promise<Result<Database>> {
  const readable = readDatabaseUrl(url);
  if (!readable.ok) return readable;
  const pool = new pg.Pool({
    connectionString: url,
    max: sessionsMax,
    connectionTimeoutMillis: connectMsMax,
    statement_timeout: statementMsMax,
    idle_in_transaction_session_timeout: idleInTransactionMsMax,
    keepAlive: true,
    application_name: 'deuteron',
  });
  pool.on('error', () => undefined); // an idle session was cut; the pool opens another when one is needed
  pool.on('connect', (client) => client.on('error', () => undefined)); // one in use was cut: its next query says so
  // biome-ignore lint/complexity/noBannedTypes: as for Db.
  const db = new Kysely<{}>({ dialect: new PostgresDialect({ pool }) });
  const refusal = await checkServer(db, url);
  const sessions = () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount });
  if (!refusal) return accept({ db, url, sessions, lost: new Promise(() => undefined), close: () => db.destroy() });
  await db.destroy();
  return { ok: false, refusal };
}

async function checkServer(db: Db, url: string): Promise<Refusal | undefined> {
  try {
    const asked = await db.executeQuery<{ number: string }>(
      CompiledQuery.raw("select current_setting('server_version_num') as number"),
    );
    const version = Math.floor(Number(asked.rows[0]?.number) / 10_000);
    return version >= versionMin ? undefined : tooOld(version);
  } catch (error) {
    return connectionRefusal(url, error);
  }
}

function tooOld(version: number): Refusal {
  return refuse({
    kind: 'invalid',
    code: 'database-too-old',
    message: `The database is PostgreSQL ${version}; ${versionMin} or newer is needed.`,
    remedy: 'Upgrade it, or name another one in DATABASE_URL.',
  }).refusal;
}
