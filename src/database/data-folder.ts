import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { accept, type Result, refuse } from '../errors/index.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import { commandOf, isRunning } from './running-process.ts';
import { blockedFolder, type ServerUser } from './server-user.ts';

export interface DataFolderOptions {
  /** The data lies in `postgres` below it. */
  readonly parent: string;
  /** As whom the server runs, when not as we do. */
  readonly user: ServerUser | undefined;
  readonly binaries: PostgresBinaries;
  readonly superuser: string;
  /** Whether a new folder must survive a power failure. */
  readonly durable: boolean;
}

/** A server whose process has just died is told so at once: one that stays ready for so long is in use. */
const readyMsMax = 2_000;
/** How long it may then take to end. */
const stoppingMsMax = 15_000;
const endingPollMs = 50;

/**
 * Makes the folder ready for a server: made and initialised when it does not exist, freed of what a killed server left.
 * @returns its real path
 * @refuses as startEmbeddedPostgres says
 */
export async function prepareDataFolder(options: DataFolderOptions): Promise<Result<string>> {
  const { parent, user, binaries } = options;
  const made = madeFolder(resolve(parent, 'postgres'));
  if (!made.ok) return made;
  const folder = made.value;
  const blocked = blockedFolder(folder, user);
  if (blocked) {
    const who = user ? `the unprivileged user ${user.uid}, as whom PostgreSQL runs,` : 'the user who runs this server';
    return folderUnusable(folder, `cannot be reached: ${who} may not pass ${blocked}`);
  }
  if (!existsSync(join(folder, 'PG_VERSION'))) {
    const initialised = initialise(folder, options);
    if (!initialised.ok) return initialised;
  }
  const version = checkVersion(folder, binaries);
  if (!version.ok) return version;
  const owner = checkOwner(folder, user);
  if (!owner.ok) return owner;
  const free = await releaseStaleLock(folder);
  return free.ok ? accept(folder) : free;
}

function madeFolder(folder: string): Result<string> {
  try {
    mkdirSync(dirname(folder), { recursive: true });
    if (!existsSync(folder)) mkdirSync(folder, { mode: 0o700 });
    return accept(realpathSync(folder));
  } catch (error) {
    return folderUnusable(folder, `cannot be made: ${(error as Error).message}`);
  }
}

/** In a folder beside it first: a start that is killed leaves nothing that looks complete. */
function initialise(folder: string, { user, binaries, superuser, durable }: DataFolderOptions): Result<void> {
  removeUnfinished(folder);
  const unfinished = `${folder}.new-${process.pid}`;
  const flags = [
    '--auth=trust',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    '--no-instructions',
    ...(durable ? [] : ['--no-sync']),
  ];
  try {
    mkdirSync(unfinished, { mode: 0o700 });
    if (user) chownSync(unfinished, user.uid, user.gid);
    chmodSync(unfinished, 0o700);
    const done = spawnSync(binaries.initdb, ['-D', unfinished, '-U', superuser, ...flags], {
      ...user,
      cwd: '/',
      encoding: 'utf8',
    });
    if (done.status !== 0) {
      return folderUnusable(folder, `could not be initialised: ${done.error?.message ?? done.stderr.trim()}`);
    }
    renameSync(unfinished, folder);
    return accept(undefined);
  } catch (error) {
    if (existsSync(join(folder, 'PG_VERSION'))) return accept(undefined); // another process was first
    return folderUnusable(folder, `could not be initialised: ${(error as Error).message}`);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function removeUnfinished(folder: string): void {
  const prefix = `${basename(folder)}.new-`;
  for (const name of readdirSync(dirname(folder))) {
    const pid = Number(name.slice(prefix.length));
    if (name.startsWith(prefix) && (pid === process.pid || !isRunning(pid))) {
      rmSync(join(dirname(folder), name), { recursive: true, force: true });
    }
  }
}

function checkOwner(folder: string, user: ServerUser | undefined): Result<void> {
  const owner = statSync(folder).uid;
  const expected = user?.uid ?? process.getuid?.();
  if (expected === undefined || owner === expected) return accept(undefined);
  return folderUnusable(
    folder,
    `belongs to the user ${owner}, but the server runs as ${expected}. Run it as its owner, or give it over with ` +
      `"chown -R ${expected} ${folder}"`,
  );
}

function checkVersion(folder: string, { version }: PostgresBinaries): Result<void> {
  const major = readFileSync(join(folder, 'PG_VERSION'), 'utf8').trim();
  if (major === version.split('.')[0]) return accept(undefined);
  return refuse({
    kind: 'conflict',
    code: 'data-folder-version',
    message: `The data folder ${folder} was made by PostgreSQL ${major}; the embedded server is ${version}.`,
    remedy: `Dump it with PostgreSQL ${major} and restore into a new folder, or run PostgreSQL ${major} and name it in DATABASE_URL.`,
  });
}

/**
 * A server that was killed leaves its lock files behind; their number may by now be another program's, at which
 * PostgreSQL would refuse to start.
 */
async function releaseStaleLock(folder: string): Promise<Result<void>> {
  const since = Date.now();
  for (let lock = readLock(folder); lock && mayServe(lock.pid, folder); lock = readLock(folder)) {
    if (Date.now() - since > (lock.status === 'stopping' ? stoppingMsMax : readyMsMax)) {
      return folderInUse(folder, `the PostgreSQL process ${lock.pid}`);
    }
    await delay(endingPollMs);
  }
  for (const name of readdirSync(folder)) {
    if (name === lockName || name.startsWith('.s.PGSQL.')) rmSync(join(folder, name), { force: true });
  }
  return accept(undefined);
}

const lockName = 'postmaster.pid';

/** Where the server that runs on a data folder is to be reached; undefined when none runs. */
export function servingPostgres(parent: string): { socketFolder: string; port: string } | undefined {
  const folder = resolve(parent, 'postgres');
  const lock = readLock(folder);
  if (!lock || !existsSync(folder) || !mayServe(lock.pid, realpathSync(folder))) return undefined;
  return { socketFolder: lock.socketFolder, port: lock.port };
}

/** Whether a data folder was ever initialised. */
export function holdsData(parent: string): boolean {
  return existsSync(join(resolve(parent, 'postgres'), 'PG_VERSION'));
}

/**
 * Its first line is the process, the fourth and fifth its port and socket, the eighth what it is doing: starting, ready,
 * stopping.
 */
function readLock(
  folder: string,
): { pid: number; status: string | undefined; port: string; socketFolder: string } | undefined {
  try {
    const lines = readFileSync(join(folder, lockName), 'utf8').split('\n');
    const [pid, , , port = '', socketFolder = '', , , status] = lines.map((line) => line.trim());
    return { pid: Number(pid), status, port, socketFolder };
  } catch {
    return undefined;
  }
}

/** Doubt counts as yes: two servers on one folder would destroy it. */
function mayServe(pid: number, folder: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const command = commandOf(pid);
  if (!command?.includes('postgres')) return false;
  return command.includes(folder) || !command.includes(' -D ');
}

export function folderInUse(folder: string, holder: string) {
  return refuse({
    kind: 'conflict',
    code: 'data-folder-in-use',
    message: `The data folder ${folder} is in use by ${holder}.`,
    remedy: 'Stop the other server, or choose another folder with --data-folder (DEUTERON_DATA_FOLDER).',
  });
}

function folderUnusable(folder: string, why: string) {
  return refuse({
    kind: 'invalid',
    code: 'data-folder-unusable',
    message: `The data folder ${folder} ${why}.`,
    remedy: 'Choose another folder with --data-folder (DEUTERON_DATA_FOLDER), e.g. below /var/lib.',
  });
}
