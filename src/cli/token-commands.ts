import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { dayOrMoment } from './given-values.ts';
import { type ListFlags, listCommand, timesOf } from './key-commands.ts';

interface Token {
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly principal: { readonly name: string };
  readonly expiresAt: string;
  readonly revokedAt?: string;
  readonly lastUsedAt?: string;
}

/** `deuteron token ...`: tokens for the native API. */
export function tokenCommands(): Command {
  const token = new Command('token').description('API tokens, of your own or, where the rules permit it, of others');

  token.addCommand(
    apiCommand('issue', 'issue a token for the native API; it is shown this once')
      .argument('<name>', 'what for')
      .option('--full', 'it may also change things, not only read', false)
      .option('--for <principal>', 'whose (default: your own)')
      .option('--expires <day>', 'its last day in UTC, at most a year from now (default: in 90 days)', dayOrMoment)
      .action(
        (
          name: string,
          { full, for: principal, expires, ...flags }: ApiFlags & { full: boolean; for?: string; expires?: string },
        ) =>
          askAndPrint<{ token: Token; text: string }>(
            flags,
            { method: 'POST', path: '/tokens', body: { name, scope: full ? 'full' : 'read', principal, expires } },
            (answer) => [
              `# of ${answer.token.principal.name}, ${answer.token.scope}, until ${answer.token.expiresAt}; shown this once`,
              `export DEUTERON_TOKEN=${answer.text}`,
            ],
          ),
      ),
  );

  token.addCommand(
    apiCommand('revoke', 'revoke a token: from the next request on it opens nothing')
      .argument('<id>', 'its id, as it is listed; not the token')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: `/tokens/${encodeURIComponent(id)}` }, () => [
          `${id} is revoked.`,
        ]),
      ),
  );

  token.addCommand(
    listCommand('the tokens that count now, newest first').action(
      ({ of: principal, all, ended, nextToken, ...flags }: ListFlags) =>
        askAndPrint<{ tokens: readonly Token[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/tokens', query: { principal, all: `${all}`, ended: `${ended}`, nextToken } },
          ({ tokens, nextToken: next }) =>
            listed(
              tokens,
              (each) => [each.id, each.principal.name, each.name, each.scope, ...timesOf(each)].join('  '),
              'There is no token.',
              next,
            ),
        ),
    ),
  );
  return token;
}
