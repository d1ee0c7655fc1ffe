import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const source = join(root, 'src');

export interface BuildOptions {
  /** Made anew. */
  readonly folder: string;
  /** Whether types are checked on the way. */
  readonly isChecked: boolean;
}

/** What is published: the code of src/ as JavaScript, and beside it the data that it reads at run time. */
export function buildPackage({ folder, isChecked }: BuildOptions): void {
  rmSync(folder, { recursive: true, force: true });
  const compiler = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const flags = ['-p', join(root, 'tsconfig.build.json'), '--outDir', folder, ...(isChecked ? [] : ['--noCheck'])];
  execFileSync(process.execPath, [compiler, ...flags], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  for (const file of dataFiles()) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(source, file), join(folder, file));
  }
}

/** Paths below src/ of everything that is neither code nor prose, and not of a test. */
export function dataFiles(): string[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(source.length + 1))
    .filter((path) => !/\.(?:ts|md)$/.test(path) && !/(?:^|[\\/])(?:golden|testing)[\\/]/.test(path))
    .sort();
}
