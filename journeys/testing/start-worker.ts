import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { KillPoint } from '../../src/workflows/testing/kill-points.ts';

export interface Worker {
  readonly pid: number;
  /** Where its health can be asked; settles when it works. */
  readonly url: Promise<string>;
  /** Ids of work that stands still at its point. */
  readonly held: ReadonlySet<string>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<number | null>;
}

const started = new Set<ChildProcess>();

/** Starts a worker in a process of its own. @param points where it lets work stand still: workflow id -> point */
export function startWorker(
  databaseUrl: string,
  cloudUrl: string,
  points: ReadonlyMap<string, KillPoint> = new Map(),
): Worker {
  const program = join(import.meta.dirname, 'held-worker.ts');
  const given = JSON.stringify(Object.fromEntries(points));
  const child = spawn(process.execPath, [program, databaseUrl, cloudUrl, given], {
    env: { ...process.env, AWS_ACCESS_KEY_ID: 'SIMULATEDCLOUDACCESS', AWS_SECRET_ACCESS_KEY: 'simulated' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const held = new Set<string>();
  const ended = new Promise<number | null>((settle) => child.once('exit', settle));
  ended.then(() => started.delete(child));
  const url = new Promise<string>((settle, reject) => {
    createInterface(child.stdout).on('line', (line) => {
      const [word, what = ''] = line.split(' ');
      if (word === 'held') held.add(what);
      if (word === 'ready') settle(what);
    });
    ended.then((code) => reject(new Error(`the worker ended with ${code}`)));
  });
  url.catch(() => undefined);
  return { pid: child.pid ?? 0, url, held, ended, signal: (name) => void child.kill(name) };
}

export function endWorkers(): void {
  for (const child of started) child.kill('SIGKILL');
}
