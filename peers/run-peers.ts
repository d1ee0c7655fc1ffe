/** Runs the tests against software that nobody here wrote. What is missing is a failure with its reason, never a skip. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { preparePython } from './prepare-python.ts';

const { python, aws, moto } = preparePython();
const vitest = join(import.meta.dirname, '..', 'node_modules', 'vitest', 'vitest.mjs');
const done = spawnSync(process.execPath, [vitest, 'run', '--project', 'peers', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, PEERS_PYTHON: python, PEERS_AWS: aws, PEERS_MOTO: moto },
});
process.exit(done.status ?? 1);
