import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { dayOrMoment } from './given-values.ts';

interface Principal {
  readonly name: string;
  readonly kind: 'person' | 'machine';
  readonly state: 'present' | 'leaving' | 'ended';
  readonly until?: string;
}

/** `deuteron principal ...`: people and machines, and how long they are there. */
export function principalCommands(): Command {
  const principal = new Command('principal').description('people and machines: who is there, who ended, who will');

  principal.addCommand(
    apiCommand('list', 'people and machines, by name, and who ended or will')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ nextToken, ...flags }: ApiFlags & { nextToken?: string }) =>
        askAndPrint<{ principals: readonly Principal[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/principals', query: { nextToken } },
          ({ principals, nextToken: next }) => listed(principals, describe, 'There is nobody.', next),
        ),
      ),
  );

  principal.addCommand(
    apiCommand('end', 'end somebody: from then on no key, token, sign-in, delegation or approval of his counts')
      .argument('<name>', 'who')
      .option('--at <day>', 'the last day in UTC, as 2027-01-31, or a moment (default: now)', dayOrMoment)
      .addHelpText('after', '\nExamples:\n  deuteron principal end ana\n  deuteron principal end ana --at 2027-01-31\n')
      .action((name: string, { at: until, ...flags }: ApiFlags & { at?: string }) =>
        askAndPrint<{ principal: Principal }>(
          flags,
          { method: 'POST', path: `/principals/${encodeURIComponent(name)}/end`, body: { until } },
          (answer) => [
            answer.principal.state === 'ended'
              ? `${name} has ended.`
              : `${name} ends: until ${answer.principal.until}.`,
            ...['org', 'approval'].map(
              (of) => `deuteron ${of} orphans --left-by ${name}${until === undefined ? '' : ` --on ${until}`}`,
            ),
            'list what nobody answers for then, and what waits for nobody.',
          ],
        ),
      ),
  );

  principal.addCommand(
    apiCommand('reinstate', 'bring back who ended, or take back an end to come; old keys and sign-ins stay dead')
      .argument('<name>', 'who')
      .addHelpText('after', '\nExample:\n  deuteron principal reinstate ana\n')
      .action((name: string, flags: ApiFlags) =>
        askAndPrint<{ principal: Principal }>(
          flags,
          { method: 'POST', path: `/principals/${encodeURIComponent(name)}/reinstate` },
          () => [`${name} is there, without an end.`],
        ),
      ),
  );
  return principal;
}

function describe({ name, kind, state, until }: Principal): string {
  return [
    name,
    kind,
    ...(state === 'present' ? [] : [`${state === 'ended' ? 'ended' : 'leaves'}: until ${until}`]),
  ].join('  ');
}
