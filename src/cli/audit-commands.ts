import { open } from 'node:fs/promises';
import { Command } from 'commander';
import { describeRefusal } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, followServer, morePages } from './api-flags.ts';
import { auditReplayCommand } from './audit-replay-command.ts';
import { textLines } from './text-lines.ts';

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
          ({ entries, nextToken: next }) => [...entries.map(describeEntry), ...morePages(next)],
        ),
      ),
  );
  audit.addCommand(
    apiCommand('verify', 'whether every entry is what was written; exit code 1 when one is not')
      .option('--file <export>', 'of an export, without a server')
      .action(({ file, ...flags }: ApiFlags & { file?: string }) => {
        if (file !== undefined) return verifyFile(file, flags.json);
        return askAndPrint<{ entries: number; brokenAt?: number }>(
          flags,
          { method: 'GET', path: '/audit/chain' },
          ({ entries, brokenAt }) => [
            brokenAt === undefined
              ? `${entries} entries, all as written.`
              : `Entry ${brokenAt} is not what was written.`,
          ],
          ({ brokenAt }) => brokenAt === undefined,
        );
      }),
  );
  audit.addCommand(
    apiCommand('export', 'all entries with their hashes, a line of JSON for each, to standard output').action(
      async ({ endpointUrl }: ApiFlags) => {
        const lines = await followServer<Entry>(endpointUrl, { method: 'GET', path: '/audit/export' });
        if (!lines.ok) {
          console.error(describeRefusal(lines.refusal));
          process.exitCode = 1;
          return;
        }
        for await (const entry of lines.value) console.log(JSON.stringify(entry));
      },
    ),
  );
  audit.addCommand(auditReplayCommand());
  return audit;
}

async function verifyFile(file: string, json: boolean): Promise<void> {
  const { verifyExport } = await import('../audit/index.ts');
  const opened = await open(file).catch((error: Error) => error);
  if (opened instanceof Error) {
    console.error(`The export cannot be read: ${opened.message}`);
    process.exitCode = 1;
    return;
  }
  const verdict = await verifyExport(textLines(opened.createReadStream(), { unended: 'taken' }));
  const { entries, lastHash, brokenAt } = verdict;
  const said =
    brokenAt === undefined
      ? `${entries} entries, all as written${lastHash ? `; the last has the hash ${lastHash}` : ''}.`
      : `Line ${brokenAt} is not what was written.`;
  console.log(json ? JSON.stringify(verdict, null, 2) : said);
  if (brokenAt !== undefined) process.exitCode = 1;
}

function describeEntry({ at, principal, verb, target, outcome, code, requestId }: Entry): string {
  return `${at}  ${principal}  ${verb}  ${target ?? '-'}  ${outcome}${code ? ` (${code})` : ''}  ${requestId}`;
}
