import { Argument, Command, Option } from 'commander';
import type { Result } from '../errors/index.ts';
import { shortArn } from '../identifiers/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { saying, wholeNumber } from './given-values.ts';
import { type CheckRailsFlags, checkRails } from './guard-rail-check-command.ts';
import { namedValues, splitNamed } from './named-value.ts';
import { printRefusal } from './print-refusal.ts';

interface Setting {
  readonly scope: string;
  readonly version: number;
  readonly effect: string;
  readonly strict: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly by: string;
  readonly at: string;
}

interface ListedRail {
  readonly id: string;
  readonly about: string;
  readonly usual?: string;
  readonly settings: readonly Setting[];
}

interface Exception {
  readonly id: string;
  readonly resource: string;
  readonly rail: string;
  readonly reason: string;
  readonly requestedBy: string;
  readonly expiresAt: string;
  readonly state: string;
  readonly answeredBy?: string;
  readonly approvedBy?: readonly string[];
  readonly waitsFor?: string;
}

interface Compliance {
  readonly accountId: string;
  readonly region: string;
  readonly resources: readonly {
    readonly logicalId: string;
    readonly type: string;
    readonly compliance: string;
    readonly rules: readonly { readonly name: string; readonly result: string; readonly annotation?: string }[];
  }[];
}

interface SetFlags extends ApiFlags {
  readonly scope: string;
  readonly strict: boolean;
  readonly parameter: Readonly<Record<string, unknown>>;
}

/** `ports=[22,80]`, `max=3`, `pattern=shop-*`; several texts: `regions=eu-*,us-*`. JSON where it is JSON. */
function parameter(given: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const [name, value] = splitNamed(given, 'name=value');
  return { ...before, [name]: parameterValue(value) };
}

function parameterValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const pathOf = (rail: string) => `/guard-rails/${encodeURIComponent(rail)}`;

/** `deuteron guard-rail ...`. */
export function guardRailCommands(): Command {
  const guardRail = new Command('guard-rail').description('checks of what is about to be deployed, and exceptions');

  guardRail.addCommand(
    apiCommand('list', 'all guard rails, and what is set for each')
      .option('--set', 'only those that do something somewhere', false)
      .action(({ set, ...flags }: ApiFlags & { set: boolean }) =>
        askAndPrint<{ guardRails: readonly ListedRail[] }>(
          flags,
          { method: 'GET', path: '/guard-rails' },
          ({ guardRails }) =>
            listed(
              guardRails.filter((each) => !set || each.usual !== undefined || each.settings.length > 0),
              (each) => describeRail(each).join('\n'),
              'No guard rail does anything anywhere.',
            ),
        ),
      ),
  );

  guardRail.addCommand(
    apiCommand('set', 'what a guard rail does in a scope')
      .argument('<rail>', 'deuteron guard-rail list shows them')
      .addArgument(new Argument('<effect>', 'what it does there').choices(['off', 'warn', 'block']))
      .option('--scope <scope>', 'a unit, or e.g. shop/environment-class:production', 'organization')
      .option('--strict', 'what cannot be known beforehand counts as found', false)
      .option('--parameter <name=value>', 'JSON, or a text; may be given several times', parameter, {})
      .addHelpText(
        'after',
        '\nExamples:\n  deuteron guard-rail set no-open-ports block\n  deuteron guard-rail set required-tags block --scope shop --parameter \'tags=["team"]\'\n  deuteron guard-rail set no-data-loss block --scope organization/environment-class:production\n',
      )
      .action((rail: string, effect: string, { scope, strict, parameter: parameters, ...flags }: SetFlags) =>
        askAndPrint<{ setting?: Setting }>(
          flags,
          { method: 'PUT', path: pathOf(rail), body: { scope, effect, strict, parameters } },
          ({ setting }) => [setting ? `${rail} in ${describeSetting(setting)}` : 'It was so already.'],
        ),
      ),
  );

  guardRail.addCommand(
    apiCommand('history', 'what was set for a guard rail, newest first')
      .argument('<rail>', 'which')
      .action((rail: string, flags: ApiFlags) =>
        askAndPrint<{ settings: readonly Setting[] }>(
          flags,
          { method: 'GET', path: `${pathOf(rail)}/history` },
          ({ settings }) =>
            listed(
              settings,
              (each) => `${each.at.slice(0, 16)}Z ${each.by}: ${describeSetting(each)}`,
              'Nobody has set it.',
            ),
        ),
      ),
  );

  guardRail.addCommand(
    apiCommand('report', 'what guard rails said of a deployment')
      .argument('<deployment>', 'its id')
      .action((id: string, flags: ApiFlags) =>
        askAndPrint<{ text: string; passed: readonly string[]; blocked: boolean }>(
          flags,
          { method: 'GET', path: `/deployments/${encodeURIComponent(id)}/guard-rails` },
          ({ text, passed }) => [...(text === '' ? [] : [text]), `Passed: ${passed.join(', ') || 'none'}.`],
          ({ blocked }) => !blocked,
        ),
      ),
  );

  guardRail.addCommand(
    new Command('check')
      .description('hold a bundle in a folder against the built-in guard rails; no server is needed')
      .argument('<folder>', 'of the bundle')
      .addOption(new Option('--kind <kind>', 'of the bundle').choices(['environment', 'service']).makeOptionMandatory())
      .requiredOption('--spec <file>', 'the spec to render with')
      .option('--instance <name>', 'of a service spec with several')
      .option(
        '--output <name=value>',
        'an output of the environment; may be given several times',
        namedValues('name=value'),
        {},
      )
      .option('--settings <file>', 'guard rails as deuteron apply takes them (default: those of a new installation)')
      .option('--environment-class <word>', 'of the environment it would go to')
      .option('--region <region>', 'where it would go', 'us-east-1')
      .option('--account-id <digits>', 'where it would go', '111122223333')
      .option('--json', 'the report as JSON', false)
      .addHelpText(
        'after',
        '\nExit codes: 0 nothing blocks, 1 refused, 2 used wrongly, or a file cannot be read, 3 something blocks.\n\nExample:\n  deuteron guard-rail check examples/worker/v1 --kind service --spec examples/specs/orders.yaml\n',
      )
      .action(async (folder: string, flags: CheckRailsFlags) => {
        const checked: Result<number> = await checkRails(folder, flags);
        if (checked.ok) process.exitCode = checked.value;
        else printRefusal(checked.refusal, flags);
      }),
  );

  guardRail.addCommand(
    apiCommand('compliance', 'what AWS Config says of what a thing has in the cloud')
      .argument('<resource>', 'its ARN, or e.g. environment/prod')
      .option('--all', 'what is compliant or not evaluated, too', false)
      .action((resource: string, { all, ...flags }: ApiFlags & { all: boolean }) =>
        askAndPrint<{ compliance: readonly Compliance[] }>(
          flags,
          { method: 'GET', path: '/compliance', query: { resource } },
          ({ compliance }) => compliance.flatMap((there) => describeCompliance(there, all)),
          ({ compliance }) =>
            compliance.every(({ resources }) => resources.every((each) => each.compliance !== 'non-compliant')),
        ),
      ),
  );

  guardRail.addCommand(exceptionCommands());
  return guardRail;
}

function exceptionCommands(): Command {
  const exception = new Command('exception').description('one guard rail lifted for one thing, until a day');
  const path = '/guard-rail-exceptions';

  exception.addCommand(
    apiCommand('request', 'ask that a guard rail be lifted for one thing')
      .argument('<resource>', 'its ARN, or e.g. environment/prod')
      .argument('<rail>', 'which guard rail')
      .requiredOption('--reason <text>', 'why', saying)
      .option('--days <number>', 'for how long', wholeNumber(1, 365), 30)
      .action(
        (resource: string, rail: string, { reason, days, ...flags }: ApiFlags & { reason: string; days: number }) =>
          askAndPrint<{ exception: Exception }>(
            flags,
            { method: 'POST', path, body: { resource, rail, reason, days } },
            ({ exception: { id, expiresAt } }) => [
              `Asked for, until ${expiresAt.slice(0, 16)}Z: ${id}`,
              `Somebody else who may lift guard rails grants it: deuteron guard-rail exception grant ${id}`,
            ],
          ),
      ),
  );

  exception.addCommand(
    apiCommand('list', 'exceptions, newest first')
      .option('--resource <resource>', 'for this thing')
      .option('--rail <rail>', 'from this guard rail')
      .addOption(
        new Option('--state <state>', 'as it stands now').choices([
          'requested',
          'granted',
          'rejected',
          'revoked',
          'expired',
        ]),
      )
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({
          resource,
          rail,
          state,
          nextToken,
          ...flags
        }: ApiFlags & Record<'resource' | 'rail' | 'state' | 'nextToken', string | undefined>) =>
          askAndPrint<{ exceptions: readonly Exception[]; nextToken?: string }>(
            flags,
            { method: 'GET', path, query: { resource, rail, state, nextToken } },
            ({ exceptions, nextToken: next }) =>
              listed(exceptions, describeException, 'There is no such exception.', next),
          ),
      ),
  );

  for (const [answer, description] of [
    ['grant', 'grant an exception that somebody else asked for'],
    ['reject', 'reject an exception'],
    ['revoke', 'take an exception back, before its end'],
  ] as const) {
    exception.addCommand(
      apiCommand(answer, description)
        .argument('<id>', 'which')
        .option('--note <text>', 'for who asked')
        .action((id: string, { note, ...flags }: ApiFlags & { note?: string }) =>
          askAndPrint<{ exception: Exception }>(
            flags,
            { method: 'POST', path: `${path}/${encodeURIComponent(id)}/${answer}`, body: { note } },
            ({ exception }) => [describeAnswer(exception)],
          ),
        ),
    );
  }
  return exception;
}

function describeAnswer({ rail, resource, state, expiresAt, approvedBy, waitsFor }: Exception): string {
  const what = `${rail} for ${shortArn(resource)}: `;
  if (waitsFor !== undefined) return `${what}approved by ${approvedBy?.join(', ')}.\n${waitsFor}`;
  return `${what}${state}${state === 'granted' ? ` until ${expiresAt.slice(0, 16)}Z` : ''}.`;
}

function describeCompliance({ accountId, region, resources }: Compliance, all: boolean): readonly string[] {
  const count = (word: string) => resources.filter(({ compliance }) => compliance === word).length;
  const shown = resources.filter(({ compliance }) => all || compliance === 'non-compliant');
  return [
    `${accountId} ${region}: ${count('non-compliant')} not compliant, ${count('compliant')} compliant, ${count('not-evaluated')} not evaluated`,
    ...shown.flatMap(({ logicalId, type, compliance, rules }) => [
      `  ${compliance.padEnd(13)} ${logicalId} (${type})`,
      ...rules
        .filter(({ result }) => all || result === 'NON_COMPLIANT')
        .map(({ name, result, annotation }) => `    ${result} ${name}${annotation ? `: ${annotation}` : ''}`),
    ]),
  ];
}

function describeRail({ id, about, usual, settings }: ListedRail): readonly string[] {
  const lines = settings.map((each) => `    ${describeSetting(each)}`);
  return [`${id}: ${about}`, ...(usual ? [`    organization: ${usual} (as nobody has set otherwise)`] : []), ...lines];
}

function describeSetting({ scope, effect, strict, parameters, version }: Setting): string {
  const given = Object.entries(parameters).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return [`${scope}: ${effect}`, ...(strict ? ['strict'] : []), ...given, `version ${version}`].join(', ');
}

function describeException({
  id,
  resource,
  rail,
  reason,
  state,
  requestedBy,
  expiresAt,
  answeredBy,
  approvedBy = [],
}: Exception): string {
  const by = answeredBy === undefined ? '' : ` by ${answeredBy}`;
  const approved = state === 'requested' && approvedBy.length > 0 ? `, approved by ${approvedBy.join(', ')}` : '';
  return `${id}  ${state}${by}  ${rail} for ${shortArn(resource)}, until ${expiresAt.slice(0, 16)}Z, asked by ${requestedBy}: ${reason}${approved}`;
}
