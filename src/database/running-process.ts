import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Whether a process with this number lives on this machine (in this container). */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The command line of a living process, words parted by blanks; undefined when there is none. */
export function commandOf(pid: number): string | undefined {
  if (!isRunning(pid)) return undefined;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    const asked = spawnSync('ps', ['-p', String(pid), '-o', 'args='], { encoding: 'utf8' });
    return asked.status === 0 ? asked.stdout : undefined;
  }
}
