import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'src', 'main.ts');
const at = join(root, 'examples', 'worker', 'v1');

test.each([
  { name: 'render', words: ['render', at, '--kind', 'service', '--spec', 'nowhere.yaml'], code: 1 },
  {
    name: 'template diff',
    words: ['template', 'diff', at, at, '--kind', 'service', '--spec', 'nowhere.yaml'],
    code: 2,
  },
])('$name: a spec that cannot be read is refused with its name', ({ words, code }) => {
  const done = spawnSync(process.execPath, [program, ...words], { encoding: 'utf8' });
  expect(done.stderr).toMatch(/^The spec nowhere\.yaml cannot be read: ENOENT.*Name a file that is there/);
  expect(done.stderr.trim().split('\n')).toHaveLength(1);
  expect(done.status).toBe(code);
});
