import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What may follow one command, e.g. `cloud advance`: the words and flags, and the values of flags that have a choice. */
interface Offer {
  readonly path: readonly string[];
  readonly words: readonly string[];
  readonly choices: ReadonlyMap<string, readonly string[]>;
}

/** A script that teaches the shell the commands, flags and choices of this version. Where none fits, files are offered. */
export function completionScript(program: Command, shell: Shell): string {
  const offers = offersOf(program, []);
  switch (shell) {
    case 'bash':
      return bash(offers);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${bash(offers)}`;
    case 'fish':
      return fish(program);
  }
}

function offersOf(command: Command, path: readonly string[]): Offer[] {
  const options: readonly Option[] = command.options;
  const flags = [...options.flatMap(({ long }) => long ?? []), '--help'];
  const choices = new Map(
    options.flatMap((option) => (option.long && option.argChoices ? [[option.long, option.argChoices] as const] : [])),
  );
  const words = [...command.commands.map((each) => each.name()), ...argumentChoices(command), ...flags];
  return [{ path, words, choices }, ...command.commands.flatMap((each) => offersOf(each, [...path, each.name()]))];
}

function argumentChoices(command: Command): readonly string[] {
  return command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
}

function bash(offers: readonly Offer[]): string {
  const cases = offers.map(({ path, words, choices }) => {
    const values = [...choices].map(([flag, each]) => `        ${flag}) words="${each.join(' ')}" ;;`);
    const inner = [`      words="${words.join(' ')}"`];
    if (values.length > 0) inner.push('      case "$before" in', ...values, '      esac');
    return `    "${path.join(' ')}")\n${inner.join('\n')}\n      ;;`;
  });
  const paths = offers.map(({ path }) => `"${path.join(' ')}"`).join('|');
  return `# Completion of deuteron's commands, flags and choices.
_deuteron() {
  local word before path next words
  word="\${COMP_WORDS[COMP_CWORD]}"
  before="\${COMP_WORDS[COMP_CWORD-1]}"
  path=""
  for next in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${path:+$path }$next" in
      ${paths}) path="\${path:+$path }$next" ;;
    esac
  done
  words=""
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _deuteron deuteron
`;
}

function fish(program: Command): string {
  const lines = ["# Completion of deuteron's commands, flags and choices."];
  const add = (command: Command, path: readonly string[]) => {
    const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
    const names = command.commands.map((each) => each.name());
    const open = [...seen, ...(names.length > 0 ? [`not __fish_seen_subcommand_from ${names.join(' ')}`] : [])];
    const when = `-n '${open.join('; and ') || 'true'}'`;
    for (const each of command.commands) {
      lines.push(`complete -c deuteron ${when} -a ${each.name()} -d '${quoted(each.description())}'`);
    }
    for (const word of argumentChoices(command)) lines.push(`complete -c deuteron ${when} -a ${word}`);
    for (const { long, argChoices, description } of command.options as readonly Option[]) {
      if (!long) continue;
      const values = argChoices ? ` -xa '${argChoices.join(' ')}'` : '';
      lines.push(`complete -c deuteron ${when} -l ${long.slice(2)}${values} -d '${quoted(description)}'`);
    }
    for (const each of command.commands) add(each, [...path, each.name()]);
  };
  add(program, []);
  return `${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
