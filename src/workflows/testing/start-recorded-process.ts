import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface RecordedProcess {
  readonly pid: number;
  readonly ready: Promise<void>;
  signal(name: NodeJS.Signals): void;
  /** Settles with its exit code, or null when it was killed. */
  readonly ended: Promise<number | null>;
}

const started = new Set<ChildProcess>();

/** Starts a process that runs recorded workflows, and asks it to begin these. */
export function startRecordedProcess(databaseUrl: string, stepMs: number, ...ids: readonly string[]): RecordedProcess {
  const program = fileURLToPath(new URL('./recorded-process.ts', import.meta.url));
  const child = spawn(process.execPath, [program, databaseUrl, String(stepMs), ...ids], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const ended = new Promise<number | null>((settle) => child.once('exit', settle));
  ended.then(() => started.delete(child));
  const ready = new Promise<void>((settle, reject) => {
    child.stdout.once('data', () => settle());
    ended.then((code) => reject(new Error(`the process ended with ${code}`)));
  });
  ready.catch(() => undefined);
  return { pid: child.pid ?? 0, ready, signal: (name) => void child.kill(name), ended };
}

/** Ends those that a test left, also where they are frozen. */
export function endRecordedProcesses(): void {
  for (const child of started) child.kill('SIGKILL');
}
