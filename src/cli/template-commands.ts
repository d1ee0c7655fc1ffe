import { Command } from 'commander';
import { templateDiffCommand } from './template-diff-command.ts';
import { upgradeInputsCommand } from './upgrade-inputs-command.ts';

/** `deuteron template ...`: questions about versions of templates in folders, without a server. */
export function templateCommands(): Command {
  const template = new Command('template').description('look at versions of templates in folders, without a server');
  template.addCommand(templateDiffCommand());
  template.addCommand(upgradeInputsCommand());
  return template;
}
