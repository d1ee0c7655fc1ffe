import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { accept, type Result, refuse } from '../errors/index.ts';
import { folderInUse, prepareDataFolder } from './data-folder.ts';
import { postgresBinaries } from './postgres-binaries.ts';
import { serverUser } from './server-user.ts';
import { chooseSocketFolder } from './socket-folder.ts';

export interface EmbeddedPostgresOptions {
  /** Where the data lies; made when it does not exist. One server at a time. */
  readonly folder: string;
  /** False trades safety for speed: for databases that nobody will miss, as in tests. */
  readonly durable?: boolean;
  readonly connectionsMax?: number;
}

export interface EmbeddedPostgres {
  /** The URL of a database of this server, by its unix socket. */
  url(database: string): string;
  /** Settles when the server has ended, by `stop` or by itself; says its last words in the second case. */
  readonly ended: Promise<string | undefined>;
  stop(): Promise<void>;
}

const superuser = 'deuteron';
/** Only a part of the socket's name: nothing listens on a network. */
const port = '5432';
const startMsMax = 120_000;
const startPollMs = 15;

/**
 * The server must not outlive us, however we end. A pipe that only we hold open tells: when it closes, the shell that
 * watches it asks the server for a fast shutdown, and after ten seconds for an immediate one. (Linux could do this by a
 * parent-death signal; this works everywhere.) `$1` is a folder to remove afterwards, or empty.
 */
const watchedServer = `
temporary=$1; shift
"$@" </dev/null 3<&- & server=$!
( read -r _ <&3; exec 3<&-; kill -INT $server; sleep 10; kill -QUIT $server ) >/dev/null 2>&1 & watcher=$!
exec 3<&-
wait $server; code=$?
kill $watcher 2>/dev/null
[ -z "$temporary" ] || rm -rf "$temporary"
exit $code
`;

/**
 * Starts PostgreSQL on a folder of ours, reached by a unix socket in a folder that only its user (and root) can pass;
 * whoever passes it is trusted.
 * @refuses a folder in use, not passable or not writable for the server's user, owned by another user, or made by
 * another major version; a platform without embedded server
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<Result<EmbeddedPostgres>> {
  const binaries = postgresBinaries();
  if (!binaries.ok) return binaries;
  const user = serverUser();
  const durable = options.durable ?? true;
  const prepared = await prepareDataFolder({
    parent: options.folder,
    user,
    binaries: binaries.value,
    superuser,
    durable,
  });
  if (!prepared.ok) return prepared;
  const folder = prepared.value;
  const socket = chooseSocketFolder(folder, `.s.PGSQL.${port}`, user);

  const { connectionsMax = 100 } = options;
  const server = [binaries.value.postgres, ...serverArguments(folder, socket.folder, durable, connectionsMax)];
  const child = spawn('/bin/sh', ['-c', watchedServer, 'sh', socket.temporary ? socket.folder : '', ...server], {
    ...user,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    detached: true, // a Ctrl-C in the terminal must reach us first
  });
  const lastWords = collectLastWords(child);
  let stopping = false;
  const ended = new Promise<string | undefined>((settle) => {
    child.once('exit', () => settle(stopping ? undefined : lastWords()));
    child.once('error', (error) => settle(error.message));
  });
  const stop = async () => {
    stopping = true;
    (child.stdio[3] as NodeJS.WritableStream).end();
    await ended;
  };
  const url = (database: string) => socketUrl(database, socket.folder);

  if (await accepts(url('postgres'), ended)) return accept({ url, ended, stop });
  await stop();
  return startRefusal(folder, lastWords());
}

/** The URL of a database of an embedded server, by the folder of its socket. */
export function socketUrl(database: string, socketFolder: string, number = port): string {
  return `postgresql://${superuser}@localhost:${number}/${database}?host=${encodeURIComponent(socketFolder)}`;
}

function serverArguments(folder: string, socketFolder: string, durable: boolean, connectionsMax: number): string[] {
  const settings: Record<string, string> = {
    listen_addresses: '',
    unix_socket_directories: socketFolder,
    port,
    max_connections: String(connectionsMax),
    shared_buffers: '64MB',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', folder, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}

async function accepts(url: string, ended: Promise<unknown>): Promise<boolean> {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + startMsMax; !over && Date.now() < deadline; ) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch {
      await delay(startPollMs); // not yet listening, or still recovering what a crash left
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  return false;
}

function startRefusal(folder: string, words: string) {
  const beaten = /lock file "postmaster\.pid" already exists/.test(words);
  if (beaten) return folderInUse(folder, 'a server that was started at the same time');
  return refuse({
    kind: 'unavailable',
    code: 'embedded-postgres-failed',
    message: `The embedded PostgreSQL did not start in ${folder}: ${words || 'it said nothing'}`,
    remedy: 'See the message of the server; or name another PostgreSQL in DATABASE_URL.',
  });
}

function collectLastWords(child: ChildProcess): () => string {
  let lines: string[] = [];
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lines = [...lines, ...text.split('\n').filter((line) => line.trim() !== '')].slice(-5);
  });
  return () => lines.join(' | ');
}
