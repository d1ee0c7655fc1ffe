import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint } from './api-flags.ts';

interface Entry {
  readonly at: string;
  readonly principal: string;
  readonly verb: string;
  readonly target?: string;
  readonly outcome: string;
  readonly code?: string;
  readonly requestId: string;
}

interface Filters {
  readonly principal?: string;
  readonly verb?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly nextToken?: string;
}

/** `deuteron audit ...`: who did what. */
export function auditCommands(): Command {
  const audit = new Command('audit').description('who did what, and what came of it');
  audit.addCommand(
    apiCommand('list', 'entries, newest first')
      .option('--principal <name>', 'by this principal')
      .option('--verb <verb>', 'only this, e.g. proton:CreateEnvironment')
      .option('--target <arn>', 'about this thing; ends in * for many')
      .option('--outcome <outcome>', 'accepted, refused or failed')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ endpointUrl, json, principal, verb, target, outcome, nextToken }: ApiFlags & Filters) =>
        askAndPrint<{ entries: readonly Entry[]; nextToken?: string }>(
          { endpointUrl, json },
          { method: 'GET', path: '/audit', query: { principal, verb, target, outcome, nextToken } },
          ({ entries, nextToken: next }) => [
            ...entries.map(describeEntry),
            ...(next ? [`There are more: --next-token ${next}`] : []),
          ],
        ),
      ),
  );
  audit.addCommand(
    apiCommand('verify', 'whether every entry is what was written; exit code 1 when one is not').action(
      (flags: ApiFlags) =>
        askAndPrint<{ entries: number; brokenAt?: number }>(
          flags,
          { method: 'GET', path: '/audit/chain' },
          ({ entries, brokenAt }) => [
            brokenAt === undefined
              ? `${entries} entries, all as written.`
              : `Entry ${brokenAt} is not what was written.`,
          ],
          ({ brokenAt }) => brokenAt === undefined,
        ),
    ),
  );
  return audit;
}

function describeEntry({ at, principal, verb, target, outcome, code, requestId }: Entry): string {
  return `${at}  ${principal}  ${verb}  ${target ?? '-'}  ${outcome}${code ? ` (${code})` : ''}  ${requestId}`;
}
