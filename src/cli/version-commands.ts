import { Command } from 'commander';
import { versionPreviewCommand } from './version-preview-command.ts';
import { versionRegistryCommands } from './version-registry-commands.ts';

/** `deuteron version ...`: versions of templates on a server, and questions about them. */
export function versionCommands(): Command {
  const version = new Command('version').description(
    'register versions of templates on a server, publish them, and see what they do',
  );
  version.addCommand(versionPreviewCommand());
  for (const command of versionRegistryCommands()) version.addCommand(command);
  return version;
}
