import { chownSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { blockedFolder, type ServerUser } from './server-user.ts';

/** The longest path of a unix socket that every supported system takes. Source: sun_path, 104 bytes with its end on macOS. */
const pathBytesMax = 103;

export interface SocketFolder {
  readonly folder: string;
  /** Made for this start only: to be removed when the server has ended. */
  readonly temporary: boolean;
}

/** The data folder itself where its path is short enough; else a new folder for temporary files, as closed as that one. */
export function chooseSocketFolder(
  dataFolder: string,
  socketName: string,
  user: ServerUser | undefined,
  temporaryFolders: readonly string[] = [tmpdir(), '/tmp'],
): SocketFolder {
  const fits = (folder: string) => Buffer.byteLength(join(folder, socketName)) <= pathBytesMax;
  if (fits(dataFolder)) return { folder: dataFolder, temporary: false };
  const usable = temporaryFolders.find(
    (parent) => fits(join(parent, 'deuteron-XXXXXX')) && !blockedFolder(join(parent, 'deuteron-'), user),
  );
  const folder = mkdtempSync(join(usable ?? '/tmp', 'deuteron-'));
  if (user) chownSync(folder, user.uid, user.gid);
  return { folder, temporary: true };
}
