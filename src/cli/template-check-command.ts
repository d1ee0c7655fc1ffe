import { stat } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import { type Bundle, checkBundle, type Finding, packBundleArchive, readBundleFolder } from '../bundles/index.ts';
import {
  type ComparisonJson,
  changesJson,
  changesMarkdown,
  compareBundles,
  describeChanges,
  readTerraformSides,
  shownComparison,
} from '../changes/index.ts';
import { accept, placeOf, type Result } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askServer } from './api-flags.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';
import type { ReportAnswer } from './report-answer.ts';
import { majorVersion, templatePath } from './version-registry-commands.ts';

interface TemplateCheckFlags extends ApiFlags {
  readonly kind: 'environment' | 'service';
  readonly against?: string;
  readonly bump: 'minor' | 'major';
  readonly major?: number;
  readonly customerManaged: boolean;
  readonly markdown: boolean;
}

/** `deuteron template check <folder>`. */
export function templateCheckCommand(): Command {
  return apiCommand('check', 'check a bundle, and whether it may follow on the version before it')
    .argument('<folder>', 'the folder of the bundle')
    .addOption(
      new Option('--kind <kind>', 'what it is a bundle of').choices(['environment', 'service']).makeOptionMandatory(),
    )
    .option(
      '--against <folder|template>',
      'the bundle before it, or the name of a template on the server: then it is also tried on what is deployed',
    )
    .addOption(new Option('--bump <step>', 'what its number will say').choices(['minor', 'major']).default('minor'))
    .addOption(
      new Option(
        '--major <number>',
        'with a template: the major version it is a minor of (default: the recommended one)',
      )
        .argParser(majorVersion)
        .conflicts('bump'),
    )
    .option('--customer-managed', 'environment: schema only; service: without pipeline', false)
    .addOption(new Option('--markdown', 'for a pull request').default(false).conflicts('json'))
    .addHelpText(
      'after',
      '\nExit codes: 0 it may follow, 1 the bundle has errors, 3 it is breaking and 4 data-affecting where a minor version must not be, 2 something cannot be read or asked.\n\nExamples:\n  deuteron template check examples/worker/v2 --kind service --against examples/worker/v1 --markdown\n  deuteron template check worker --kind service --against worker\n',
    )
    .action(checkTemplate);
}

/** What is known of a bundle, wherever it was worked out. */
interface Checked {
  readonly digest: string;
  readonly findings: readonly Finding[];
  /** What it was compared with; absent: nothing. */
  readonly against?: string;
  readonly comparison?: ComparisonJson;
}

const exitCodes = { compatible: 0, breaking: 3, 'data-affecting': 4 } as const;

async function checkTemplate(folder: string, flags: TemplateCheckFlags): Promise<void> {
  const checked = await check(folder, flags);
  if (!checked.ok) return printRefusal(checked.refusal, flags, usedWronglyExitCode);
  const { findings, comparison } = checked.value;
  const isRefused = findings.some(({ severity }) => severity === 'error');
  const tooSmall = flags.bump === 'minor' && comparison?.requiredBump === 'major';
  const may = isRefused ? 'refused' : tooSmall ? 'bump-too-small' : 'accepted';
  if (flags.json) console.log(JSON.stringify({ ...checked.value, bump: flags.bump, may }, null, 2));
  else console.log((flags.markdown ? markdownOf : textOf)(checked.value, flags.bump, may).join('\n'));
  process.exitCode = isRefused ? 1 : tooSmall && comparison ? exitCodes[comparison.versionClass] : 0;
}

async function check(folder: string, flags: TemplateCheckFlags): Promise<Result<Checked>> {
  const { against, kind, customerManaged } = flags;
  const bundle = await readBundleFolder(folder);
  if (!bundle.ok) return bundle;
  const { digest } = bundle.value;
  if (against !== undefined && !(await isFolder(against))) return askTemplate(bundle.value, against, flags);
  const { findings } = await checkBundle(bundle.value, { kind, customerManaged });
  if (against === undefined) return accept({ digest, findings });
  const before = await readBundleFolder(against);
  if (!before.ok) return before;
  const sides = await readTerraformSides(before.value, bundle.value, kind);
  if (!sides.ok) return sides;
  const comparison = changesJson(compareBundles(before.value, bundle.value, kind, {}, {}, sides.value));
  return accept({ digest, findings, against, comparison });
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}

interface CheckAnswer {
  readonly findings: readonly Finding[];
  readonly report?: ReportAnswer;
}

async function askTemplate(bundle: Bundle, template: string, flags: TemplateCheckFlags): Promise<Result<Checked>> {
  const { endpointUrl } = flags;
  const path = templatePath(flags, template);
  const major = flags.bump === 'major' ? accept(undefined) : await majorToContinue(template, flags);
  if (!major.ok) return major;
  const answer = await askServer<CheckAnswer>(endpointUrl, {
    method: 'POST',
    path: `${path}/check`,
    query: { majorVersion: major.value?.toString() },
    body: await packBundleArchive(bundle),
  });
  if (!answer.ok) return answer;
  const { findings, report } = answer.value;
  const compared = report?.kind === 'compared' && {
    against: `${template} ${report.against}`,
    comparison: report.comparison,
  };
  return accept({ digest: bundle.digest, findings, ...compared });
}

/** The major that a minor version would belong to: the given, the recommended, or the highest; undefined for a first one. */
async function majorToContinue(template: string, flags: TemplateCheckFlags): Promise<Result<number | undefined>> {
  if (flags.major !== undefined) return accept(flags.major);
  const query = { name: template };
  const found = await askServer<{ templates: readonly { kind: string; recommendedVersion?: string }[] }>(
    flags.endpointUrl,
    { method: 'GET', path: '/templates', query },
  );
  if (!found.ok) return found;
  const recommended = found.value.templates.find(({ kind }) => kind === flags.kind)?.recommendedVersion;
  if (recommended !== undefined) return accept(Number(recommended.split('.')[0]));
  const listed = await askServer<{ versions: readonly { version: string }[] }>(flags.endpointUrl, {
    method: 'GET',
    path: `${templatePath(flags, template)}/versions`,
  });
  if (!listed.ok) return listed;
  const highest = listed.value.versions[0]?.version;
  return accept(highest === undefined ? undefined : Number(highest.split('.')[0]));
}

type Answer = 'refused' | 'bump-too-small' | 'accepted';

function verdict({ against }: Checked, bump: 'minor' | 'major', may: Answer): string {
  const after = against === undefined ? '' : ` after ${against}`;
  if (may === 'refused') return 'It has errors and would be refused.';
  if (may === 'bump-too-small')
    return `It must not be a minor version${after}. Register it as a new major version, or take back what forces one.`;
  return against === undefined ? 'It may be registered.' : `It may be a ${bump} version${after}.`;
}

function textOf(checked: Checked, bump: 'minor' | 'major', may: Answer): string[] {
  const { findings, comparison } = checked;
  const found = findings.map(
    ({ severity, rule, position, message, remedy }) =>
      `${placeOf(position)}: ${severity} ${rule}: ${message}\n    ${remedy}`,
  );
  const compared = comparison ? [describeChanges(shownComparison(comparison)), ''] : [];
  return [...found, ...(found.length > 0 ? [''] : []), ...compared, verdict(checked, bump, may)];
}

function markdownOf(checked: Checked, bump: 'minor' | 'major', may: Answer): string[] {
  const { findings, comparison } = checked;
  const lines = [`### Bundle check: ${may}`, '', verdict(checked, bump, may)];
  if (findings.length > 0) lines.push('', '| place | severity | rule | what | what to do |', '|---|---|---|---|---|');
  for (const { position, severity, rule, message, remedy } of findings)
    lines.push(`| ${[placeOf(position), severity, rule, message, remedy].map(cell).join(' | ')} |`);
  if (comparison) lines.push('', changesMarkdown(shownComparison(comparison)));
  return lines;
}

function cell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
}
