import { readFile, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command, Option } from 'commander';
import { packBundleArchive, readBundleFolder } from '../bundles/index.ts';
import { describeReport, reportMarkdown } from '../changes/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import type { ApiRequest } from './api-client.ts';
import { type ApiFlags, apiCommand, askAndPrint, askServer, listed } from './api-flags.ts';
import { unreadable } from './given-file.ts';
import { versionNumber, wholeNumber } from './given-values.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';
import { type ReportAnswer, reportOf, versionOf } from './report-answer.ts';

interface KindFlags extends ApiFlags {
  readonly kind: 'environment' | 'service';
}

interface Version {
  readonly version: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly availability: 'open' | 'deprecated' | 'withdrawn';
  readonly isRecommended: boolean;
  readonly description?: string;
}

const several = (text: string, before: readonly string[]) => [...before, text];
export const majorVersion = wholeNumber(1, 999_999_999);

/** The path of a template in the native API. */
export function templatePath({ kind }: Pick<KindFlags, 'kind'>, template: string): string {
  return `/templates/${kind}/${encodeURIComponent(template)}`;
}

/** A command about a template on a server. */
function templateCommand(name: string, description: string): Command {
  return apiCommand(name, description)
    .argument('<template>', 'the name of the template')
    .addOption(
      new Option('--kind <kind>', 'what it is a template of').choices(['environment', 'service']).default('service'),
    );
}

/** Asks about a template. What is missing among those of one kind may be of the other. */
function askTemplate<Answer>(
  flags: KindFlags,
  request: ApiRequest,
  lines: (answer: Answer) => readonly string[],
): Promise<void> {
  return askAndPrint(flags, request, lines, undefined, (refusal) => ofOtherKind(flags, refusal));
}

export function ofOtherKind({ kind }: Pick<KindFlags, 'kind'>, refusal: Refusal): Refusal {
  if (refusal.code !== 'template-missing' && refusal.code !== 'template-version-missing') return refusal;
  const other = kind === 'service' ? 'environment' : 'service';
  const article = other === 'environment' ? 'an' : 'a';
  return { ...refusal, remedy: `${refusal.remedy} If it is ${article} ${other} template, say --kind ${other}.` };
}

/** `deuteron version register|list|report|publish|recommend|deprecate|withdraw|reinstate|enforcement`. */
export function versionRegistryCommands(): Command[] {
  return [
    registerCommand(),
    listCommand(),
    reportCommand(),
    changeCommand('publish', 'publish a draft; refused when it is more than its number says'),
    changeCommand('recommend', 'recommend a version in its major, until a higher one is published'),
    changeCommand('deprecate', 'let nothing new come to a version; what is at it can still be updated', true),
    changeCommand('withdraw', 'let nothing be deployed at a version any more; what is at it stays as it is', true),
    changeCommand('reinstate', 'take back that a version was deprecated or withdrawn'),
    enforcementCommand(),
  ];
}

interface RegisterFlags extends KindFlags {
  readonly major?: number;
  readonly description?: string;
  readonly runsIn: readonly string[];
  readonly components: boolean;
}

function registerCommand(): Command {
  return templateCommand('register', 'register a bundle as a version, and wait until it is one')
    .argument('<bundle>', 'its folder, or a tar archive of it')
    .addOption(
      new Option('--major <number>', 'the next minor of this major version (default: a new major)').argParser(
        majorVersion,
      ),
    )
    .option('--description <text>', 'for people')
    .option(
      '--runs-in <template:major>',
      'service: an environment it can run in; may be given several times',
      several,
      [],
    )
    .option('--components', 'service: components may be attached to instances', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 it is a draft, 1 it was refused, 2 the bundle cannot be read.\n\nExample:\n  deuteron version register worker examples/worker/v2 --runs-in network:1\n',
    )
    .action(registerVersion);
}

async function registerVersion(template: string, bundle: string, flags: RegisterFlags): Promise<void> {
  const body = await archiveOf(bundle);
  if (!body.ok) return printRefusal(body.refusal, flags, usedWronglyExitCode);
  const path = `${templatePath(flags, template)}/versions`;
  const query = {
    majorVersion: flags.major?.toString(),
    description: flags.description,
    compatibleEnvironments: flags.runsIn,
    componentSources: flags.components ? ['DIRECTLY_DEFINED'] : [],
  };
  const begun = await askServer<{ version: Version }>(flags.endpointUrl, {
    method: 'POST',
    path,
    query,
    body: body.value,
  });
  let answer = begun;
  while (answer.ok && answer.value.version.status === 'REGISTRATION_IN_PROGRESS') {
    await sleep(250);
    answer = await askServer(flags.endpointUrl, { method: 'GET', path: `${path}/${answer.value.version.version}` });
  }
  if (!answer.ok) return printRefusal(ofOtherKind(flags, answer.refusal), flags);
  const { version } = answer.value;
  if (flags.json) console.log(JSON.stringify(answer.value, null, 2));
  else console.log([describeVersion(version), ...(version.statusMessage ? [version.statusMessage] : [])].join('\n'));
  if (version.status === 'REGISTRATION_FAILED') process.exitCode = 1;
}

/** The bytes to send: of a folder its archive, of a file what is in it. */
async function archiveOf(path: string): Promise<Result<Uint8Array>> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) {
    const bundle = await readBundleFolder(path);
    return bundle.ok ? accept(await packBundleArchive(bundle.value)) : bundle;
  }
  try {
    return accept(await readFile(path));
  } catch (error) {
    return unreadable(path, error as Error);
  }
}

function listCommand(): Command {
  return templateCommand('list', 'the versions of a template: of each major the highest, or all of one')
    .addOption(new Option('--major <number>', 'all of this major version').argParser(majorVersion))
    .option('--next-token <token>', 'go on where the page before ended')
    .action((template: string, flags: KindFlags & { readonly major?: number; readonly nextToken?: string }) =>
      askTemplate<{ versions: readonly Version[]; nextToken?: string }>(
        flags,
        {
          method: 'GET',
          path: `${templatePath(flags, template)}/versions`,
          query: { major: flags.major?.toString(), nextToken: flags.nextToken },
        },
        ({ versions, nextToken }) => listed(versions, describeVersion, 'There is no version.', nextToken),
      ),
    );
}

function reportCommand(): Command {
  return templateCommand('report', 'what a version does to whoever comes to it from the version before it')
    .argument('<version>', 'major.minor', versionNumber)
    .addOption(new Option('--markdown', 'for a pull request').default(false).conflicts('json'))
    .addHelpText('after', '\nExample:\n  deuteron version report worker 1.1 --markdown\n')
    .action((template: string, version: string, flags: KindFlags & { readonly markdown: boolean }) =>
      askTemplate<{ version: string; report: ReportAnswer }>(
        flags,
        { method: 'GET', path: `${templatePath(flags, template)}/versions/${encodeURIComponent(version)}/report` },
        (answer) => {
          const describe = flags.markdown ? reportMarkdown : describeReport;
          return [describe(versionOf(answer.version), reportOf(answer.report))];
        },
      ),
    );
}

function changeCommand(action: string, description: string, hasReason = false): Command {
  const command = templateCommand(action, description).argument('<version>', 'major.minor', versionNumber);
  if (hasReason) command.option('--reason <text>', 'why, for people; shown in the status message');
  return command.action((template: string, version: string, flags: KindFlags & { readonly reason?: string }) =>
    askTemplate<{ version: Version }>(
      flags,
      {
        method: 'POST',
        path: `${templatePath(flags, template)}/versions/${encodeURIComponent(version)}/${action}`,
        ...(hasReason && { body: { reason: flags.reason } }),
      },
      (answer) => [
        describeVersion(answer.version),
        ...(answer.version.statusMessage ? [answer.version.statusMessage] : []),
      ],
    ),
  );
}

function enforcementCommand(): Command {
  return templateCommand('enforcement', 'what becomes of a version of this template that is more than its number says')
    .addArgument(new Argument('<rule>', 'publishing it is refused, or it only warns').choices(['refuse', 'warn']))
    .action((template: string, rule: string, flags: KindFlags) =>
      askTemplate<{ template: { versionEnforcement: string } }>(
        flags,
        {
          method: 'PUT',
          path: `${templatePath(flags, template)}/version-enforcement`,
          body: { versionEnforcement: rule },
        },
        (answer) => [`${template}: ${answer.template.versionEnforcement}`],
      ),
    );
}

function describeVersion({ version, status, availability, isRecommended, description }: Version): string {
  const marks = [status, ...(availability === 'open' ? [] : [availability]), ...(isRecommended ? ['recommended'] : [])];
  return `${version.padEnd(6)} ${marks.join(', ')}${description ? `  ${description}` : ''}`;
}
