import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { dayOrMoment } from './given-values.ts';

interface Key {
  readonly id: string;
  readonly principal: { readonly name: string };
  readonly expiresAt?: string;
  readonly revokedAt?: string;
  readonly lastUsedAt?: string;
}
interface Issued extends Pick<Key, 'id' | 'principal' | 'expiresAt'> {
  readonly secret: string;
}
export interface ListFlags extends ApiFlags {
  readonly of?: string;
  readonly all: boolean;
  readonly ended: boolean;
  readonly nextToken?: string;
}

/** `deuteron key ...`: the access keys that clients of AWS sign with. */
export function keyCommands(): Command {
  const key = new Command('key').description('access keys, of your own or, where the rules permit it, of others');

  key.addCommand(
    apiCommand('issue', 'issue an access key; its secret is shown this once')
      .option('--for <principal>', 'whose (default: your own)')
      .option('--expires <day>', 'its last day in UTC, as 2027-01-31, or a moment', dayOrMoment)
      .action(({ for: principal, expires, ...flags }: ApiFlags & { for?: string; expires?: string }) =>
        askAndPrint<{ accessKey: Issued }>(
          flags,
          { method: 'POST', path: '/access-keys', body: { principal, expires } },
          ({ accessKey }) => describeIssued(accessKey),
        ),
      ),
  );

  key.addCommand(
    apiCommand('rotate', 'issue a successor of a key; the old one goes on for a while')
      .argument('<id>', 'the access key id')
      .option('--old-until <day>', 'the last day of the old key, or a moment (default: a day from now)', dayOrMoment)
      .action((id: string, { oldUntil, ...flags }: ApiFlags & { oldUntil?: string }) =>
        askAndPrint<{ accessKey: Issued; oldUntil: string }>(
          flags,
          { method: 'POST', path: `/access-keys/${encodeURIComponent(id)}/rotate`, body: { oldUntil } },
          (answer) => [...describeIssued(answer.accessKey), `# the old key signs until ${answer.oldUntil}`],
        ),
      ),
  );

  key.addCommand(
    apiCommand('revoke', 'revoke a key: from the next request on it signs nothing')
      .argument('<id>', 'the access key id')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: `/access-keys/${encodeURIComponent(id)}` }, () => [
          `${id} is revoked.`,
        ]),
      ),
  );

  key.addCommand(
    listCommand('the keys that sign now, newest first').action(
      ({ of: principal, all, ended, nextToken, ...flags }: ListFlags) =>
        askAndPrint<{ accessKeys: readonly Key[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/access-keys', query: { principal, all: `${all}`, ended: `${ended}`, nextToken } },
          ({ accessKeys, nextToken: next }) =>
            listed(
              accessKeys,
              (each) => [each.id, each.principal.name, ...timesOf(each)].join('  '),
              'There is no access key.',
              next,
            ),
        ),
    ),
  );
  return key;
}

export function listCommand(description: string): Command {
  return apiCommand('list', description)
    .option('--of <principal>', 'of this principal (default: your own)')
    .option('--all', 'of everybody', false)
    .option('--ended', 'also those that ended', false)
    .option('--next-token <token>', 'go on where the page before ended');
}

export function timesOf({
  expiresAt,
  revokedAt,
  lastUsedAt,
}: Pick<Key, 'expiresAt' | 'revokedAt' | 'lastUsedAt'>): string[] {
  return [
    lastUsedAt ? `last used ${lastUsedAt}` : 'never used',
    ...(revokedAt ? [`revoked ${revokedAt}`] : expiresAt ? [`until ${expiresAt}`] : []),
  ];
}

function describeIssued({ id, secret, principal, expiresAt }: Issued): string[] {
  return [
    `# of ${principal.name}${expiresAt ? `, until ${expiresAt}` : ''}; the secret is shown this once`,
    `export AWS_ACCESS_KEY_ID=${id}`,
    `export AWS_SECRET_ACCESS_KEY=${secret}`,
  ];
}
