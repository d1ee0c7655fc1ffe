import { accessSync, constants, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** PostgreSQL refuses to run as root; from root it runs as this user, which every Unix has and which owns nothing. */
const unprivilegedId = 65534;

export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The user the embedded server must switch to; undefined when it runs as we do. */
export function serverUser(): ServerUser | undefined {
  return process.getuid?.() === 0 ? { uid: unprivilegedId, gid: unprivilegedId } : undefined;
}

/** The first folder on the way to `path` that the server's user cannot pass; undefined when the way is free. */
export function blockedFolder(path: string, user: ServerUser | undefined): string | undefined {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    if (!isPassable(folder, user)) return folder;
    if (folder === dirname(folder)) return undefined;
  }
}

function isPassable(folder: string, user: ServerUser | undefined): boolean {
  try {
    if (user) return mayPass(statSync(folder), user);
    accessSync(folder, constants.X_OK);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

function mayPass(folder: { mode: number; uid: number; gid: number }, { uid, gid }: ServerUser): boolean {
  const bit = folder.uid === uid ? 0o100 : folder.gid === gid ? 0o010 : 0o001;
  return (folder.mode & bit) !== 0;
}
