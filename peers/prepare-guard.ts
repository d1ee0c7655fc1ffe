import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '..', '.peers', 'guard');
/** Its programs are those of CloudFormation Guard 3.1.1. */
const release = '@cdklabs/cdk-validator-cfnguard@0.0.62';

/** The program of CloudFormation Guard, which npm's registry has in a package for CDK. Throws where it cannot be had. */
export function prepareGuard(): string {
  const machine = { x64: 'x86_64', arm64: 'aarch64' }[process.arch as string] ?? process.arch;
  const system = process.platform === 'darwin' ? 'macos' : 'ubuntu';
  const program = join(folder, 'package', 'bin', system, machine, 'cfn-guard');
  if (!existsSync(program)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const archive = run('npm', ['pack', '--silent', release]).trim();
    run('tar', ['xzf', archive]);
  }
  chmodSync(program, 0o755);
  return program;
}

function run(command: string, args: readonly string[]): string {
  const done = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')} failed: ${done.error?.message ?? done.stderr}`);
  return done.stdout;
}
