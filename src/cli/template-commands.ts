import { Command } from 'commander';
import { templateCheckCommand } from './template-check-command.ts';
import { templateDiffCommand } from './template-diff-command.ts';
import { upgradeInputsCommand } from './upgrade-inputs-command.ts';

/** `deuteron template ...`: questions about versions of templates in folders; a server is asked where one is named. */
export function templateCommands(): Command {
  const template = new Command('template').description('look at versions of templates in folders');
  template.addCommand(templateCheckCommand());
  template.addCommand(templateDiffCommand());
  template.addCommand(upgradeInputsCommand());
  return template;
}
