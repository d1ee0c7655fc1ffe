import { isDeepStrictEqual } from 'node:util';
import type { ExpressionSight } from '../../bundles/index.ts';
import { type InputTypeKey, inputSchema, type PropertySchema } from '../../bundles/index.ts';
import { generateInputs } from './generate-inputs.ts';
import { copyOf, type InputData, isMap } from './inputs-at.ts';
import { type UpgradeRefusal, upgradeInputs } from './upgrade-inputs.ts';
import type { KnownVersion, Version } from './upgrade-path.ts';

/** The way that inputs are tried on. */
export interface UpgradeWay {
  readonly versions: readonly KnownVersion[];
  readonly to: Version;
  readonly key: InputTypeKey;
}

/** Inputs that are in use somewhere. */
export interface StoredInputs {
  /** What they belong to, e.g. an ARN. */
  readonly name: string;
  readonly from: Version;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly sight?: Partial<Omit<ExpressionSight, 'input'>>;
}

export interface StoredTrial {
  readonly name: string;
  readonly from: Version;
  /** Absent: they can be upgraded. */
  readonly refusal?: UpgradeRefusal;
}

/** One row for each set of inputs that is in use: whether it can be upgraded, and if not, why. */
export function tryStoredInputs(way: UpgradeWay, stored: readonly StoredInputs[]): StoredTrial[] {
  return stored.map(({ name, from, inputs, sight }) => {
    const upgraded = upgradeInputs({ ...way, from, inputs, sight });
    return upgraded.ok ? { name, from } : { name, from, refusal: upgraded.refusal };
  });
}

export interface GeneratedTrial {
  /** How many sets of inputs were tried. */
  readonly tried: number;
  /** One for each thing that goes wrong, with the fewest inputs that show it. */
  readonly failures: readonly { readonly inputs: InputData; readonly refusal: UpgradeRefusal }[];
  /** Inputs without any value to try. */
  readonly untried: readonly string[];
}

/** Tries a way on made-up inputs that the old schema allows. A question that waits for a person is no failure. */
export function tryGeneratedInputs(way: UpgradeWay & { readonly from: Version }): GeneratedTrial {
  const schema = schemaOf(way, way.from);
  if (!schema) return { tried: 0, failures: [], untried: [] };
  const { sets, untried } = generateInputs(schema);
  const needed = new Set(schema.required);
  const failures = new Map<string, { inputs: InputData; refusal: UpgradeRefusal }>();
  for (const inputs of sets) {
    const refusal = refusalOf(way, inputs);
    if (!refusal || failures.has(kindOf(refusal))) continue;
    failures.set(kindOf(refusal), shrunk(way, inputs, refusal, needed));
  }
  return { tried: sets.length, failures: [...failures.values()], untried };
}

/** What inputs lose on the way up and down again. */
export interface RoundTrip {
  readonly tried: number;
  /** By the name of an input at the top: the values that came back as another, or not at all. */
  readonly lost: ReadonlyMap<string, { readonly before: unknown; readonly after: unknown }>;
  readonly refusal?: UpgradeRefusal;
}

/** Takes made-up inputs up and down again. Nobody demands that all comes back; what is lost is told. */
export function tryRoundTrip(way: UpgradeWay & { readonly from: Version }): RoundTrip {
  const schema = schemaOf(way, way.from);
  const lost = new Map<string, { before: unknown; after: unknown }>();
  let tried = 0;
  for (const inputs of schema ? generateInputs(schema).sets : []) {
    const up = upgradeInputs({ ...way, inputs });
    if (!up.ok) continue; // the way up is tried by itself
    const down = upgradeInputs({ ...way, from: way.to, to: way.from, inputs: up.value.inputs });
    if (!down.ok) return { tried, lost, refusal: down.refusal };
    tried += 1;
    for (const name of new Set([...Object.keys(inputs), ...Object.keys(down.value.inputs)])) {
      const [before, after] = [inputs[name], down.value.inputs[name]];
      if (!lost.has(name) && !isDeepStrictEqual(copyOf(before), copyOf(after))) lost.set(name, { before, after });
    }
  }
  return { tried, lost };
}

function schemaOf({ versions, key }: UpgradeWay, { major, minor }: Version): PropertySchema | undefined {
  const version = versions.find((each) => each.major === major && each.minor === minor);
  return version?.schema && inputSchema(version.schema, key);
}

function refusalOf(way: UpgradeWay & { readonly from: Version }, inputs: InputData): UpgradeRefusal | undefined {
  const upgraded = upgradeInputs({ ...way, inputs });
  return upgraded.ok || upgraded.refusal.code === 'upgrade-unanswered' ? undefined : upgraded.refusal;
}

/** Two failures are of one kind when the same operation or the same input is at fault. */
function kindOf(refusal: UpgradeRefusal): string {
  const { code, position } = refusal;
  const paths = 'issues' in refusal ? refusal.issues.map(({ path }) => path) : [];
  return JSON.stringify([code, position, paths]);
}

function shrunk(
  way: UpgradeWay & { readonly from: Version },
  inputs: InputData,
  refusal: UpgradeRefusal,
  needed: ReadonlySet<string>,
) {
  let least = { inputs, refusal };
  for (const name of Object.keys(inputs)) {
    if (needed.has(name)) continue;
    const fewer = copyOf(least.inputs);
    if (isMap(fewer)) delete fewer[name];
    const again = refusalOf(way, fewer);
    if (again && kindOf(again) === kindOf(refusal)) least = { inputs: fewer, refusal: again };
  }
  return least;
}
