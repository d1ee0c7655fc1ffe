import { Command, Option } from 'commander';
import { shortArn } from '../identifiers/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { wholeNumber } from './given-values.ts';

interface Handover {
  readonly id: string;
  readonly resource: string;
  readonly ownership: 'owner' | 'data-owner';
  readonly fromTeam?: string;
  readonly toTeam: string;
  readonly unit?: string;
  readonly note?: string;
  readonly state: string;
  readonly offeredBy: string;
  readonly expiresAt: string;
  readonly answeredBy?: string;
  readonly answerNote?: string;
}

interface OfferFlags extends ApiFlags {
  readonly data: boolean;
  readonly unit?: string;
  readonly note?: string;
  readonly days?: number;
}

const answers = [
  ['accept', 'accept an offer to your team: it owns the resource from now on', 'accepted'],
  ['decline', 'decline an offer to your team', 'declined'],
  ['withdraw', 'take back an offer of your team', 'withdrawn'],
] as const;

/** `deuteron handover ...`: ownership goes from team to team, offered by one and accepted by the other. */
export function handoverCommands(): Command {
  const handover = new Command('handover').description('hand ownership to another team, which accepts it or not');

  handover.addCommand(
    apiCommand('offer', 'offer a resource to a team')
      .argument('<resource>', 'its ARN, or e.g. environment/prod, service/shop')
      .argument('<team>', 'who shall own it')
      .option('--data', 'offer the ownership of the data in it, not of the resource', false)
      .option('--unit <name>', 'move it to this unit with its owner')
      .option('--note <text>', 'for the other team')
      .option('--days <number>', 'how long the offer stands (14)', wholeNumber(1, 365))
      .action((resource: string, toTeam: string, { data, unit, note, days, ...flags }: OfferFlags) => {
        const ownership = data ? 'data-owner' : 'owner';
        const body = { resource, toTeam, ownership, unit, note, days };
        return askAndPrint<{ handover: Handover }>(
          flags,
          { method: 'POST', path: '/handovers', body },
          ({ handover: { id, expiresAt } }) => [
            `Offered to ${toTeam} until ${expiresAt.slice(0, 16)}Z: ${id}`,
            `One of its members accepts it: deuteron handover accept ${id}`,
          ],
        );
      }),
  );

  handover.addCommand(
    apiCommand('list', 'hand-overs, newest first')
      .option('--team <name>', 'offered by this team or to it')
      .addOption(
        new Option('--state <state>', 'as it stands now').choices([
          'offered',
          'accepted',
          'declined',
          'withdrawn',
          'expired',
        ]),
      )
      .option('--resource <resource>', 'of this resource')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({
          team,
          state,
          resource,
          nextToken,
          ...flags
        }: ApiFlags & Record<'team' | 'state' | 'resource' | 'nextToken', string | undefined>) =>
          askAndPrint<{ handovers: readonly Handover[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/handovers', query: { team, state, resource, nextToken } },
            ({ handovers, nextToken: next }) =>
              listed(handovers, describeHandover, 'There is no such hand-over.', next),
          ),
      ),
  );

  for (const [answer, description, done] of answers) {
    handover.addCommand(
      apiCommand(answer, description)
        .argument('<id>', 'which')
        .option('--note <text>', 'for the other team')
        .action((id: string, { note, ...flags }: ApiFlags & { note?: string }) =>
          askAndPrint<{ handover: Handover }>(
            flags,
            { method: 'POST', path: `/handovers/${encodeURIComponent(id)}/${answer}`, body: { note } },
            ({ handover: { resource, ownership, toTeam } }) => {
              const what = ownership === 'owner' ? shortArn(resource) : `The data of ${shortArn(resource)}`;
              return [answer === 'accept' ? `${what} is owned by ${toTeam}.` : `The offer is ${done}.`];
            },
          ),
        ),
    );
  }
  return handover;
}

function describeHandover(handover: Handover): string {
  const { id, resource, ownership, fromTeam = 'nobody', toTeam, unit, note, state, offeredBy, expiresAt } = handover;
  const what = `${shortArn(resource)}${ownership === 'owner' ? '' : ' (data)'}`;
  const moves = unit ? `, to the unit ${unit}` : '';
  const stands = state === 'offered' ? `offered until ${expiresAt.slice(0, 16)}Z` : state;
  const notes = [note, handover.answerNote].filter((each) => each !== undefined).map((each) => `  "${each}"`);
  return `${id}  ${what}  ${fromTeam} -> ${toTeam}${moves}  ${stands} by ${handover.answeredBy ?? offeredBy}${notes.join('')}`;
}
