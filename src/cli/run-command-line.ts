import { type Command, type CommanderError, Help, type Option } from 'commander';
import type { Refusal } from '../errors/index.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';

/** What commander says of a command that was used wrongly, with the command. */
class UsedWrongly extends Error {
  readonly said: CommanderError;
  readonly path: string;

  constructor(said: CommanderError, command: Command) {
    super(said.message);
    this.said = said;
    this.path = pathOf(command);
  }
}

/**
 * Lets every command say by throwing that it was used wrongly, so that it is said in one place and in one form; and
 * shows in its help only defaults that say something.
 */
export function speakAlike(command: Command): void {
  command.exitOverride((said) => {
    throw new UsedWrongly(said, command);
  });
  command.configureOutput({ outputError: () => undefined });
  command.configureHelp({ optionDescription });
  for (const each of command.commands) speakAlike(each);
}

function optionDescription(option: Option): string {
  const value: unknown = option.defaultValue;
  const isNothing = value === false || (typeof value === 'object' && option.defaultValueDescription === undefined);
  const shown: Option = isNothing ? Object.create(option, { defaultValue: { value: undefined } }) : option;
  return Help.prototype.optionDescription(shown);
}

/**
 * Runs what the words say. Who used the command line wrongly is told in one line, or with `--json` as any refusal.
 * Exit codes: 0 done, 1 refused, 2 used wrongly.
 */
export async function runCommandLine(program: Command, words: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof UsedWrongly)) throw error;
    const { said, path } = error;
    if (said.exitCode === 0) return; // help or version was asked for
    if (said.code === 'commander.help')
      process.exitCode = usedWronglyExitCode; // it was shown already
    else printRefusal(usedWrongly(said, path), { json: words.includes('--json') }, usedWronglyExitCode);
  }
}

function usedWrongly({ message }: CommanderError, path: string): Refusal {
  const [first = '', ...suggestions] = message.replace(/^error: /, '').split('\n');
  const sentence = [withFullStop(first), ...suggestions.map((each) => each.replace(/^\((.*)\)$/, '$1'))].join(' ');
  return {
    kind: 'invalid',
    code: 'used-wrongly',
    message: sentence.charAt(0).toUpperCase() + sentence.slice(1),
    remedy: `See ${path} --help.`,
  };
}

function withFullStop(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
