import { Command, InvalidArgumentError, Option } from 'commander';
import {
  bundleText,
  parseServiceSpec,
  readBundleFolder,
  readParameterSchema,
  type SpecPart,
  upgradeStepsOf,
} from '../bundles/index.ts';
import { type KnownVersion, type TraceEntry, upgradeSpec } from '../changes/index.ts';
import { accept, placeOf, type Result, refuse } from '../errors/index.ts';
import { parseYaml, yamlData } from '../yaml-source/index.ts';
import { readGivenFile } from './given-file.ts';
import { namedValues } from './named-value.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';

interface VersionNumber {
  readonly major: number;
  readonly minor: number;
}

interface Flags {
  readonly kind: 'environment' | 'service';
  readonly from: VersionNumber;
  readonly to: VersionNumber;
  readonly spec: string;
  readonly instance?: string;
  readonly answer: ReadonlyMap<string, unknown>;
  readonly output: Readonly<Record<string, string>>;
  readonly json: boolean;
}

interface PartTrace {
  /** `environment`, `pipeline`, or the name of an instance. */
  readonly part: string;
  readonly trace: readonly TraceEntry[];
}

/** `deuteron template upgrade-inputs`: what upgrade steps make of a spec, without a server. */
export function upgradeInputsCommand(): Command {
  return new Command('upgrade-inputs')
    .description(
      'show what the upgrade steps of bundles make of a spec, without a server; the spec goes to standard output',
    )
    .argument(
      '<folders...>',
      'the versions on the way, oldest first; 2.1=folder for another number than the next major',
    )
    .addOption(
      new Option('--kind <kind>', 'what they are bundles of').choices(['environment', 'service']).makeOptionMandatory(),
    )
    .requiredOption('--from <version>', 'the version that the spec is of: 1, or 1.2', versionNumber)
    .requiredOption('--to <version>', 'the version that it shall be of', versionNumber)
    .requiredOption('--spec <file>', 'the spec; it is only read')
    .option('--instance <name>', 'service: upgrade this instance alone (default: all of them, and the pipeline)')
    .option('--answer </place=value>', 'to a question of a step; may be given several times', answer, new Map())
    .option(
      '--output <Name=value>',
      'an output of the environment, for expressions; may be given several times',
      namedValues('Name=value'),
      {},
    )
    .option('--json', 'spec and trace as JSON', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 upgraded, 1 refused, 2 a folder or the spec cannot be read.\n\nExample:\n  deuteron template upgrade-inputs worker/v1 worker/v2 --kind service --from 1 --to 2 --spec orders.yaml > orders-v2.yaml\n',
    )
    .action(run);
}

async function run(folders: readonly string[], flags: Flags): Promise<void> {
  const read = await readAll(folders, flags);
  if (!read.ok) return printRefusal(read.refusal, flags, usedWronglyExitCode);
  const upgraded = upgradeAll(read.value.text, read.value.versions, flags);
  if (!upgraded.ok) return printRefusal(upgraded.refusal, flags);
  const { text, traces } = upgraded.value;
  if (flags.json) {
    console.log(JSON.stringify({ spec: text, parts: traces }, null, 2));
    return;
  }
  for (const { part, trace } of traces) {
    console.error(
      `${part}: ${trace.length === 0 ? 'nothing to do on the way; the inputs fit as they are.' : ''}`.trimEnd(),
    );
    for (const { step, position, operation, outcome, detail } of trace)
      console.error(
        `  ${step}: ${operation}: ${outcome === 'done' ? detail : `skipped, ${detail}`} (${placeOf(position)})`,
      );
  }
  process.stdout.write(text);
}

async function readAll(
  folders: readonly string[],
  flags: Flags,
): Promise<Result<{ versions: KnownVersion[]; text: string }>> {
  const versions: KnownVersion[] = [];
  for (const [index, given] of folders.entries()) {
    const [, major, minor = '0', folder = given] = /^(\d+)(?:\.(\d+))?=(.+)$/.exec(given) ?? [];
    const number = major === undefined ? numberOf(index, flags) : { major: Number(major), minor: Number(minor) };
    const version = await readVersion(folder, number, flags);
    if (!version.ok) return version;
    versions.push(version.value);
  }
  const missing = [flags.from, flags.to].find((end) => !versions.some((each) => isSame(each, end)));
  if (missing) return noFolder(missing, versions);
  const text = await readGivenFile(flags.spec);
  return text.ok ? accept({ versions, text: text.value }) : text;
}

/** The first folder is `from`, each further one the next major; the minor of `to` is its own. */
function numberOf(index: number, { from, to }: Flags): VersionNumber {
  if (index === 0) return from;
  const major = from.major + index;
  return major === to.major ? to : { major, minor: 0 };
}

async function readVersion(folder: string, number: VersionNumber, { kind }: Flags): Promise<Result<KnownVersion>> {
  const bundle = await readBundleFolder(folder);
  if (!bundle.ok) return bundle;
  const schema = readParameterSchema(bundleText(bundle.value, 'schema/schema.yaml') ?? '', kind);
  const { steps, findings } = upgradeStepsOf(bundle.value);
  const errors = [...schema.findings, ...findings].filter(({ severity }) => severity === 'error');
  if (schema.schema && errors.length === 0) return accept({ ...number, schema: schema.schema, steps });
  const lines = errors.map(
    ({ position, rule, message, remedy }) => `${placeOf(position)}: ${rule}: ${message} ${remedy}`,
  );
  return unreadable(
    `The bundle ${folder} has errors.\n${lines.join('\n')}`,
    'deuteron check shows all that is wrong with a bundle.',
  );
}

function upgradeAll(
  text: string,
  versions: readonly KnownVersion[],
  flags: Flags,
): Result<{ text: string; traces: PartTrace[] }> {
  const parts = partsOf(text, flags);
  if (!parts.ok) return parts;
  const traces: PartTrace[] = [];
  let current = text;
  for (const { part, environment } of parts.value) {
    const name = part.kind === 'instance' ? part.instance : part.kind;
    const sight = {
      instance: { name: part.kind === 'instance' ? name : '', environment, service: '' },
      env: { name: environment, outputs: flags.output },
    };
    const { from, to, answer: answers } = flags;
    const upgraded = upgradeSpec({ text: current, part, versions, from, to, sight, answers });
    if (!upgraded.ok)
      return { ok: false, refusal: { ...upgraded.refusal, message: `${name}: ${upgraded.refusal.message}` } };
    current = upgraded.value.text;
    traces.push({ part: name, trace: upgraded.value.trace });
  }
  return accept({ text: current, traces });
}

function partsOf(text: string, { kind, instance }: Flags): Result<readonly { part: SpecPart; environment: string }[]> {
  if (kind === 'environment') return accept([{ part: { kind }, environment: '' }]);
  const spec = parseServiceSpec(text);
  if (!spec.ok) return spec;
  const instances = spec.value.instances
    .filter(({ name }) => instance === undefined || name === instance)
    .map(({ name, environment }) => ({ part: { kind: 'instance', instance: name } as const, environment }));
  if (instance !== undefined && instances.length === 0)
    return accept([{ part: { kind: 'instance', instance }, environment: '' }]);
  const isWithPipeline = spec.value.pipeline !== undefined && instance === undefined;
  return accept(isWithPipeline ? [{ part: { kind: 'pipeline' }, environment: '' }, ...instances] : instances);
}

function noFolder({ major, minor }: VersionNumber, versions: readonly VersionNumber[]) {
  const given = versions.map((each) => `${each.major}.${each.minor}`).join(', ');
  return unreadable(
    `No folder is given for version ${major}.${minor}; there are ${given}.`,
    'Name a folder for each version on the way, oldest first, or say which one it is: 2.1=folder.',
  );
}

function unreadable(message: string, remedy: string) {
  return refuse({ kind: 'invalid', code: 'upgrade-not-readable', message, remedy });
}

function isSame(left: VersionNumber, right: VersionNumber): boolean {
  return left.major === right.major && left.minor === right.minor;
}

function versionNumber(text: string): VersionNumber {
  const [, major, minor = '0'] = /^(\d{1,9})(?:\.(\d{1,9}))?$/.exec(text) ?? [];
  if (major === undefined) throw new InvalidArgumentError('Write 1, or 1.2.');
  return { major: Number(major), minor: Number(minor) };
}

/** The value is read as YAML, so that a number is a number. */
function answer(text: string, before: ReadonlyMap<string, unknown>): ReadonlyMap<string, unknown> {
  const at = text.indexOf('=');
  const value = parseYaml(text.slice(at + 1), 'answer');
  if (!text.startsWith('/') || at < 2 || !value.ok) throw new InvalidArgumentError('Write /place=value.');
  return new Map([...before, [text.slice(0, at), yamlData(value.value)]]);
}
