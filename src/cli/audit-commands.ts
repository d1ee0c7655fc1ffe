import { open } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { refuse } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, followServer, listed } from './api-flags.ts';
import { auditReplayCommand } from './audit-replay-command.ts';
import { emptyFile, unreadable } from './given-file.ts';
import { begin, end } from './given-values.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';
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
  readonly since?: string;
  readonly until?: string;
  readonly nextToken?: string;
}

/** `deuteron audit ...`: who did what. */
export function auditCommands(): Command {
  const audit = new Command('audit').description('who did what, and what came of it');
  audit.addCommand(
    apiCommand('list', 'entries, newest first')
      .option('--principal <name>', 'by this principal')
      .option('--verb <verb>', 'only this, e.g. proton:CreateEnvironment')
      .option('--target <resource>', 'about this thing: its ARN, or e.g. environment/prod; ends in * for many')
      .addOption(new Option('--outcome <outcome>', 'what came of it').choices(['accepted', 'refused', 'failed']))
      .option('--since <time>', 'from then on: a day, as 2026-11-01, or a moment with its zone', begin)
      .option('--until <time>', 'up to the end of this day, or to this moment', end)
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ endpointUrl, json, ...query }: ApiFlags & Filters) =>
        askAndPrint<{ entries: readonly Entry[]; nextToken?: string }>(
          { endpointUrl, json },
          { method: 'GET', path: '/audit', query: { ...query } },
          ({ entries, nextToken: next }) => listed(entries, describeEntry, 'There is no such entry.', next),
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
      async ({ endpointUrl, json }: ApiFlags) => {
        const lines = await followServer<Entry>(endpointUrl, { method: 'GET', path: '/audit/export' });
        if (!lines.ok) return printRefusal(lines.refusal, { json });
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
  if (opened instanceof Error) return printRefusal(unreadable(file, opened).refusal, { json });
  const verdict = await verifyExport(textLines(opened.createReadStream(), { unended: 'taken' }));
  const { entries, lastHash, brokenAt, isNone } = verdict;
  if (entries === 0) return printRefusal(emptyFile(file, exportedBy).refusal, { json });
  if (isNone) return printRefusal(noExport(file), { json }, usedWronglyExitCode);
  const said =
    brokenAt === undefined
      ? `${entries} entries, all as written${lastHash ? `; the last has the hash ${lastHash}` : ''}.`
      : `Line ${brokenAt} is not what was written.`;
  console.log(json ? JSON.stringify(verdict, null, 2) : said);
  if (brokenAt !== undefined) process.exitCode = 1;
}

const exportedBy = 'Give a file that deuteron audit export has written.';

function noExport(file: string) {
  return refuse({
    kind: 'invalid',
    code: 'audit-export-none',
    message: `${file} is no export of an audit: its first line is no entry.`,
    remedy: exportedBy,
  }).refusal;
}

function describeEntry({ at, principal, verb, target, outcome, code, requestId }: Entry): string {
  return `${at}  ${principal}  ${verb}  ${target ?? '-'}  ${outcome}${code ? ` (${code})` : ''}  ${requestId}`;
}
