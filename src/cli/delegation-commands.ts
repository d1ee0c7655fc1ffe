import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { dayOrMoment } from './given-values.ts';

interface Delegation {
  readonly id: string;
  readonly from: string;
  readonly to: string;
  readonly reason?: string;
  readonly until: string;
  readonly endedBy?: string;
}

/** `deuteron delegation ...`: who approves in whose place. */
export function delegationCommands(): Command {
  const delegation = new Command('delegation').description('who approves in whose place while that one is away');

  delegation.addCommand(
    apiCommand('make', 'let somebody approve in your place until a date; it cannot be passed on')
      .argument('<person>', 'who answers')
      .requiredOption('--until <date>', '2026-12-31: to the end of that day in UTC; at most 90 days ahead', dayOrMoment)
      .option('--from <person>', 'for whom; of others, where the rules permit it (you)')
      .option('--reason <text>', 'for people')
      .addHelpText('after', '\nExample:\n  deuteron delegation make ben --until 2026-12-31 --reason holidays\n')
      .action(
        (to: string, { until, from, reason, ...flags }: ApiFlags & { until: string; from?: string; reason?: string }) =>
          askAndPrint<{ delegation: Delegation }>(
            flags,
            { method: 'POST', path: '/delegations', body: { to, until, from, reason } },
            ({ delegation: made }) => [describeDelegation(made)],
          ),
      ),
  );

  delegation.addCommand(
    apiCommand('list', 'those that count now, newest first')
      .option('--all', 'also those that have ended', false)
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ all, nextToken, ...flags }: ApiFlags & { all: boolean; nextToken?: string }) =>
        askAndPrint<{ delegations: readonly Delegation[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/delegations', query: { all: String(all), nextToken } },
          ({ delegations, nextToken: next }) =>
            listed(delegations, describeDelegation, 'There is no delegation.', next),
        ),
      ),
  );

  delegation.addCommand(
    apiCommand('end', 'end one before its date')
      .argument('<id>', 'which')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint<{ delegation: Delegation }>(
          flags,
          { method: 'DELETE', path: `/delegations/${encodeURIComponent(id)}` },
          ({ delegation: ended }) => [describeDelegation(ended)],
        ),
      ),
  );
  return delegation;
}

function describeDelegation({ id, from, to, reason, until, endedBy }: Delegation): string {
  const stands = endedBy ? `ended by ${endedBy}` : `until ${until.slice(0, 16)}Z`;
  return `${id}  ${to} for ${from}  ${stands}${reason ? `  "${reason}"` : ''}`;
}
