import type { Command, Option } from 'commander';
import { describe, expect, test } from 'vitest';
import { requestStates } from '../deployments/index.ts';
import { exceptionStates } from '../guard-rails/index.ts';
import { handoverStates, resourceKinds } from '../organization/index.ts';
import { commandLine } from './command-line.ts';
import { runDeuteron } from './testing/run-deuteron.ts';

const idle = async () => undefined;
const program = () => commandLine({ server: idle, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');

interface Reached {
  readonly path: readonly string[];
  readonly command: Command;
}

function commandsBelow(command: Command, path: readonly string[] = []): Reached[] {
  return [{ path, command }, ...command.commands.flatMap((each) => commandsBelow(each, [...path, each.name()]))];
}

/** Where any text is right there is nothing to refuse. */
const takesAnyText = new Set(['type', 'resource', 'skip', 'runs-in', 'group-by'].map((name) => `--${name}`));

const parsed = commandsBelow(program()).flatMap(({ path, command }) =>
  (command.options as readonly Option[])
    .filter(({ parseArg, long }) => parseArg !== undefined && !takesAnyText.has(long ?? ''))
    .filter(({ long }) => long !== '--endpoint-url' || path.join(' ') === 'whoami') // all have the same
    .map((option) => ({ path, flag: option.long ?? '', name: `${path.join(' ')} ${option.long}` })),
);

describe('whatever flag is read, a text that it cannot be is refused in one line', () => {
  test('there are some', () => expect(parsed.length).toBeGreaterThan(40));
  test.each(parsed)('$name', async ({ path, flag }) => {
    const { text, exitCode } = await runDeuteron({}, ...path, `${flag}= `);
    expect(text).toMatch(/^Option '.* is invalid\. .+[.?] See deuteron .* --help\.$/);
    expect(text.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(2);
  });
});

test.each([
  [['instance', 'plan', 'orders', 'live', '--major', 'two'], 'Give a whole number from 1 to 999999999.'],
  [['guard-rail', 'exception', 'request', 'environment/a', 'no-open-ports', '--days', '400'], 'from 1 to 365'],
  [['break-glass', 'declare', '--unit', 'shop', '--reason', 'x', '--hours', '48'], 'from 1 to 24'],
  [['federation', 'put', 'x', '--claim', 'environment'], 'It has the form name=pattern.'],
  [['federation', 'put', 'x', '--minutes', 'abc'], 'from 1 to 720'],
  [['guard-rail', 'set', 'x', 'block', '--parameter', 'tags'], 'It has the form name=value.'],
  [['guard-rail', 'set', 'x', 'blocks'], 'Allowed choices are off, warn, block.'],
  [['org', 'place', 'environment/a', '--label', 'tier'], 'It has the form key=value.'],
  [['org', 'orphans', '--on', '2027-02-30'], 'Give a day, as 2027-01-31, or a moment with its zone'],
  [['audit', 'replay', '--since', 'yesterday'], 'Give a day, as 2027-01-31, or a moment with its zone'],
  [['audit', 'list', '--outcome', 'refusd'], 'Allowed choices are accepted, refused, failed.'],
  [['approval', 'reject', 'a', 'b', '--reason', ''], 'Give a text that says something.'],
  [['version', 'publish', 'network', 'v1'], 'Give major and minor, as 1.0.'],
  [['environment', 'plan', 'new', '--create'], '--create needs --template'],
  [['whoami', '--endpoint-url', '127.0.0.1:4713'], 'Write http:// or https:// before it: http://127.0.0.1:4713.'],
  [['server', '--port', '70000'], 'from 0 to 65535'],
  [['cloud', 'drift', 'a', 'b', '--account-id', '1', '--set', '{'], 'Give an object in JSON.'],
  [['org', 'move', 'team'], "Missing required argument 'name'. See deuteron org move --help."],
  [['verison'], "Unknown command 'verison'. Did you mean version? See deuteron --help."],
  [['org', 'plce'], "Unknown command 'plce'. Did you mean place? See deuteron org --help."],
  [['whoami', '--jsn'], "Unknown option '--jsn'. Did you mean --json?"],
])('%j: %s', async (words, says) => {
  const { text, exitCode } = await runDeuteron({}, ...words);
  expect(text).toContain(says);
  expect(text.split('\n')).toHaveLength(1);
  expect(exitCode).toBe(2);
});

test('a variable of the environment is refused like its flag', async () => {
  const { text, exitCode } = await runDeuteron({ DEUTERON_PORT: 'abc' }, 'server');
  expect(text).toContain("value 'abc' from env 'DEUTERON_PORT' is invalid. Give a whole number from 0 to 65535.");
  expect(exitCode).toBe(2);
});

test('without the token of its job there is nothing to exchange', async () => {
  const { text, exitCode } = await runDeuteron({ DEUTERON_JOB_TOKEN: '' }, 'federation', 'token');
  expect(text).toMatch(/^DEUTERON_JOB_TOKEN is not set/);
  expect(exitCode).toBe(2);
});

test('with --json a refusal is JSON: of the command line, of a file, and of a server', async () => {
  const refusalOf = async (...words: readonly string[]) => {
    const { text, exitCode } = await runDeuteron({ DEUTERON_URL: 'http://127.0.0.1:1', DEUTERON_TOKEN: 't' }, ...words);
    return { ...JSON.parse(text).error, exitCode };
  };
  expect(await refusalOf('org', 'move', '--json')).toMatchObject({ code: 'used-wrongly', exitCode: 2 });
  expect(await refusalOf('apply', '-f', 'nowhere', '--json')).toMatchObject({ code: 'file-unreadable', exitCode: 2 });
  expect(await refusalOf('whoami', '--json')).toMatchObject({
    code: 'server-unreachable',
    message: expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 does not answer/),
    remedy: expect.stringContaining('Start the server'),
    exitCode: 1,
  });
});

test('the help of a flag says one default at most, and none that is nothing', () => {
  const helps = commandsBelow(program()).map(({ command }) => command.helpInformation().replaceAll(/\s+/g, ' '));
  expect(helps.filter((help) => /\(default: [^)]*\) \(default|\(default: (?:false|\[\]|\{\})/.test(help))).toEqual([]);
  expect(helps.join(' ')).toContain('(default: "http://127.0.0.1:4400"');
});

test('what one may choose from is what the server takes', () => {
  const choices = (...path: readonly string[]) => {
    const of = path.slice(0, -1).join(' ');
    const options = commandsBelow(program()).find((each) => each.path.join(' ') === of)?.command.options ?? [];
    return (options as readonly Option[]).find(({ long }) => long === path.at(-1))?.argChoices;
  };
  expect(choices('approval', 'list', '--state')).toEqual(requestStates);
  expect(choices('guard-rail', 'exception', 'list', '--state')).toEqual(exceptionStates);
  expect(choices('handover', 'list', '--state')).toEqual(handoverStates);
  expect(choices('org', 'resources', '--kind')).toEqual(resourceKinds);
});
