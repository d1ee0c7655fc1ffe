import { Command, Option } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint, listed } from './api-flags.ts';
import { readGivenFile } from './given-file.ts';
import { begin } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';

interface Assignment {
  readonly scope: string;
  readonly name: string;
  readonly version?: number;
  readonly by: string;
}
interface Simulated {
  readonly at: string;
  readonly principal: string;
  readonly verb: string;
  readonly resource: string;
  readonly was: string;
  readonly would: string;
  readonly change: string;
}

const named = ({ name, version }: Assignment) => (version === undefined ? name : `${name}@${version}`);
const line = (assignment: Assignment) => `${assignment.scope}: ${named(assignment)}  by ${assignment.by}`;
/** As much as a server takes. */
const policyBytesMax = 60_000;
const scopeHelp = 'a unit, as shop; or a part of it, as shop/environment-class:production';

/** `deuteron model ...`: which organizational model rules where. */
export function modelCommands(): Command {
  const model = new Command('model').description(
    'organizational models: which rules where, and what another would mean',
  );
  model.addCommand(
    apiCommand('list', 'the shipped models, and which model rules which scope').action((flags: ApiFlags) =>
      askAndPrint<{ shipped: readonly string[]; assignments: readonly Assignment[] }>(
        flags,
        { method: 'GET', path: '/models' },
        ({ shipped, assignments }) => [
          `Shipped: ${shipped.join(', ')}`,
          ...(assignments.length > 0 ? assignments.map(line) : ['None is assigned: the model unassigned rules.']),
        ],
      ),
    ),
  );
  model.addCommand(
    apiCommand('assign', 'let a model rule a scope from now on; nothing is deployed by that')
      .argument('<scope>', scopeHelp)
      .argument('<model>', 'a shipped one, or a policy of yours: mine, or mine@2')
      .action((scope: string, name: string, flags: ApiFlags) =>
        askAndPrint<{ assignment: Assignment }>(
          flags,
          { method: 'PUT', path: '/models', body: { scope, model: name } },
          ({ assignment }) => [line(assignment)],
        ),
      ),
  );
  model.addCommand(
    apiCommand('unassign', 'take the model of a scope away, so that the next one above rules')
      .argument('<scope>', scopeHelp)
      .action((scope: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'PUT', path: '/models', body: { scope, model: null } }, () => [
          `${scope}: no model of its own.`,
        ]),
      ),
  );
  model.addCommand(
    apiCommand('simulate', 'what decisions would have been under another model or one restriction more')
      .argument('<scope>', scopeHelp)
      .argument('<name>', 'of a model, or with --restriction of a restriction')
      .option('--restriction', 'the name is of a restriction', false)
      .option('--since <time>', 'only decisions from then on: a day, as 2026-11-01, or a moment with its zone', begin)
      .option('--all', 'also those that would be the same', false)
      .action(
        (
          scope: string,
          name: string,
          { restriction, since, all, ...flags }: ApiFlags & { restriction: boolean; since?: string; all: boolean },
        ) =>
          askAndPrint<{ decisions: readonly Simulated[] }>(
            flags,
            {
              method: 'POST',
              path: '/models/simulate',
              body: { scope, name, purpose: restriction ? 'restriction' : 'model', since },
            },
            ({ decisions }) => describeSimulation(decisions, all),
          ),
      ),
  );
  return model;
}

function describeSimulation(decisions: readonly Simulated[], all: boolean): string[] {
  const shown = decisions.filter(({ change }) => all || change !== 'same');
  const count = (change: string) => decisions.filter((each) => each.change === change).length;
  const changed = ['stricter', 'freer', 'other'].map((change) => `${count(change)} ${change}`).join(', ');
  return [
    ...shown.map(
      ({ at, principal, verb, resource, was, would, change }) =>
        `${at}  ${principal} ${verb} ${resource}: ${was} -> ${would} (${change})`,
    ),
    `Of ${decisions.length} decisions ${count('same')} would be the same; ${changed}.`,
  ];
}

/** `deuteron policy ...`: texts of one's own. */
export function policyCommands(): Command {
  const policy = new Command('policy').description('rules of your own: models and restrictions, in versions');
  policy.addCommand(
    apiCommand('list', 'all versions of all policies of your own').action((flags: ApiFlags) =>
      askAndPrint<{
        policies: readonly { name: string; version: number; purpose: string; writtenBy: string; writtenAt: string }[];
      }>(flags, { method: 'GET', path: '/policies' }, ({ policies }) =>
        listed(
          policies,
          ({ name, version, purpose, writtenBy, writtenAt }) =>
            `${name}@${version}  ${purpose}, by ${writtenBy}, ${writtenAt}`,
          'There is no policy of your own.',
        ),
      ),
    ),
  );
  policy.addCommand(
    apiCommand(
      'write',
      'keep a file as the next version of a policy; it holds nowhere until it is assigned or attached',
    )
      .argument('<name>', 'small letters, digits and -')
      .argument('<file>', 'a text in the language of Cedar')
      .addOption(
        new Option('--purpose <purpose>', 'what it is for').choices(['model', 'restriction']).default('restriction'),
      )
      .action(async (name: string, file: string, { purpose, ...flags }: ApiFlags & { purpose: string }) => {
        const text = await readGivenFile(file, { bytesMax: policyBytesMax });
        if (!text.ok) return printRefusal(text.refusal, flags);
        return askAndPrint<{ policy: { name: string; version: number } }>(
          flags,
          { method: 'POST', path: '/policies', body: { name, purpose, text: text.value } },
          ({ policy: written }) => [`${written.name}@${written.version}`],
        );
      }),
  );
  return policy;
}

/** `deuteron restriction ...`: what is forbidden where. */
export function restrictionCommands(): Command {
  const restriction = new Command('restriction').description('rules that only forbid, in a scope and everything below');
  restriction.addCommand(
    apiCommand('list', 'which restrictions hold where').action((flags: ApiFlags) =>
      askAndPrint<{ restrictions: readonly Assignment[] }>(
        flags,
        { method: 'GET', path: '/restrictions' },
        ({ restrictions }) => listed(restrictions, line, 'No restriction holds anywhere.'),
      ),
    ),
  );
  restriction.addCommand(
    apiCommand('attach', 'let a restriction hold in a scope and below')
      .argument('<scope>', scopeHelp)
      .argument('<name>', 'of a policy: mine, or mine@2')
      .action((scope: string, name: string, flags: ApiFlags) =>
        askAndPrint<{ restriction: Assignment }>(
          flags,
          { method: 'PUT', path: '/restrictions', body: { scope, name } },
          ({ restriction: attached }) => [line(attached)],
        ),
      ),
  );
  restriction.addCommand(
    apiCommand('detach', 'take a restriction off a scope')
      .argument('<scope>', scopeHelp)
      .argument('<name>', 'without a version')
      .action((scope: string, name: string, flags: ApiFlags) =>
        askAndPrint(flags, { method: 'DELETE', path: '/restrictions', query: { scope, name } }, () => [
          `${scope}: ${name} holds there no more.`,
        ]),
      ),
  );
  return restriction;
}
