import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';

interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly unit: string;
  readonly types: readonly string[];
  readonly resources: readonly string[];
  readonly description?: string;
}

interface Delivery {
  readonly id: string;
  readonly webhookId: string;
  readonly eventId: string;
  readonly attempts: number;
  readonly lastAttemptAt?: string;
  readonly lastOutcome?: string;
}

interface Filter {
  readonly unit?: string;
  readonly type: readonly string[];
  readonly resource: readonly string[];
  readonly description?: string;
}

const several = (text: string, before: readonly string[]) => [...before, text];
const path = (id: string, rest = '') => `/webhooks/${encodeURIComponent(id)}${rest}`;

/** `deuteron webhook ...`: where events are sent to, and what did not arrive. */
export function webhookCommands(): Command {
  const webhook = new Command('webhook').description('send events to a URL, and see what did not arrive');

  webhook.addCommand(
    apiCommand('add', 'send events to a URL from now on; prints the secret, this once')
      .argument('<url>', 'where to, https:// or http://')
      .option('--unit <unit>', 'of what is in this unit and below alone (default: everything)')
      .option('--type <detail-type>', 'events of this type alone; may be given several times', several, [])
      .option(
        '--resource <resource>',
        'about this thing alone: its ARN, or e.g. environment/prod; ends in * for many; may be given several times',
        several,
        [],
      )
      .option('--description <text>', 'for people')
      .addHelpText(
        'after',
        `
Examples:
  deuteron webhook add https://ci.example.com/hook --type "Deuteron Deployment State Change"
  deuteron webhook add https://chat.example.com/hook --unit shop --type "Deuteron Approval Request State Change"
`,
      )
      .action((url: string, { unit, type: types, resource: resources, description, ...flags }: ApiFlags & Filter) =>
        askAndPrint<{ webhook: Webhook; secret: string }>(
          flags,
          { method: 'POST', path: '/webhooks', body: { url, unit, types, resources, description } },
          ({ webhook: { id }, secret }) => [`Added ${id}.`, `Its secret, shown this once: ${secret}`],
        ),
      ),
  );

  webhook.addCommand(
    apiCommand('list', 'the webhooks that you may change').action((flags: ApiFlags) =>
      askAndPrint<{ webhooks: readonly Webhook[] }>(flags, { method: 'GET', path: '/webhooks' }, ({ webhooks }) =>
        listed(webhooks, describeWebhook, 'There is no webhook that you may change.'),
      ),
    ),
  );

  webhook.addCommand(
    apiCommand('remove', 'send nothing more')
      .argument('<id>', 'which')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: path(id) }, () => [`Removed ${id}.`]),
      ),
  );

  webhook.addCommand(
    apiCommand('test', 'send one event now; exit code 1 when it does not arrive')
      .argument('<id>', 'which')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint<{ delivered: boolean; outcome: string }>(
          flags,
          { method: 'POST', path: path(id, '/test') },
          ({ delivered, outcome }) => [`${delivered ? 'Delivered' : 'Not delivered'}: ${outcome}.`],
          ({ delivered }) => delivered,
        ),
      ),
  );

  webhook.addCommand(
    apiCommand('rotate', 'a new secret, printed this once; the former one signs along for a day')
      .argument('<id>', 'which')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint<{ secret: string; formerUntil: string }>(
          flags,
          { method: 'POST', path: path(id, '/secret') },
          ({ secret, formerUntil }) => [
            `The new secret, shown this once: ${secret}`,
            `The former one signs along until ${formerUntil}.`,
          ],
        ),
      ),
  );

  webhook.addCommand(
    apiCommand('failed', 'deliveries that are not tried again by themselves, newest first')
      .option('--webhook <id>', 'of this webhook alone')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(({ webhook: id, nextToken, ...flags }: ApiFlags & { webhook?: string; nextToken?: string }) =>
        askAndPrint<{ deliveries: readonly Delivery[]; nextToken?: string }>(
          flags,
          { method: 'GET', path: '/webhook-deliveries', query: { webhook: id, nextToken } },
          ({ deliveries, nextToken: next }) => listed(deliveries, describeDelivery, 'No delivery has failed.', next),
        ),
      ),
  );

  webhook.addCommand(
    apiCommand('redeliver', 'try a failed delivery again, or all of a webhook')
      .argument('[delivery]', 'its id')
      .option('--webhook <id>', 'all that failed of this webhook')
      .action((delivery: string | undefined, { webhook: id, ...flags }: ApiFlags & { webhook?: string }, command) => {
        if ((delivery === undefined) === (id === undefined)) command.error('Give a delivery, or --webhook.');
        const of = id === undefined ? `/webhook-deliveries/${encodeURIComponent(delivery ?? '')}` : path(id);
        return askAndPrint<{ count: number }>(flags, { method: 'POST', path: `${of}/redeliver` }, ({ count }) => [
          `${count} ${count === 1 ? 'delivery is' : 'deliveries are'} tried again.`,
        ]);
      }),
  );
  return webhook;
}

function describeWebhook({ id, url, unit, types, resources, description }: Webhook): string {
  const wanted = [...types, ...resources].join(', ') || 'everything';
  return `${id}  ${url}  ${unit}  ${wanted}${description ? `  ${description}` : ''}`;
}

function describeDelivery({ id, webhookId, eventId, attempts, lastAttemptAt, lastOutcome }: Delivery): string {
  return `${id}  webhook ${webhookId}  event ${eventId}  ${attempts} attempts, last ${lastAttemptAt}: ${lastOutcome}`;
}
