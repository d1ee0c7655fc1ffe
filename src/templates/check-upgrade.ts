import {
  type Bundle,
  type Finding,
  type InputTypeKey,
  schemaIncompatibilities,
  stepName,
  type UpgradeStep,
  warningFinding,
  wholeFile,
} from '../bundles/index.ts';
import {
  type KnownVersion,
  proposeStep,
  proveStep,
  tryGeneratedInputs,
  tryRoundTrip,
  upgradeSpec,
} from '../changes/index.ts';
import { describeRefusal } from '../errors/index.ts';
import type { StoredSpec } from './template-tools.ts';
import { compareVersions, versionText } from './version-number.ts';

export interface UpgradeToCheck {
  /** Which is not among `known` yet. */
  readonly version: KnownVersion;
  readonly bundle: Bundle;
  readonly known: readonly KnownVersion[];
  /** The bundle of a version; undefined when it is gone. */
  readonly bundleOf: (version: KnownVersion) => Promise<Bundle | undefined>;
  readonly stored: readonly StoredSpec[];
}

const inputTypes: readonly InputTypeKey[] = ['environment_input_type', 'service_input_type', 'pipeline_input_type'];
/** Of one kind; the message counts the others. */
const shownMax = 3;
/** Between two of these, others may use the thread. */
const specsAtOnce = 50;

/**
 * Whether inputs of older versions can come to a version: its steps against the schemas on both sides, made-up inputs,
 * and all inputs that are in use. A major without a step that inputs would need is told, with the step where it is
 * certain.
 */
export async function checkUpgrade(check: UpgradeToCheck): Promise<Finding[]> {
  const { version, known, stored } = check;
  const versions = [...known, version];
  const proven = version.steps.flatMap((step) => prove(step, versions, version));
  if (proven.some(({ severity }) => severity === 'error')) return proven;
  const isFirst = known.every(({ major }) => major !== version.major);
  const missing = isFirst ? await missingStep(check) : [];
  const older = stored.filter(({ from }) => from.major < version.major);
  const inUse = isFirst || version.steps.length > 0 ? await tryStored(older, versions, version) : [];
  return [...proven, ...missing, ...inUse];
}

function prove(step: UpgradeStep, versions: readonly KnownVersion[], version: KnownVersion): Finding[] {
  const isSameMajor = step.from.major === step.to.major;
  const before = latest(versions, step.from.major, isSameMajor ? step.from.minor : undefined);
  const after = step.to.major === version.major ? version : latest(versions, step.to.major);
  if (!before?.schema || !after?.schema) return [];
  const findings = proveStep({ step, before: before.schema, after: after.schema });
  if (findings.some(({ severity }) => severity === 'error') || after !== version) return findings;
  const tried = inputTypes.flatMap((key) =>
    before.schema?.inputTypes[key] === undefined ? [] : tryMadeUp(step, { versions, from: before, to: after, key }),
  );
  return [...findings, ...tried];
}

function tryMadeUp(step: UpgradeStep, way: Parameters<typeof tryGeneratedInputs>[0]): Finding[] {
  const { failures, tried } = tryGeneratedInputs(way);
  const at = wholeFile(step.file);
  const failing = failures.slice(0, shownMax).map(({ inputs, refusal }) => {
    const message = `Of ${tried} made-up sets of inputs of version ${versionText(way.from)}, ${JSON.stringify(inputs)} cannot be upgraded: ${refusal.message}`;
    return warningFinding(
      'upgrade-uncertain',
      refusal.position ?? at,
      message,
      'Nothing, if such inputs are not used; else account for them.',
    );
  });
  const part = way.key === 'pipeline_input_type' ? step.pipeline : step.inputs;
  const lost = part.down ? tryRoundTrip(way) : undefined;
  const names = [...(lost?.lost.keys() ?? [])];
  if (names.length === 0 && !lost?.refusal) return failing;
  const what = lost?.refusal ? `cannot go back: ${lost.refusal.message}` : `come back with another ${names.join(', ')}`;
  const message = `Inputs that go over the step ${stepName(step)} and back by its "down:" ${what}`;
  return [
    ...failing,
    warningFinding('upgrade-uncertain', at, `${message.replace(/\.$/, '')}.`, 'Nothing, if that is meant.'),
  ];
}

/** The step that a new major would need, and does not have. */
async function missingStep({ version, bundle, known, bundleOf }: UpgradeToCheck): Promise<Finding[]> {
  const before = known
    .filter(({ major, schema }) => major < version.major && schema)
    .toSorted(compareVersions)
    .at(-1);
  if (!before?.schema || !version.schema) return [];
  if (version.steps.some(({ to }) => to.major === version.major)) return [];
  const found = schemaIncompatibilities(before.schema, version.schema);
  if (found.length === 0) return [];
  const shown = found.slice(0, shownMax).map(({ path, message }) => `${path}: ${message}`);
  const rest = found.length > shownMax ? ` And ${found.length - shownMax} more.` : '';
  const old = await bundleOf(before);
  const proposed =
    old && proposeStep({ bundle: old, schema: before.schema }, { bundle, schema: version.schema }, before, version);
  const remedy = proposed
    ? `A rename is certain. Begin ${proposed.file} with:\n${proposed.text.trimEnd()}`
    : `Add migrations/${before.major}-to-${version.major}.yaml, or let each owner send a new spec.`;
  const message = `Inputs of version ${versionText(before)} may not fit this version, and no upgrade step leads to it. ${shown.join(' ')}${rest}`;
  return [warningFinding('upgrade-missing', wholeFile('schema/schema.yaml'), message, remedy)];
}

async function tryStored(
  stored: readonly StoredSpec[],
  versions: readonly KnownVersion[],
  to: KnownVersion,
): Promise<Finding[]> {
  const failed: string[] = [];
  for (const [index, { arn, from, part, spec: text, sight }] of stored.entries()) {
    if (index % specsAtOnce === specsAtOnce - 1) await new Promise(setImmediate);
    const upgraded = upgradeSpec({ text, part, versions, from, to, sight });
    if (!upgraded.ok) failed.push(`${arn} (version ${versionText(from)}): ${describeRefusal(upgraded.refusal)}`);
  }
  if (failed.length === 0) return [];
  const rest = failed.length > shownMax ? `\n... and ${failed.length - shownMax} more.` : '';
  const message = `Of ${stored.length} specs in use at older major versions, ${failed.length} cannot be upgraded to this one by themselves.\n${failed.slice(0, shownMax).join('\n')}${rest}`;
  return [
    warningFinding(
      'upgrade-stored',
      wholeFile('migrations'),
      message,
      'Their owners send a new spec, or an upgrade step accounts for them.',
    ),
  ];
}

function latest(
  versions: readonly KnownVersion[],
  major: number,
  minorMax = Number.POSITIVE_INFINITY,
): KnownVersion | undefined {
  return versions
    .filter((each) => each.major === major && each.minor <= minorMax && each.schema)
    .toSorted(compareVersions)
    .at(-1);
}
