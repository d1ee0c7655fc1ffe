import type { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint } from './api-flags.ts';

/** `deuteron why <decision or deployment>`. */
export function whyCommand(): Command {
  return apiCommand('why', 'why a decision is as it is: rules, facts, and what would change the answer')
    .argument('<id>', 'of a decision, or of a deployment')
    .addHelpText('after', '\nExample:\n  deuteron why 0d6c1c52-8d0f-4a3e-9c6b-2f1f8a1f7a55\n')
    .action((id: string, flags: ApiFlags) =>
      askAndPrint<{ text: string }>(
        flags,
        { method: 'GET', path: `/decisions/${encodeURIComponent(id)}` },
        ({ text }) => [text.trimEnd()],
      ),
    );
}
