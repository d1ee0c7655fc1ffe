import { spawnSync } from 'node:child_process';
import { arch, availableParallelism, cpus, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What the figures were taken on. */
export interface Machine {
  readonly cpus: number;
  readonly model: string;
  readonly memoryMb: number;
  readonly system: string;
  readonly node: string;
  /** Git's name of the sources; `+ changes` when they differ from it. */
  readonly commit: string;
}

export function thisMachine(): Machine {
  return {
    cpus: availableParallelism(),
    model: cpus()[0]?.model.trim() || 'unknown',
    memoryMb: Math.round(totalmem() / 2 ** 20),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.versions.node,
    commit: commit(),
  };
}

function commit(): string {
  const head = git('rev-parse', 'HEAD');
  if (head === undefined) return 'unknown: these sources are no git repository';
  return git('status', '--porcelain', '--untracked-files=no') === '' ? head : `${head} + changes`;
}

function git(...args: string[]): string | undefined {
  const done = spawnSync('git', args, { cwd: join(import.meta.dirname, '..'), encoding: 'utf8' });
  return done.status === 0 ? done.stdout.trim() : undefined;
}
