import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Memory of processes can be read where there is a /proc. */
export const canReadMemory = existsSync('/proc/self/status');

/** What of a process lies in memory (RSS), in MB of 2^20 bytes. */
export function residentMb(pid: number): number {
  return kilobytes(`/proc/${pid}/status`, 'VmRSS') / 1024;
}

/**
 * What the database of a data folder has in memory, in MB: its processes' proportional shares (PSS), since they share
 * most of it and the sum of their RSS would count that once for each.
 */
export function postgresMb(dataFolder: string): { readonly mb: number; readonly processes: number } {
  const [first = ''] = readFileSync(join(dataFolder, 'postgres', 'postmaster.pid'), 'utf8').split('\n');
  const pids = withChildren(Number(first));
  const shares = pids.flatMap((pid) => {
    try {
      return [kilobytes(`/proc/${pid}/smaps_rollup`, 'Pss') / 1024];
    } catch (error) {
      if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return []; // it has just ended
      throw error;
    }
  });
  return { mb: shares.reduce((sum, share) => sum + share, 0), processes: shares.length };
}

function kilobytes(file: string, key: string): number {
  const found = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(file, 'utf8'))?.[1];
  if (found === undefined) throw new Error(`${file} has no ${key}`);
  return Number(found);
}

/** PostgreSQL's processes are all children of the first. */
function withChildren(parent: number): number[] {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => parentOf(pid) === parent);
  return [parent, ...children.map(Number)];
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]); // the name in brackets may hold anything
  } catch {
    return undefined; // it has just ended
  }
}
