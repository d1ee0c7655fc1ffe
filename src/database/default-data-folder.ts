import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { blockedFolder, serverUser } from './server-user.ts';

/**
 * Where data lies when nobody says: `.deuteron` here. From root the database runs as another user, who may not be able
 * to reach that (e.g. below /root); then a folder below /var/lib stands for it.
 */
export function defaultDataFolder(): string {
  const here = resolve('.deuteron');
  if (!blockedFolder(here, serverUser())) return here;
  return join('/var/lib/deuteron', createHash('sha256').update(here).digest('hex').slice(0, 12));
}
