import { Command } from 'commander';
import { shortArn } from '../identifiers/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { saying, wholeNumber } from './given-values.ts';

interface Emergency {
  readonly id: string;
  readonly unit: string;
  readonly reason: string;
  readonly declaredBy: string;
  readonly secondedBy?: string;
  readonly until?: string;
  readonly state: string;
  readonly endedBy?: string;
}

interface Use {
  readonly deploymentId: string;
  readonly targetArn: string;
  readonly usedBy: string;
  readonly usedAt: string;
  readonly waitedFor: string;
  readonly reason: string;
}

const path = (id: string, rest = '') => `/emergencies/${encodeURIComponent(id)}${rest}`;

/** `deuteron break-glass ...`: two people lift the wish for approvals for some hours. */
export function breakGlassCommands(): Command {
  const breakGlass = new Command('break-glass').description(
    'in an emergency: two of the team break-glass lift the wish for approvals for some hours; everybody hears of it',
  );

  breakGlass.addCommand(
    apiCommand('declare', 'as the first person')
      .requiredOption('--unit <name>', 'where, with all below; organization is everything')
      .requiredOption('--reason <text>', 'why', saying)
      .option('--hours <number>', 'how long it is in force (4, at most 24)', wholeNumber(1, 24))
      .addHelpText(
        'after',
        '\nExample:\n  deuteron break-glass declare --unit shop --reason "the shop is down" --hours 2\n',
      )
      .action(({ unit, reason, hours, ...flags }: ApiFlags & { unit: string; reason: string; hours?: number }) =>
        askAndPrint<{ emergency: Emergency }>(
          flags,
          {
            method: 'POST',
            path: '/emergencies',
            body: { unit, reason, hours },
          },
          ({ emergency }) => [
            `Declared. A second person seconds it within an hour: deuteron break-glass second ${emergency.id}`,
          ],
        ),
      ),
  );

  for (const [name, description] of [
    ['second', 'as the second person: it is in force from now on'],
    ['end', 'before its time is over'],
  ] as const) {
    breakGlass.addCommand(
      apiCommand(name, description)
        .argument('<id>', 'of the emergency')
        .action((id: string, flags: ApiFlags) =>
          askAndPrint<{ emergency: Emergency }>(
            flags,
            { method: 'POST', path: path(id, `/${name}`) },
            ({ emergency }) => [describeEmergency(emergency)],
          ),
        ),
    );
  }

  breakGlass.addCommand(
    apiCommand('use', 'let one deployment that waits go on with this plan')
      .argument('<deployment>', 'its id')
      .argument('<plan>', 'the id of the plan that you have seen: deuteron approval show')
      .requiredOption('--reason <text>', 'why; it is kept, with your name', saying)
      .action((id: string, plan: string, { reason, ...flags }: ApiFlags & { reason: string }) =>
        askAndPrint<{ deployment: { id: string; targetArn: string } }>(
          flags,
          { method: 'POST', path: `/approvals/${encodeURIComponent(id)}/break-glass`, body: { plan, reason } },
          ({ deployment }) => [`The deployment ${deployment.id} of ${shortArn(deployment.targetArn)} goes on.`],
        ),
      ),
  );

  breakGlass.addCommand(
    apiCommand('list', 'emergencies, newest first')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ nextToken, ...flags }: ApiFlags & { nextToken?: string }) =>
        askAndPrint<{ emergencies: readonly Emergency[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/emergencies', query: { nextToken } },
          ({ emergencies, nextToken: next }) => listed(emergencies, describeEmergency, 'There was no emergency.', next),
        ),
      ),
  );

  breakGlass.addCommand(
    apiCommand('show', 'one emergency, and the deployments that went on in it')
      .argument('<id>', 'of the emergency')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint<{ emergency: Emergency; uses: readonly Use[] }>(
          flags,
          { method: 'GET', path: path(id) },
          ({ emergency, uses }) => [describeEmergency(emergency), ...uses.map(describeUse)],
        ),
      ),
  );
  return breakGlass;
}

function describeEmergency({ id, unit, reason, declaredBy, secondedBy, until, state, endedBy }: Emergency): string {
  const by = secondedBy ? `${declaredBy} and ${secondedBy}` : `${declaredBy} alone`;
  const stands = state === 'in-force' ? `in force until ${until?.slice(0, 16)}Z` : state;
  return `${id}  ${unit}  ${stands}${endedBy ? ` by ${endedBy}` : ''}  declared by ${by}: ${reason}`;
}

function describeUse({ deploymentId, targetArn, usedBy, usedAt, waitedFor, reason }: Use): string {
  return `  ${usedAt.slice(0, 16)}Z  ${shortArn(targetArn)}  deployment ${deploymentId}  by ${usedBy}, without ${waitedFor}: ${reason}`;
}
