import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { openPlatform, type Platform } from '../demo/platform.ts';
import type { StatementCount } from './count-statements.ts';

/** `deuteron server`, in a process of its own, as a user starts it. */
export interface ServerProcess {
  readonly pid: number;
  readonly url: string;
  readonly cloudUrl: string;
  /** From the start of the process to the first GET /ready that answers 200. */
  readonly readySeconds: number;
  /** The administrator's clients. @throws unless this start made the installation */
  platform(): Platform;
  stop(): Promise<void>;
}

export const accountId = '111122223333';
const region = 'us-east-1';
const main = join(import.meta.dirname, '..', 'src', 'main.ts');
const counter = join(import.meta.dirname, 'count-statements.ts');

/** Of use only where the cloud is another process: it believes every signature. */
const simulatedCredentials = { AWS_ACCESS_KEY_ID: 'SIMULATEDCLOUDACCESS', AWS_SECRET_ACCESS_KEY: 'simulated' };

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** A run is measured with what it is given, not with what the shell around it happens to say. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = (name: string) => name === 'DATABASE_URL' || name.startsWith('DEUTERON_');
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign(name)));
}

/**
 * Starts a server and waits until it is ready. Its simulated cloud takes no time over anything.
 * @param flags where its database is: `--data-folder` or `--database-url`
 * @throws with its last words when it ends before it is ready
 */
export async function startServer(...flags: readonly string[]): Promise<ServerProcess> {
  return await begin(flags, [], ['ignore', 'pipe', 'pipe']);
}

export interface CountedServer extends ServerProcess {
  /** What it has sent to its database until now. */
  statements(): Promise<StatementCount>;
}

/** Starts a server that counts what it asks of the database; for all else it is as any. */
export async function startCountedServer(...flags: readonly string[]): Promise<CountedServer> {
  const server = await begin(flags, ['--import', counter], ['ignore', 'pipe', 'pipe', 'ipc']);
  return {
    ...server,
    async statements() {
      const answer = once(server.child, 'message');
      server.child.send('count');
      return (await answer)[0] as StatementCount;
    },
  };
}

async function begin(
  flags: readonly string[],
  nodeFlags: readonly string[],
  stdio: ('ignore' | 'pipe' | 'ipc')[],
): Promise<ServerProcess & { readonly child: ChildProcess }> {
  const begun = performance.now();
  const usual = ['--port', '0', '--cloud-port', '0', '--clock-scale', '0', '--region', region];
  const child = spawn(process.execPath, [...nodeFlags, main, 'server', ...usual, '--account-id', accountId, ...flags], {
    stdio,
    env: { ...ownEnvironment(), ...simulatedCredentials },
  });
  running.add(child);
  const ended = new Promise<void>((settle) => {
    child.once('exit', () => {
      running.delete(child);
      settle();
    });
  });
  let words = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const { url, cloudUrl } = await Promise.race([
    readyLine(child),
    ended.then(() => Promise.reject(new Error(`The server ended before it was ready: ${words.trim()}`))),
  ]);
  while (!(await fetch(`${url}/ready`)).ok) await delay(1);
  const readySeconds = (performance.now() - begun) / 1000;
  return {
    child,
    pid: child.pid ?? 0,
    url,
    cloudUrl,
    readySeconds,
    platform() {
      const accessKeyId = /AWS_ACCESS_KEY_ID=(\S+)/.exec(words)?.[1];
      const secretAccessKey = /AWS_SECRET_ACCESS_KEY=(\S+)/.exec(words)?.[1];
      if (!accessKeyId || !secretAccessKey) throw new Error('The server has shown no administrator key.');
      return openPlatform({ url, region, accessKeyId, secretAccessKey });
    },
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** Reads the log to its end, so that the server never waits for a reader. */
function readyLine(child: ChildProcess): Promise<{ url: string; cloudUrl: string }> {
  return new Promise((settle) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.includes('"msg":"ready"')) settle(JSON.parse(line));
    });
  });
}
