import { Command, Option } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { wholeNumber } from './given-values.ts';
import { namedValues } from './named-value.ts';
import { printRefusal } from './print-refusal.ts';

interface Rule {
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly claims: Readonly<Record<string, string>>;
  readonly principal: string;
  readonly teams: readonly string[];
  readonly minutes: number;
}

interface JobAnswer {
  readonly access_token: string;
  readonly expires_in: number;
  readonly principal: { readonly name: string };
  readonly access_key: { readonly id: string; readonly secret: string; readonly session_token: string };
}

interface PutFlags extends ApiFlags {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly as: string;
  readonly claim?: Readonly<Record<string, string>>;
  readonly team?: readonly string[];
  readonly minutes?: number;
  readonly once: boolean;
}

/** `deuteron federation ...`: jobs of CI that act here without a key of their own. */
export function federationCommands(): Command {
  const federation = new Command('federation').description('jobs of CI that act here without a key of their own');

  federation.addCommand(
    apiCommand('list', 'which jobs may act as which machine')
      .alias('rules')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ nextToken, ...flags }: ApiFlags & { nextToken?: string }) =>
        askAndPrint<{ federationRules: readonly Rule[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/federation-rules', query: { nextToken } },
          ({ federationRules, nextToken: next }) => listed(federationRules, describeRule, 'There is no rule.', next),
        ),
      ),
  );

  federation.addCommand(
    apiCommand('put', 'make a rule, or change it; what is not given is as usual')
      .argument('<name>', 'of the rule')
      .requiredOption('--issuer <url>', 'exactly as the token names it')
      .requiredOption('--audience <text>', 'the one that the job asks its token for')
      .requiredOption('--subject <pattern>', '* stands for any characters but / and :, ** for any at all')
      .requiredOption('--as <machine>', 'whom the job acts as')
      .addOption(
        new Option('--claim <name=pattern>', 'of another claim; may be given several times').argParser(
          namedValues('name=pattern'),
        ),
      )
      .option('--team <name...>', 'it is a member of them meanwhile')
      .option('--minutes <number>', 'how long (default: 15)', wholeNumber(1, 720))
      .option('--once', 'take each token only once', false)
      .action((name: string, { as, claim, team, minutes, issuer, audience, subject, once, ...flags }: PutFlags) =>
        askAndPrint<{ federationRule: Rule }>(
          flags,
          {
            method: 'PUT',
            path: `/federation-rules/${encodeURIComponent(name)}`,
            body: {
              issuer,
              audience,
              subject,
              principal: as,
              claims: claim,
              teams: team,
              minutes,
              once,
            },
          },
          ({ federationRule }) => [describeRule(federationRule)],
        ),
      ),
  );

  federation.addCommand(
    apiCommand('remove', 'delete a rule; what was given by it ends by itself')
      .argument('<name>', 'of the rule')
      .action((name: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: `/federation-rules/${encodeURIComponent(name)}` }, () => [
          `${name} is deleted.`,
        ]),
      ),
  );

  federation.addCommand(
    apiCommand('token', "exchange the job's own token, in DEUTERON_JOB_TOKEN, for what it acts with: lines to eval")
      .option('--rule <name>', 'by which rule (default: the only one that lets the job in)')
      .option('--read-only', 'the API token only reads', false)
      .action((flags: ExchangeFlags, command: Command) => {
        const token = process.env.DEUTERON_JOB_TOKEN;
        if (!token)
          return command.error(
            'DEUTERON_JOB_TOKEN is not set: let it hold the token that the CI system made for the job.',
          );
        return exchange(flags, token);
      }),
  );
  return federation;
}

interface ExchangeFlags extends ApiFlags {
  readonly rule?: string;
  readonly readOnly: boolean;
}

async function exchange({ endpointUrl, json, rule, readOnly }: ExchangeFlags, jobToken: string): Promise<void> {
  const { postForm } = await import('./api-client.ts');
  const answer = await postForm<JobAnswer>(endpointUrl, '/api/v1/federation/token', {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    subject_token: jobToken,
    scope: readOnly ? 'read' : 'full',
    rule,
  });
  if (!answer.ok) return printRefusal(answer.refusal, { json });
  const { access_token: token, access_key: key, principal, expires_in: seconds } = answer.value;
  const lines = [
    `# ${principal.name}, for ${Math.round(seconds / 60)} minutes`,
    `export DEUTERON_TOKEN=${token}`,
    `export AWS_ACCESS_KEY_ID=${key.id}`,
    `export AWS_SECRET_ACCESS_KEY=${key.secret}`,
    `export AWS_SESSION_TOKEN=${key.session_token}`,
  ];
  console.log(json ? JSON.stringify(answer.value, null, 2) : lines.join('\n'));
}

function describeRule({ name, issuer, audience, subject, claims, principal, teams, minutes }: Rule): string {
  return [
    name,
    `${issuer} for ${audience}`,
    subject,
    ...Object.entries(claims).map(([claim, pattern]) => `${claim}=${pattern}`),
    `is ${principal} for ${minutes} minutes`,
    ...(teams.length > 0 ? [`in ${teams.join(', ')}`] : []),
  ].join('  ');
}
