import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { commandLine, type ServerFlags } from './command-line.ts';

const idle = async () => undefined;
afterEach(() => vi.unstubAllEnvs());

async function serverFlags(...given: readonly string[]): Promise<ServerFlags | undefined> {
  let flags: ServerFlags | undefined;
  const server = async (options: ServerFlags) => {
    flags = options;
  };
  const program = commandLine({ server, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');
  await program.parseAsync(['node', 'deuteron', 'server', ...given]);
  return flags;
}

describe('a setting of the server', () => {
  const cases = [
    { flag: '--template-bucket', variable: 'DEUTERON_TEMPLATE_BUCKET', text: 'templates', name: 'templateBucket' },
    { flag: '--deployment-hours', variable: 'DEUTERON_DEPLOYMENT_HOURS', text: '0.5', name: 'deploymentHours' },
    { flag: '--cancel-hours', variable: 'DEUTERON_CANCEL_HOURS', text: '2', name: 'cancelHours' },
    { flag: '--approval-days', variable: 'DEUTERON_APPROVAL_DAYS', text: '30', name: 'approvalDays' },
    { flag: '--time-zone', variable: 'DEUTERON_TIME_ZONE', text: 'Europe/Berlin', name: 'timeZone' },
    { flag: '--when-busy', variable: 'DEUTERON_WHEN_BUSY', text: 'queue', name: 'whenBusy' },
  ] as const;
  test.each(cases)('$flag, or $variable', async ({ flag, variable, text, name }) => {
    const expected = Number.isNaN(Number(text)) ? text : Number(text);
    expect((await serverFlags(flag, text))?.[name]).toBe(expected);
    vi.stubEnv(variable, text);
    expect((await serverFlags())?.[name]).toBe(expected);
  });
});

test.each(['0', '-1', 'soon', ''])('a time limit is more than nothing: not "%s"', async (text) => {
  await expect(serverFlags(`--deployment-hours=${text}`)).rejects.toThrow();
});

test('calls a second: one rate for all, or by name', async () => {
  expect((await serverFlags('--calls-per-second', '10'))?.callsPerSecond).toEqual({ '*': 10 });
  vi.stubEnv('DEUTERON_CALLS_PER_SECOND', '10, DescribeStacks=0.5');
  expect((await serverFlags())?.callsPerSecond).toEqual({ '*': 10, DescribeStacks: 0.5 });
  vi.unstubAllEnvs();
  expect((await serverFlags())?.callsPerSecond).toBeUndefined();
});

test.each(['0', '1001', '-1', 'fast', '', '10,', 'Describe Stacks=5', 'DescribeStacks='])(
  'calls a second are given as numbers: not "%s"',
  async (text) => {
    await expect(serverFlags(`--calls-per-second=${text}`)).rejects.toThrow();
  },
);

test('the README names every flag of the server, and its variable', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const program = commandLine({ server: idle, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');
  const server = program.commands.find((command) => command.name() === 'server');
  const missing = (server?.options ?? []).flatMap(({ long, envVar }) =>
    [long, envVar].filter((name) => name && !readme.includes(`\`${name}\``)),
  );
  expect(missing).toEqual([]);
});
