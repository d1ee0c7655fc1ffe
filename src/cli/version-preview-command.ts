import { type Command, InvalidArgumentError, Option } from 'commander';
import { packBundleArchive, readBundleFolder } from '../bundles/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import type { ApiRequest } from './api-client.ts';
import { type ApiFlags, apiCommand, followServer } from './api-flags.ts';
import { describePreview, previewMarkdown } from './describe-preview.ts';
import { versionNumber } from './given-values.ts';
import type { NamedThing, PreviewEnd, StreamedLine } from './preview-line.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';
import { ofOtherKind } from './version-registry-commands.ts';

interface PreviewFlags extends ApiFlags {
  readonly kind: 'environment' | 'service';
  readonly where: Where;
  readonly groupBy: readonly string[];
  readonly bundle?: string;
  readonly csv: boolean;
  readonly markdown: boolean;
  readonly all: boolean;
}

type Where = Readonly<Record<string, readonly string[]>>;
const whereKeys = ['environment', 'service', 'deployed', 'part', 'owner', 'unit', 'class', 'tag'];

/** `deuteron version preview <template> <major.minor>`. */
export function versionPreviewCommand(): Command {
  return apiCommand('preview', 'say what a version would do to each thing that is deployed from its template, and why')
    .argument('<template>', 'the name of the template')
    .argument('<version>', 'a version of it, draft or published: major.minor', versionNumber)
    .addOption(
      new Option('--kind <kind>', 'what it is a template of').choices(['environment', 'service']).default('service'),
    )
    .option(
      '--where <key=value>',
      `only some: ${whereKeys.join(', ')} (tag:<key>=<value>); may be given several times`,
      addWhere,
      {},
    )
    .option(
      '--group-by <key>',
      'environment, service, deployed, part, owner, unit, class, or the key of a tag; may be given several times (default: environment)',
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option('--bundle <folder>', 'a bundle that is not registered, as if it were this version')
    .option('--all', 'as text: every thing in a line of its own, too', false)
    .addOption(new Option('--csv', 'a row for each thing').default(false).conflicts(['markdown', 'json']))
    .addOption(new Option('--markdown', 'for a pull request').default(false).conflicts('json'))
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing graver than an interruption, 3 something is replaced, fails or could not be judged, 4 data is at risk, 2 it could not be asked.\n\nExamples:\n  deuteron version preview worker 2.0 --where environment=sandbox\n  deuteron version preview worker 2.0 --where class=production --group-by owner\n  deuteron version preview worker 2.0 --bundle worker/v2 --where tag:deuteron:owner=shop --markdown\n',
    )
    .action(previewVersion);
}

function addWhere(text: string, before: Where): Where {
  const [, key = '', tagKey, value = ''] = /^([a-z]+)(?::([^=]+))?=(.+)$/.exec(text) ?? [];
  if (!whereKeys.includes(key) || (key === 'tag') !== (tagKey !== undefined)) {
    throw new InvalidArgumentError(
      `"${text}" has not the form key=value with a key of ${whereKeys.join(', ')}, or tag:<key>=<value>`,
    );
  }
  return { ...before, [key]: [...(before[key] ?? []), key === 'tag' ? `${tagKey}=${value}` : value] };
}

async function previewVersion(template: string, version: string, flags: PreviewFlags): Promise<void> {
  const request = await requestOf(template, version, flags);
  const lines = request.ok ? await followServer<StreamedLine>(flags.endpointUrl, request.value) : request;
  const end = lines.ok ? await follow(lines.value, flags) : lines;
  if (end.ok) {
    process.exitCode = exitCodeOf(end.value);
    return;
  }
  printRefusal(ofOtherKind(flags, end.refusal), flags, usedWronglyExitCode);
}

async function requestOf(template: string, version: string, flags: PreviewFlags): Promise<Result<ApiRequest>> {
  const path = `/templates/${flags.kind}/${encodeURIComponent(template)}/versions/${encodeURIComponent(version)}/preview`;
  const query = { ...flags.where, ...(flags.groupBy.length > 0 && { groupBy: flags.groupBy }) };
  if (flags.bundle === undefined) return accept({ method: 'GET', path, query });
  const bundle = await readBundleFolder(flags.bundle);
  if (!bundle.ok) return bundle;
  return accept({ method: 'POST', path, query, body: await packBundleArchive(bundle.value) });
}

/** Prints what comes; how far it is goes to standard error. */
async function follow(lines: AsyncIterable<StreamedLine>, flags: PreviewFlags): Promise<Result<PreviewEnd>> {
  const things: NamedThing[] = [];
  const row = flags.csv ? (await import('../fleet/index.ts')).csvRow : undefined;
  if (row) process.stdout.write((await import('../fleet/index.ts')).csvHead);
  let begin: (StreamedLine & { line: 'begin' }) | undefined;
  try {
    for await (const line of lines) {
      switch (line.line) {
        case 'begin':
          begin = line;
          break;
        case 'thing':
          if (row) process.stdout.write(row(line));
          else if (flags.json || flags.all) things.push(line);
          break;
        case 'progress':
          tellProgress(`${line.done} of ${line.of} looked at`);
          break;
        case 'end':
          tellProgress('');
          if (begin && !row) console.log(shown(begin, things, line, flags));
          return accept(line);
      }
    }
  } catch {
    // said below: what came is not all
  }
  return refuse({
    kind: 'unavailable',
    code: 'preview-cut-off',
    message: 'The server stopped telling before the preview was over.',
    remedy: "Ask again; the server's log may say why.",
  });
}

function shown(
  begin: StreamedLine & { line: 'begin' },
  things: readonly NamedThing[],
  end: PreviewEnd,
  { json, markdown }: PreviewFlags,
): string {
  if (json) {
    const { line: _, of: __, ...head } = begin;
    const { line: ___, ...summary } = end;
    return JSON.stringify({ ...head, things: things.map(({ line: ____, ...thing }) => thing), summary }, null, 2);
  }
  return markdown ? previewMarkdown(begin, things, end) : describePreview(begin, things, end);
}

/** On a terminal in one line that is written over; elsewhere a line each. */
function tellProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  else if (text !== '') process.stderr.write(`${text}\n`);
}

/** As `template diff` has them: the gravest decides. */
function exitCodeOf({ counts }: PreviewEnd): number {
  if (counts['data-at-risk'] > 0) return 4;
  return counts.replacement + counts.fails + counts.unjudged > 0 ? 3 : 0;
}
