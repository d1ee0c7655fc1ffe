import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';

interface Session {
  readonly id: string;
  readonly kind: 'browser' | 'command-line';
  readonly principal: { readonly name: string };
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** `deuteron session ...`: who is signed in, with a browser or by `deuteron login`. */
export function sessionCommands(): Command {
  const session = new Command('session').description(
    'who is signed in: yourself or, where the rules permit it, others',
  );

  session.addCommand(
    apiCommand('list', 'sign-ins that count now, newest first')
      .option('--of <principal>', 'of this principal (default: your own)')
      .option('--all', 'of everybody', false)
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({ of: principal, all, nextToken, ...flags }: ApiFlags & { of?: string; all: boolean; nextToken?: string }) =>
          askAndPrint<{ sessions: readonly Session[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/sessions', query: { principal, all: `${all}`, nextToken } },
            ({ sessions, nextToken: next }) =>
              listed(
                sessions,
                ({ id, principal: { name }, kind, createdAt, expiresAt }) =>
                  [id, name, kind, `since ${createdAt}`, `until ${expiresAt}`].join('  '),
                all ? 'Nobody is signed in.' : notSignedIn(principal),
                next,
              ),
          ),
      ),
  );

  session.addCommand(
    apiCommand('end', 'end a sign-in, or all of somebody: from the next request on it opens nothing')
      .argument('[id]', 'its id, as it is listed')
      .option('--all-of <principal>', 'all of this principal; his keys and issued tokens go on')
      .addHelpText('after', '\nExample:\n  deuteron session end --all-of ana\n')
      .action((id: string | undefined, { allOf, ...flags }: ApiFlags & { allOf?: string }, command: Command) => {
        if (id !== undefined && allOf === undefined) {
          return askAndPrint(flags, { method: 'DELETE', path: `/sessions/${encodeURIComponent(id)}` }, () => [
            `${id} has ended.`,
          ]);
        }
        if (id !== undefined || allOf === undefined) return command.error('Give an id, or --all-of.');
        return askAndPrint<{ count: number }>(
          flags,
          { method: 'DELETE', path: '/sessions', query: { principal: allOf } },
          ({ count }) => [`${count} ${count === 1 ? 'sign-in has' : 'sign-ins have'} ended.`],
        );
      }),
  );
  return session;
}

function notSignedIn(principal: string | undefined): string {
  const others = "--all shows everybody's sign-ins";
  return principal === undefined
    ? `You are not signed in anywhere; ${others}.`
    : `${principal} is not signed in; ${others}.`;
}
