import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface PeersPython {
  readonly python: string;
  readonly aws: string;
  readonly moto: string;
}

const folder = join(import.meta.dirname, '..', '.peers');
const requirements = join(import.meta.dirname, 'requirements.txt');

/** A virtual environment with the peers, made anew when their versions change. Throws with the reason when it cannot be. */
export function preparePython(): PeersPython {
  const venv = join(folder, 'venv');
  const mark = join(venv, 'requirements.sha256');
  const wanted = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
    rmSync(venv, { recursive: true, force: true });
    run('python3', ['-m', 'venv', venv]);
    run(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
    writeFileSync(mark, wanted);
  }
  const program = (name: string) => join(venv, 'bin', name);
  return { python: program('python'), aws: program('aws'), moto: program('moto_server') };
}

function run(command: string, args: readonly string[]): void {
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} failed: ${done.error?.message ?? `exit code ${done.status}`}. ` +
        'The peers tests need Python 3.10 or newer with venv (Debian: python3-venv) and PyPI.',
    );
  }
}
