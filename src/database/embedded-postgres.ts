import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { accept, type Result, refuse } from '../errors/index.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { blockedFolder, type ServerUser, serverUser } from './server-user.ts';

export interface EmbeddedPostgresOptions {
  /** Where the data lies; made when it does not exist. One server at a time. */
  readonly folder: string;
  /** Trades safety for speed: for databases that nobody will miss, as in tests. */
  readonly durable?: boolean;
  readonly connectionsMax?: number;
}

export interface EmbeddedPostgres {
  /** The URL of a database of this server, by its unix socket. */
  url(database: string): string;
  stop(): Promise<void>;
}

const superuser = 'deuteron';
const startMsMax = 60_000;
const startPollMs = 15;
const endingMsMax = 5_000;

/**
 * The server must not outlive us, however we end. A pipe that only we hold open tells: when it closes, the shell that
 * watches it asks the server for a fast shutdown. (Linux could do this by a parent-death signal; this works everywhere.)
 */
const watchedServer = `
"$@" </dev/null 3<&- & server=$!
( read -r _ <&3; kill -INT $server 2>/dev/null ) & watcher=$!
exec 3<&-
wait $server; code=$?
kill $watcher 2>/dev/null
exit $code
`;

/**
 * Starts PostgreSQL on a folder of ours, reached by a unix socket in a folder that only its user (and root) can pass;
 * whoever passes it is trusted.
 * @refuses a folder in use, not passable or not writable for the server's user, or made by another major version
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<Result<EmbeddedPostgres>> {
  const binaries = postgresBinaries();
  if (!binaries.ok) return binaries;
  const user = serverUser();
  const folder = resolve(options.folder, 'postgres');
  const ready = await prepareFolder(folder, user, binaries.value);
  if (!ready.ok) return ready;

  const socketFolder = mkdtempSync(join(tmpdir(), 'deuteron-'));
  if (user) chownSync(socketFolder, user.uid, user.gid);
  const child = spawn(
    '/bin/sh',
    ['-c', watchedServer, 'sh', binaries.value.postgres, ...serverArguments(options, folder, socketFolder)],
    {
      ...user,
      cwd: '/',
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      detached: true, // a Ctrl-C in the terminal must reach us first
    },
  );
  const log = lastLines(child);
  const url = (database: string) =>
    `postgresql://${superuser}@localhost:5432/${database}?host=${encodeURIComponent(socketFolder)}`;
  const exited = new Promise<void>((done) => child.once('exit', () => done()));
  const stop = async () => {
    (child.stdio[3] as NodeJS.WritableStream).end();
    await exited;
    rmSync(socketFolder, { recursive: true, force: true });
  };
  if (await accepts(url('postgres'), child)) return accept({ url, stop });
  await stop();
  return refuse({
    kind: 'unavailable',
    code: 'embedded-postgres-failed',
    message: `The embedded PostgreSQL did not start in ${folder}: ${log().join(' | ')}`,
    remedy: 'See the message of the server; or name another PostgreSQL in DATABASE_URL.',
  });
}

function serverArguments(options: EmbeddedPostgresOptions, folder: string, socketFolder: string): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    port: '5432',
    max_connections: String(options.connectionsMax ?? 100),
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(options.durable === false
      ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0' }
      : {}),
  };
  return ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function prepareFolder(
  folder: string,
  user: ServerUser | undefined,
  binaries: PostgresBinaries,
): Promise<Result<void>> {
  const versionFile = join(folder, 'PG_VERSION');
  try {
    mkdirSync(dirname(folder), { recursive: true });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (user) chownSync(folder, user.uid, user.gid);
    chmodSync(folder, 0o700);
  } catch (error) {
    return folderRefusal(folder, `cannot be made or given to the server's user: ${(error as Error).message}`);
  }
  const blocked = blockedFolder(folder, user);
  if (blocked) {
    const who = user ? `the unprivileged user ${user.uid}, as whom PostgreSQL runs,` : 'the user who runs this server';
    return folderRefusal(folder, `cannot be reached: ${who} may not pass ${blocked}`);
  }
  if (!existsSync(versionFile)) return initialise(folder, user, binaries);
  const major = readFileSync(versionFile, 'utf8').trim();
  if (major !== binaries.version.split('.')[0]) {
    return refuse({
      kind: 'conflict',
      code: 'data-folder-version',
      message: `The data folder ${folder} was made by PostgreSQL ${major}; the embedded server is ${binaries.version}.`,
      remedy: `Dump it with PostgreSQL ${major} and restore into a new folder, or run PostgreSQL ${major} and name it in DATABASE_URL.`,
    });
  }
  return releaseStaleLock(folder);
}

function folderRefusal(folder: string, why: string) {
  return refuse({
    kind: 'invalid',
    code: 'data-folder-unusable',
    message: `The data folder ${folder} ${why}.`,
    remedy: 'Choose another folder with --data-folder (DEUTERON_DATA_FOLDER), e.g. below /var/lib.',
  });
}

function initialise(folder: string, user: ServerUser | undefined, { initdb }: PostgresBinaries): Result<void> {
  const flags = [
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
  ];
  const made = spawnSync(initdb, ['-D', folder, '-U', superuser, '--no-sync', '--no-instructions', ...flags], {
    ...user,
    cwd: '/',
    encoding: 'utf8',
  });
  if (made.status === 0) return accept(undefined);
  rmSync(folder, { recursive: true, force: true }); // nothing half-made stays behind
  return folderRefusal(folder, `could not be initialised: ${made.error?.message ?? made.stderr.trim()}`);
}

/**
 * A server that was killed leaves postmaster.pid behind; its number may by now be another program's, at which PostgreSQL
 * would refuse to start.
 */
async function releaseStaleLock(folder: string): Promise<Result<void>> {
  const lock = join(folder, 'postmaster.pid');
  if (!existsSync(lock)) return accept(undefined);
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  // the server of a process that has just died is about to end by itself
  for (const deadline = Date.now() + endingMsMax; isPostgres(pid) && Date.now() < deadline; )
    await delay(startPollMs * 10);
  if (isPostgres(pid)) {
    return refuse({
      kind: 'conflict',
      code: 'data-folder-in-use',
      message: `The data folder ${folder} is in use by the PostgreSQL process ${pid}.`,
      remedy: 'Stop the other server, or choose another folder with --data-folder (DEUTERON_DATA_FOLDER).',
    });
  }
  rmSync(lock, { force: true });
  return accept(undefined);
}

function isPostgres(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const asked = spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
  if (asked.error)
    return existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  return asked.stdout.includes('postgres');
}

async function accepts(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = Date.now() + startMsMax;
  while (child.exitCode === null && child.signalCode === null && Date.now() < deadline) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      return true;
    } catch {
      await delay(startPollMs);
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

/** The server's last words, for a refusal. */
function lastLines(child: ChildProcess): () => readonly string[] {
  let lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines = [...lines, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-5);
  });
  return () => lines;
}
