import { spawnSync } from 'node:child_process';
import { Command } from 'commander';
import { expect, test } from 'vitest';
import { commandLine } from './command-line.ts';
import { completionScript } from './completion-command.ts';

const nothing = async () => undefined;
const program = commandLine(
  { server: nothing, cloud: nothing, check: nothing, render: nothing, doctor: nothing },
  '1.2.3',
);

/** What bash offers for the last word. */
function offered(...words: string[]): string[] {
  const line = ['deuteron', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${completionScript(program, 'bash')}
COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _deuteron; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const done = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  expect(done.stderr).toBe('');
  return done.stdout.split('\n').filter((word) => word !== '');
}

test.each([
  { words: ['ch'], expected: ['check'] },
  { words: ['cloud', 'adv'], expected: ['advance'] },
  { words: ['server', '--cloud', ''], expected: ['simulated', 'aws'] },
  { words: ['server', '--cloud', 'aws', '--cloud-'], expected: ['--cloud-port', '--cloud-endpoint'] },
  { words: ['completion', 'z'], expected: ['zsh'] },
  { words: ['check', 'examples', '--kind', 'serv'], expected: ['service'] },
  { words: ['check', 'nothing-of-ours'], expected: [] },
])('bash: $words', ({ words, expected }) => {
  expect(offered(...words)).toEqual(expected);
});

test('fish: commands, flags and choices, with apostrophes kept', () => {
  const small = new Command('deuteron');
  small.command('look').description("what it's about");
  expect(completionScript(small, 'fish')).toContain("-a look -d 'what it\\'s about'");
  const whole = completionScript(program, 'fish');
  expect(whole).toContain("-l role -xa 'all api worker'");
});
