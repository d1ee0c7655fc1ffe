import { Command } from 'commander';
import { versionPreviewCommand } from './version-preview-command.ts';

/** `deuteron version ...`: questions about versions of templates on a server. */
export function versionCommands(): Command {
  const version = new Command('version').description('look at versions of templates on a server');
  version.addCommand(versionPreviewCommand());
  return version;
}
