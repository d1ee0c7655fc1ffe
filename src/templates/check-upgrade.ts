import {
  type Bundle,
  type ExpressionSight,
  type Finding,
  givenInputs,
  type InputTypeKey,
  inputSchema,
  type SpecPart,
  schemaIncompatibilities,
  stepName,
  type UpgradeStep,
  warningFinding,
  wholeFile,
} from '../bundles/index.ts';
import {
  type ComparedPart,
  inputsInSpec,
  inputsOfPart,
  type KnownVersion,
  partsOfKind,
  proposeStep,
  proveStep,
  readVersions,
  tryGeneratedInputs,
  tryPureStep,
  tryRoundTrip,
  upgradeSpec,
  type VersionTexts,
} from '../changes/index.ts';
import { describeRefusal } from '../errors/index.ts';
import type { TemplateKind } from './template.ts';

import { compareVersions, type VersionNumber, versionText } from './version-number.ts';

/** A spec in use, and the part of it that counts. */
export interface StoredSpec {
  readonly arn: string;
  readonly from: VersionNumber;
  readonly part: SpecPart;
  readonly spec: string;
  readonly sight?: Partial<Omit<ExpressionSight, 'input'>>;
}

/** Plain data, so that it can be sent to a thread. */
export interface UpgradeToCheck {
  readonly kind: TemplateKind;
  /** Which is not among `known` yet. */
  readonly version: VersionTexts;
  readonly bundle: Bundle;
  readonly known: readonly VersionTexts[];
  /** Of older versions, as far as they are there. @see bundlesForUpgradeCheck */
  readonly bundles: readonly BundleOfVersion[];
  readonly stored: readonly StoredSpec[];
}

export interface BundleOfVersion extends VersionNumber {
  readonly bundle: Bundle;
}

/** The versions whose bundles the check looks into: the last one below the major, and those that pure steps begin at. */
export function bundlesForUpgradeCheck({ kind, version, known }: Pick<UpgradeToCheck, 'kind' | 'version' | 'known'>) {
  const [own] = readVersions(kind, [version]);
  const others = readVersions(kind, known);
  const pure = (own?.steps ?? []).flatMap((step) => (step.pure ? (beforeStep(step, others) ?? []) : []));
  const wanted = [latestBelow(others, version.major) ?? [], pure].flat();
  return wanted.filter((each, index) => wanted.indexOf(each) === index);
}

const inputTypes: readonly InputTypeKey[] = ['environment_input_type', 'service_input_type', 'pipeline_input_type'];
/** Of one kind; the message counts the others. */
const shownMax = 3;

/**
 * Whether inputs of older versions can come to a version: its steps against the schemas on both sides, made-up inputs,
 * and all inputs that are in use. A major without a step that inputs would need is told, with the step where it is
 * certain.
 */
export function checkUpgrade(check: UpgradeToCheck): Finding[] {
  const { kind, stored } = check;
  const known = readVersions(kind, check.known);
  const [version] = readVersions(kind, [check.version]);
  if (!version) return [];
  const versions = [...known, version];
  const proven = version.steps.flatMap((step) => prove(step, versions, version));
  if (proven.some(({ severity }) => severity === 'error')) return proven;
  const isFirst = known.every(({ major }) => major !== version.major);
  const missing = isFirst ? missingStep(version, known, check) : [];
  const impure = version.steps.flatMap((step) => (step.pure ? comparePure(step, versions, version, check) : []));
  const older = stored.filter(({ from }) => from.major < version.major);
  const inUse = isFirst || version.steps.length > 0 ? tryStored(older, versions, version) : [];
  return [...proven, ...missing, ...impure, ...inUse];
}

function prove(step: UpgradeStep, versions: readonly KnownVersion[], version: KnownVersion): Finding[] {
  const before = beforeStep(step, versions);
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
function missingStep(
  version: KnownVersion,
  known: readonly KnownVersion[],
  { bundle, bundles }: UpgradeToCheck,
): Finding[] {
  const before = latestBelow(known, version.major);
  if (!before?.schema || !version.schema) return [];
  if (version.steps.some(({ to }) => to.major === version.major)) return [];
  const found = schemaIncompatibilities(before.schema, version.schema);
  if (found.length === 0) return [];
  const shown = found.slice(0, shownMax).map(({ path, message }) => `${path}: ${message}`);
  const rest = found.length > shownMax ? ` And ${found.length - shownMax} more.` : '';
  const old = bundleOf(bundles, before);
  const proposed =
    old && proposeStep({ bundle: old, schema: before.schema }, { bundle, schema: version.schema }, before, version);
  const remedy = proposed
    ? `A rename is certain. Begin ${proposed.file} with:\n${proposed.text.trimEnd()}`
    : `Add migrations/${before.major}-to-${version.major}.yaml, or let each owner send a new spec.`;
  const message = `Inputs of version ${versionText(before)} may not fit this version, and no upgrade step leads to it. ${shown.join(' ')}${rest}`;
  return [warningFinding('upgrade-missing', wholeFile('schema/schema.yaml'), message, remedy)];
}

/** A step that says `pure: true`, held against what the versions on its two sides render. */
function comparePure(
  step: UpgradeStep,
  versions: readonly KnownVersion[],
  version: KnownVersion,
  { kind, bundle, bundles, stored }: UpgradeToCheck,
): Finding[] {
  const before = beforeStep(step, versions);
  const old = before && bundleOf(bundles, before);
  if (!before || !old || step.to.major !== version.major) return [];
  return partsOfKind[kind].flatMap((part) => {
    const { tried, impure } = tryPureStep({
      before: { version: before, bundle: old },
      after: { version, bundle },
      versions,
      part,
      stored: storedInputs(stored, part, before),
    });
    const [first] = impure;
    if (!first) return [];
    const of =
      first.name === undefined ? `made-up inputs ${JSON.stringify(first.inputs)}` : `the inputs of ${first.name}`;
    const message = `The step ${stepName(step)} says "pure: true", but of ${tried} sets of inputs ${impure.length} render another ${part}. With ${of}: ${first.message.replace(/\.?$/, '.')}`;
    const remedy = 'Take "pure: true" away, or let the new version render what the old one did.';
    return [warningFinding('upgrade-impure', wholeFile(step.file), message, remedy)];
  });
}

/** Inputs in use at a version, as far as they fit it, by what they belong to. */
function storedInputs(stored: readonly StoredSpec[], part: ComparedPart, { major, minor, schema }: KnownVersion) {
  const found = new Map<string, Record<string, unknown>>();
  for (const { arn, from, part: own, spec } of stored) {
    if (own.kind !== part || from.major !== major || from.minor !== minor || !schema) continue;
    const inputs = inputsInSpec(spec, own);
    const given = inputs.ok
      ? givenInputs(inputSchema(schema, inputsOfPart[part]), inputs.value.inputs, inputs.value.position)
      : inputs;
    if (given.ok) found.set(arn, given.value);
  }
  return found;
}

function tryStored(stored: readonly StoredSpec[], versions: readonly KnownVersion[], to: KnownVersion): Finding[] {
  const failed: string[] = [];
  for (const { arn, from, part, spec: text, sight } of stored) {
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

function bundleOf(bundles: readonly BundleOfVersion[], { major, minor }: VersionNumber): Bundle | undefined {
  return bundles.find((each) => each.major === major && each.minor === minor)?.bundle;
}

/** The version that a step begins at: the last minor of its major, or the very one. */
function beforeStep({ from, to }: UpgradeStep, versions: readonly KnownVersion[]): KnownVersion | undefined {
  return latest(versions, from.major, from.major === to.major ? from.minor : undefined);
}

function latestBelow(versions: readonly KnownVersion[], majorMax: number): KnownVersion | undefined {
  return versions
    .filter(({ major, schema }) => major < majorMax && schema)
    .toSorted(compareVersions)
    .at(-1);
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
