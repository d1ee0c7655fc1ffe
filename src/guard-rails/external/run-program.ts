import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A program with its first arguments; never a line for a shell. */
export type Program = readonly [string, ...string[]];

export interface ProgramRun {
  readonly program: Program;
  readonly args: readonly string[];
  /** Files that lie in its working folder, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly limits?: Partial<ProgramLimits>;
}

export interface ProgramLimits {
  readonly ms: number;
  /** Of each stream. */
  readonly outputBytes: number;
}

export const usualProgramLimits: ProgramLimits = { ms: 60_000, outputBytes: 4_000_000 };

export type ProgramEnd =
  | { readonly end: 'exit'; readonly code: number; readonly output: string; readonly errors: string }
  | { readonly end: 'missing' | 'late' | 'too-much' | 'killed' };

/** At most this many at once in a process: they need a core each. */
const atOnceMax = 2;
const waiting: (() => void)[] = [];
let running = 0;

async function turn(): Promise<void> {
  if (running < atOnceMax) running += 1;
  else await new Promise<void>((begin) => waiting.push(begin));
}

function done(): void {
  const next = waiting.shift();
  if (next) next();
  else running -= 1;
}

/**
 * Runs a program alone: in a working folder of its own that goes with it, with nothing of our environment but where
 * programs lie, within limits. What it started ends with it.
 */
export async function runProgram(run: ProgramRun): Promise<ProgramEnd> {
  await turn();
  const folder = await mkdtemp(join(tmpdir(), 'deuteron-guard-rail-'));
  try {
    for (const [name, text] of Object.entries(run.files)) await writeFile(join(folder, name), text, { mode: 0o600 });
    return await started(run, folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
    done();
  }
}

function started({ program, args, input, limits }: ProgramRun, folder: string): Promise<ProgramEnd> {
  const { ms, outputBytes } = { ...usualProgramLimits, ...limits };
  const [command, ...first] = program;
  const env = { PATH: process.env.PATH ?? '', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' };
  return new Promise((resolve) => {
    const child = spawn(command, [...first, ...args], { cwd: folder, env, detached: true, stdio: 'pipe' });
    const streams = { output: [] as Buffer[], errors: [] as Buffer[] };
    const sizes = { output: 0, errors: 0 };
    let stopped: 'late' | 'too-much' | undefined;
    const stop = (why: 'late' | 'too-much') => {
      stopped ??= why;
      endAll(child.pid);
    };
    const timer = setTimeout(() => stop('late'), ms);
    for (const [name, stream] of [
      ['output', child.stdout],
      ['errors', child.stderr],
    ] as const) {
      stream.on('data', (piece: Buffer) => {
        sizes[name] += piece.length;
        if (sizes[name] > outputBytes) stop('too-much');
        else streams[name].push(piece);
      });
    }
    child.on('error', () => {
      clearTimeout(timer);
      resolve({ end: 'missing' });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      endAll(child.pid);
      if (stopped) return resolve({ end: stopped });
      if (code === null) return resolve({ end: 'killed' });
      const text = (name: keyof typeof streams) => Buffer.concat(streams[name]).toString('utf8');
      resolve({ end: 'exit', code, output: text('output'), errors: text('errors') });
    });
    child.stdin.on('error', () => undefined); // it need not read what it is given
    child.stdin.end(input ?? '');
  });
}

/** The program and what it started: it leads a group of its own. */
function endAll(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // they have ended already
  }
}
