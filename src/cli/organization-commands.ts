import { Argument, Command, Option } from 'commander';
import { accept, type Result, refuse } from '../errors/index.ts';
import { shortArn } from '../identifiers/index.ts';
import { type ApiFlags, apiCommand, askAndPrint, askServer, listed } from './api-flags.ts';
import { dayOrMoment } from './given-values.ts';
import { namedValues } from './named-value.ts';
import { organizationTree, type TreeMembership, type TreeTeam, type TreeUnit } from './organization-tree.ts';
import { printRefusal } from './print-refusal.ts';

interface Resource {
  readonly arn: string;
  readonly kind: string;
  readonly unitPath: readonly string[];
  readonly ownerTeam?: string;
  readonly dataOwnerTeam?: string;
  readonly environmentClass?: string;
  readonly labels: Readonly<Record<string, string>>;
}

interface Orphan {
  readonly arn: string;
  readonly unitPath: readonly string[];
  readonly ownership: 'owner' | 'data-owner';
  readonly reason: 'no-owner' | 'team-empty';
  readonly team?: string;
  readonly lastMember?: string;
  readonly leftAt?: string;
}

interface PlaceFlags extends ApiFlags {
  readonly unit?: string;
  readonly owner?: string;
  readonly dataOwner?: string;
  readonly class?: string;
  readonly label?: Readonly<Record<string, string>>;
}

/** As the API has them. */
const kinds = [
  'environment-template',
  'service-template',
  'environment',
  'service',
  'service-instance',
  'service-pipeline',
  'component',
  'account',
] as const;

const member = (team: string, principal: string) =>
  `/teams/${encodeURIComponent(team)}/members/${encodeURIComponent(principal)}`;

/** `deuteron org ...`: units, teams, who is in them, and which resources they answer for. */
export function organizationCommands(): Command {
  const org = new Command('org').description('units, teams, who is in them, and which resources they answer for');

  org.addCommand(apiCommand('show', 'the organization as a tree, with who is in its teams now').action(show));

  org.addCommand(
    apiCommand('resources', 'where resources are and who owns them')
      .option('--unit <name>', 'in this very unit')
      .option('--team <name>', 'owned by this team, or with data owned by it')
      .addOption(new Option('--kind <kind>', 'only these').choices([...kinds]))
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({
          unit,
          team,
          kind,
          nextToken,
          ...flags
        }: ApiFlags & Record<'unit' | 'team' | 'kind' | 'nextToken', string | undefined>) =>
          askAndPrint<{ resources: readonly Resource[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/resources', query: { unit, team, kind, nextToken } },
            ({ resources, nextToken: next }) => listed(resources, describeResource, 'There is no such resource.', next),
          ),
      ),
  );

  org.addCommand(
    apiCommand('orphans', 'what nobody answers for')
      .option(
        '--on <day>',
        'as it will be at the end of this day: what leaves with those whose time ends until then',
        dayOrMoment,
      )
      .option('--left-by <principal>', 'what this principal left behind')
      .option('--next-token <token>', 'go on where the page before ended')
      .action(
        ({ on, leftBy, nextToken, ...flags }: ApiFlags & Record<'on' | 'leftBy' | 'nextToken', string | undefined>) =>
          askAndPrint<{ orphans: readonly Orphan[]; nextToken?: string }>(
            flags,
            { method: 'GET', path: '/orphans', query: { on, leftBy, nextToken } },
            ({ orphans, nextToken: next }) => listed(orphans, describeOrphan, 'There are none.', next),
          ),
      ),
  );

  org.addCommand(
    apiCommand('place', 'say where a resource is and who owns it; what is not given stays')
      .argument('<resource>', 'its ARN, or e.g. environment/prod, service/shop, account/111122223333')
      .option('--unit <name>', 'the unit; none: where its whole is, or the root')
      .option('--owner <team>', 'who answers for it; none: nobody')
      .option('--data-owner <team>', 'who answers for the data in it; none: nobody')
      .option('--class <class>', 'of an environment: sandbox, test, production, or a word of your own; none')
      .addOption(
        new Option('--label <key=value>', 'replaces all labels; may be given several times').argParser(
          namedValues('key=value'),
        ),
      )
      .action((resource: string, { unit, owner, dataOwner, class: environmentClass, label, ...flags }: PlaceFlags) => {
        const value = (given: string | undefined) => (given === 'none' ? null : given);
        const body = {
          resource,
          unit: value(unit),
          owner: value(owner),
          dataOwner: value(dataOwner),
          environmentClass: value(environmentClass),
          labels: label,
        };
        return askAndPrint<{ resource: Resource }>(flags, { method: 'PUT', path: '/resources', body }, (answer) => [
          describeResource(answer.resource),
        ]);
      }),
  );

  const kind = () => new Argument('<kind>', 'unit or team').choices(['unit', 'team']);
  org.addCommand(
    apiCommand('rename', 'give a unit or a team another name; what is in it, and what holds there, goes along')
      .addArgument(kind())
      .argument('<name>', 'which')
      .argument('<to>', 'what it is called from now on')
      .addHelpText('after', '\nExample:\n  deuteron org rename unit shop store\n')
      .action((of: 'unit' | 'team', name: string, to: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'POST', path: `/${of}s/${encodeURIComponent(name)}/rename`, body: { to } }, () => [
          `The ${of} ${name} is called ${to}.`,
        ]),
      ),
  );

  org.addCommand(
    apiCommand('move', 'put a unit or a team into another unit, with all that is in it')
      .addArgument(kind())
      .argument('<name>', 'which')
      .argument('<unit>', 'where to')
      .addHelpText('after', '\nExample:\n  deuteron org move team checkout shop\n')
      .action((of: 'unit' | 'team', name: string, unit: string, flags: ApiFlags) => move(of, name, unit, flags)),
  );

  org.addCommand(
    apiCommand('join', 'take somebody into a team, or change his role or the end of his time in it')
      .argument('<team>', 'which')
      .argument('<principal>', 'who')
      .option('--lead', 'as lead', false)
      .option('--until <day>', 'the last day, as 2027-01-31, or a moment with its zone', dayOrMoment)
      .action(
        (team: string, principal: string, { lead, until, ...flags }: ApiFlags & { lead: boolean; until?: string }) =>
          askAndPrint<{ membership: TreeMembership }>(
            flags,
            { method: 'PUT', path: member(team, principal), body: { role: lead ? 'lead' : 'member', until } },
            ({ membership }) => [
              `${principal} is in ${team} as ${membership.role}${membership.until ? ` until ${membership.until}` : ''}.`,
            ],
          ),
      ),
  );

  org.addCommand(
    apiCommand('leave', 'end a membership now')
      .argument('<team>', 'which')
      .argument('<principal>', 'whose')
      .action((team: string, principal: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: member(team, principal) }, () => [
          `${principal} has left ${team}. deuteron org orphans --left-by ${principal} lists what has nobody now.`,
        ]),
      ),
  );
  return org;
}

/** All that it has stays as it is. */
async function move(of: 'unit' | 'team', name: string, unit: string, flags: ApiFlags): Promise<void> {
  const all = await askAll<TreeUnit & TreeTeam>(flags.endpointUrl, `${of}s`);
  const found = all.ok ? all.value.find((each) => each.name === name) : undefined;
  if (!all.ok) return printRefusal(all.refusal, flags);
  if (!found) return printRefusal(noSuch(of, name), flags);
  const { name: _, ...described } = found;
  const body = { ...described, [of === 'unit' ? 'parent' : 'unit']: unit };
  return askAndPrint(flags, { method: 'PUT', path: `/${of}s/${encodeURIComponent(name)}`, body }, () => [
    `The ${of} ${name} is in ${unit}.`,
  ]);
}

async function show({ endpointUrl, json }: ApiFlags): Promise<void> {
  const units = await askAll<TreeUnit>(endpointUrl, 'units');
  const teams = units.ok ? await askAll<TreeTeam>(endpointUrl, 'teams') : units;
  const memberships = teams.ok ? await askAll<TreeMembership>(endpointUrl, 'memberships') : teams;
  if (!units.ok || !teams.ok || !memberships.ok) {
    const refused = [units, teams, memberships].find((each) => !each.ok);
    if (refused && !refused.ok) printRefusal(refused.refusal, { json });
    return;
  }
  const all = { units: units.value, teams: teams.value, memberships: memberships.value };
  console.log(json ? JSON.stringify(all, null, 2) : organizationTree(all.units, all.teams, all.memberships).join('\n'));
}

function noSuch(of: 'unit' | 'team', name: string) {
  return refuse({
    kind: 'missing',
    code: of === 'unit' ? 'unit-missing' : 'team-missing',
    message: `There is no ${of} '${name}'.`,
    remedy: 'deuteron org show lists them all.',
  }).refusal;
}

/** Page by page. */
async function askAll<Item>(endpointUrl: string, name: string): Promise<Result<readonly Item[]>> {
  const items: Item[] = [];
  let nextToken: string | undefined;
  do {
    const page: Result<Record<string, readonly Item[] | string | undefined>> = await askServer(endpointUrl, {
      method: 'GET',
      path: `/${name}`,
      query: { nextToken },
    });
    if (!page.ok) return page;
    items.push(...(page.value[name] as readonly Item[]));
    nextToken = page.value.nextToken as string | undefined;
  } while (nextToken !== undefined);
  return accept(items);
}

function describeResource({ arn, unitPath, ownerTeam, dataOwnerTeam, environmentClass, labels }: Resource): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return [
    shortArn(arn),
    `in ${unitPath.join('/')}`,
    ownerTeam ? `owned by ${ownerTeam}` : 'without owner',
    ...(dataOwnerTeam ? [`data owned by ${dataOwnerTeam}`] : []),
    ...(environmentClass ? [environmentClass] : []),
    ...(pairs.length > 0 ? [`[${pairs.join(', ')}]`] : []),
  ].join('  ');
}

function describeOrphan({ arn, unitPath, ownership, reason, team, lastMember, leftAt }: Orphan): string {
  const what = ownership === 'owner' ? '' : 'its data: ';
  const last = lastMember && leftAt ? `; ${lastMember} left on ${lastDay(leftAt)}` : '';
  const why =
    reason === 'no-owner'
      ? 'it has no owner: made without the tag deuteron:owner, by nobody of one team alone'
      : `nobody is in the team ${team}${last}`;
  return `${shortArn(arn)}  in ${unitPath.join('/')}  ${what}${why}`;
}

/** Who leaves at midnight was there on the day before. */
function lastDay(leftAt: string): string {
  return new Date(Date.parse(leftAt) - 1).toISOString().slice(0, 10);
}
