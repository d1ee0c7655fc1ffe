import { type Bundle, inputSchema } from '../../bundles/index.ts';
import { bundleVersion, type ComparedPart, inputsOfPart } from '../bundle-version.ts';
import { compareStacks } from '../compare-stacks.ts';
import { generateInputs } from './generate-inputs.ts';
import type { InputData } from './inputs-at.ts';
import { upgradeInputs } from './upgrade-inputs.ts';
import type { KnownVersion } from './upgrade-path.ts';

/** Each renders twice: the edges, which come first, tell most. */
const generatedMax = 300;

export interface VersionWithBundle {
  readonly version: KnownVersion;
  readonly bundle: Bundle;
}

/** The way of a step that says of itself that it changes no rendering. */
export interface PureTrial {
  readonly before: VersionWithBundle;
  readonly after: VersionWithBundle;
  /** All that are known, `before` and `after` among them. */
  readonly versions: readonly KnownVersion[];
  readonly part: ComparedPart;
  /** Inputs in use at `before`, by what they belong to. */
  readonly stored: ReadonlyMap<string, InputData>;
}

export interface ImpureInputs {
  /** What the inputs belong to; absent for made-up ones. */
  readonly name?: string;
  readonly inputs: InputData;
  /** What the rendering does that should be the same; of the gravest change. */
  readonly message: string;
}

/**
 * Renders made-up and stored inputs by the old version, and what the step makes of them by the new one, and compares the
 * two. Inputs that the step or a version refuses are skipped: they are tried elsewhere.
 */
export function tryPureStep({ before, after, versions, part, stored }: PureTrial): {
  readonly tried: number;
  readonly impure: readonly ImpureInputs[];
} {
  const impure: ImpureInputs[] = [];
  const [from, to] = [before.version, after.version];
  if (!from.schema || !to.schema) return { tried: 0, impure };
  const was = bundleVersion(before.bundle, part, from.schema);
  const is = bundleVersion(after.bundle, part, to.schema);
  if (!was.ok || !is.ok) return { tried: 0, impure };
  const key = inputsOfPart[part];
  const generated = generateInputs(inputSchema(from.schema, key)).sets.slice(0, generatedMax);
  let tried = 0;
  const trials = [
    ...[...stored].map(([name, inputs]) => ({ name, inputs })),
    ...generated.map((inputs) => ({ inputs })),
  ];
  for (const trial of trials) {
    const upgraded = upgradeInputs({ versions, from, to, key, inputs: trial.inputs });
    const oldInputs = was.value.resolve(trial.inputs);
    const newInputs = upgraded.ok ? is.value.resolve(upgraded.value.inputs) : upgraded;
    if (!oldInputs.ok || !newInputs.ok) continue;
    const [old, now] = [was.value.state(oldInputs.value), is.value.state(newInputs.value)];
    if (!old.ok) continue;
    tried += 1;
    if (!now.ok) {
      impure.push({ ...trial, message: now.refusal.message });
      continue;
    }
    const [finding] = compareStacks(old.value, now.value).findings;
    if (finding) impure.push({ ...trial, message: finding.message });
  }
  return { tried, impure };
}
