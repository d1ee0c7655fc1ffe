import { Command, Option } from 'commander';
import { type Bundle, parseEnvironmentSpec, parseServiceSpec, readBundleFolder } from '../bundles/index.ts';
import {
  changesJson,
  changesMarkdown,
  compareBundles,
  describeChanges,
  readTerraformSides,
  type StoredParts,
  type TerraformSides,
} from '../changes/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { yamlData } from '../yaml-source/index.ts';
import { readGivenFile } from './given-file.ts';
import { givenInstance } from './given-spec.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';

interface TemplateDiffFlags {
  readonly kind: 'environment' | 'service';
  readonly spec?: string;
  readonly instance?: string;
  readonly json: boolean;
  readonly markdown: boolean;
}

/** `deuteron template diff <old> <new>`. */
export function templateDiffCommand(): Command {
  return new Command('diff')
    .description('say what a new version of a bundle would do to what is deployed from the old one, and why')
    .argument('<old>', 'the folder of the bundle that is deployed')
    .argument('<new>', 'the folder of the bundle that would come after it')
    .addOption(
      new Option('--kind <kind>', 'what they are bundles of').choices(['environment', 'service']).makeOptionMandatory(),
    )
    .option('--spec <file>', 'a spec that is deployed: gives the verdict on it, too')
    .option('--instance <name>', 'service: which instance of the spec (default: the first)')
    .addOption(new Option('--json', 'as JSON').default(false).conflicts('markdown'))
    .option('--markdown', 'for a pull request', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 compatible, 3 breaking, 4 data-affecting, 2 something cannot be read.\n\nExample:\n  deuteron template diff examples/worker/v1 examples/worker/v2 --kind service --spec examples/specs/orders.yaml\n',
    )
    .action(diffTemplates);
}

const exitCodes = { compatible: 0, breaking: 3, 'data-affecting': 4 } as const;

async function diffTemplates(before: string, after: string, flags: TemplateDiffFlags): Promise<void> {
  const read = await readBoth(before, after, flags);
  if (!read.ok) return printRefusal(read.refusal, flags, usedWronglyExitCode);
  const { before: was, after: is, stored, sides } = read.value;
  const comparison = compareBundles(was, is, flags.kind, stored, {}, sides);
  if (flags.json) console.log(JSON.stringify(changesJson(comparison), null, 2));
  else console.log(flags.markdown ? changesMarkdown(comparison) : describeChanges(comparison));
  process.exitCode = exitCodes[comparison.versionClass];
}

interface ReadSides {
  readonly before: Bundle;
  readonly after: Bundle;
  readonly stored: StoredParts;
  readonly sides: TerraformSides;
}

async function readBoth(before: string, after: string, flags: TemplateDiffFlags): Promise<Result<ReadSides>> {
  const [was, is] = await Promise.all([readBundleFolder(before), readBundleFolder(after)]);
  if (!was.ok) return was;
  if (!is.ok) return is;
  const sides = await readTerraformSides(was.value, is.value, flags.kind);
  if (!sides.ok) return sides;
  const read = { before: was.value, after: is.value, sides: sides.value };
  if (flags.spec === undefined) return accept({ ...read, stored: {} });
  const text = await readGivenFile(flags.spec);
  if (!text.ok) return text;
  const stored = storedInputs(text.value, flags);
  return stored.ok ? accept({ ...read, stored: stored.value }) : stored;
}

function storedInputs(text: string, { kind, instance: name }: TemplateDiffFlags): Result<StoredParts> {
  if (kind === 'environment') {
    const spec = parseEnvironmentSpec(text);
    return spec.ok ? accept({ environment: dataOf(spec.value.inputs) }) : spec;
  }
  const spec = parseServiceSpec(text);
  if (!spec.ok) return spec;
  const instance = givenInstance(spec.value, name);
  if (!instance.ok) return instance;
  const { pipeline } = spec.value;
  return accept({ instance: dataOf(instance.value.inputs), ...(pipeline && { pipeline: dataOf(pipeline) }) });
}

function dataOf(inputs: Parameters<typeof yamlData>[0] | undefined): Readonly<Record<string, unknown>> {
  return (inputs === undefined ? {} : yamlData(inputs)) as Readonly<Record<string, unknown>>;
}
