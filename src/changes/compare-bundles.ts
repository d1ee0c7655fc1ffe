import {
  type Bundle,
  bundleText,
  type Inputs,
  inputSchema,
  type ParameterSchema,
  readParameterSchema,
  readTerraformPart,
  type TerraformModule,
  type TerraformModuleRefusal,
  upgradeStepsOf,
} from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { bundleVersion, type ComparedPart, inputsOfPart } from './bundle-version.ts';
import { classifyVersion, type VersionJudgement } from './classify-version.ts';
import { compareInterfaces } from './compare-interfaces.ts';
import type { ChangeFinding } from './finding.ts';
import { type InstanceContext, type InstanceJudgement, judgeInstance } from './judge-instance.ts';
import type { InputUpgrade } from './template-version.ts';
import { compareModules } from './terraform/compare-modules.ts';
import { upgradeInputs } from './upgrade/upgrade-inputs.ts';
import {
  type Bump,
  bumpFor,
  graverClass,
  gravestClass,
  gravestFirst,
  largerBump,
  type VersionClass,
} from './verdict.ts';

/** Inputs of one deployed thing, by part. */
export type StoredParts = Readonly<Partial<Record<ComparedPart, Inputs>>>;

export interface PartComparison {
  readonly part: ComparedPart;
  readonly version: VersionJudgement;
  /** Of the stored inputs, if there are any. */
  readonly instance?: InstanceJudgement;
}

export interface BundleComparison {
  readonly versionClass: VersionClass;
  readonly requiredBump: Bump;
  readonly parts: readonly PartComparison[];
  /** Parts that were compared by their inputs alone, and why. */
  readonly notes: readonly string[];
}

/** What parts that Terraform provisions declare, in both versions. Read by `readTerraformSides`: HCL is not read at once. */
export type TerraformSides = Readonly<
  Partial<Record<ComparedPart, { readonly before: TerraformModule; readonly after: TerraformModule }>>
>;

/** @refuses files of either side that are not HCL */
export async function readTerraformSides(
  before: Bundle,
  after: Bundle,
  kind: keyof typeof partsOfKind,
): Promise<Result<TerraformSides, TerraformModuleRefusal>> {
  const sides: Partial<Record<ComparedPart, { before: TerraformModule; after: TerraformModule }>> = {};
  for (const part of partsOfKind[kind]) {
    const [was, is] = [await readTerraformPart(before, part), await readTerraformPart(after, part)];
    if (!was.ok) return was;
    if (!is.ok) return is;
    if (was.value && is.value) sides[part] = { before: was.value, after: is.value };
  }
  return accept(sides);
}

/** What bundles of a kind are compared by, part for part. */
export const partsOfKind = { environment: ['environment'], service: ['instance', 'pipeline'] } as const;

/** What publishing one bundle after another would mean, without a cloud. */
export function compareBundles(
  before: Bundle,
  after: Bundle,
  kind: keyof typeof partsOfKind,
  stored: StoredParts = {},
  context: InstanceContext = {},
  sides: TerraformSides = {},
): BundleComparison {
  const schemas = { before: schemaOf(before, kind), after: schemaOf(after, kind) };
  const notes: string[] = [];
  const parts = partsOfKind[kind].flatMap((part): PartComparison[] => {
    const [was, is] = [bundleVersion(before, part, schemas.before), bundleVersion(after, part, schemas.after)];
    const upgrade = bundledUpgrade(after, schemas, part);
    const inputs = stored[part];
    if (was.ok && is.ok) {
      const version = classifyVersion(was.value, is.value, upgrade, inputs ? [inputs] : []);
      const instance = inputs && judgeInstance(was.value, is.value, inputs, upgrade, context);
      return [{ part, version, ...(instance && { instance }) }];
    }
    const refusals = [was, is].flatMap((side) => (side.ok ? [] : [side.refusal]));
    if (refusals.length === 2 && refusals.every(({ code }) => code === 'part-missing')) return [];
    const modules = sides[part];
    if (modules) {
      notes.push(`${part}: compared by what its configuration declares. What it does to the cloud, only a plan tells.`);
      return [{ part, version: declaredOnly(part, schemas, modules) }];
    }
    notes.push(`${part}: compared by its inputs alone. ${refusals[0]?.message ?? ''}`);
    return [{ part, version: interfaceOnly(part, schemas, was.ok, is.ok) }];
  });
  return {
    versionClass: parts.map(({ version }) => version.versionClass).reduce(graverClass, 'compatible'),
    requiredBump: parts.map(({ version }) => version.requiredBump).reduce(largerBump, 'patch'),
    parts,
    notes,
  };
}

interface Schemas {
  readonly before: ParameterSchema;
  readonly after: ParameterSchema;
}

function schemaOf(bundle: Bundle, kind: 'environment' | 'service'): ParameterSchema {
  const text = bundleText(bundle, 'schema/schema.yaml') ?? '';
  return readParameterSchema(text, kind).schema ?? { inputTypes: {}, types: {} };
}

/** The highest upgrade step that lies in the new bundle; a folder does not say which version it is. */
function bundledUpgrade(after: Bundle, schemas: Schemas, part: ComparedPart): InputUpgrade {
  const { steps } = upgradeStepsOf(after);
  const step = steps.toSorted((a, b) => b.to.major - a.to.major || b.to.minor - a.to.minor)[0];
  if (!step) return (inputs) => accept(inputs);
  const from = { major: step.from.major, minor: step.from.minor ?? 0 };
  const versions = [
    { ...from, schema: schemas.before, steps: [] },
    { ...step.to, schema: schemas.after, steps: [step] },
  ];
  return (inputs): Result<Inputs> => {
    const upgraded = upgradeInputs({ versions, from, to: step.to, key: inputsOfPart[part], inputs });
    return upgraded.ok ? accept(upgraded.value.inputs) : upgraded;
  };
}

/** Where a configuration reads the inputs of its part. */
const inputsVariable: Readonly<Record<ComparedPart, string>> = {
  environment: 'var.environment.inputs',
  instance: 'var.service_instance.inputs',
  pipeline: 'var.pipeline.inputs',
};

function declaredOnly(
  part: ComparedPart,
  schemas: Schemas,
  { before, after }: { readonly before: TerraformModule; readonly after: TerraformModule },
): VersionJudgement {
  const contract = partInterfaces(part, schemas);
  const relied = contract
    .filter(({ code }) => code === 'I-DEFAULT')
    .map(({ path }) => `${inputsVariable[part]}.${path}`);
  const declared = compareModules(before, after, relied);
  const findings = [...contract, ...declared.findings];
  const versionClass = gravestClass(findings);
  return {
    versionClass,
    requiredBump: bumpFor(versionClass, findings.length === 0),
    findings: gravestFirst(findings),
    resources: declared.resources,
    compared: 0,
    untried: [],
  };
}

function partInterfaces(part: ComparedPart, schemas: Schemas): readonly ChangeFinding[] {
  const [before, after] = [schemas.before, schemas.after].map((schema) => inputSchema(schema, inputsOfPart[part]));
  return compareInterfaces({ inputSchema: before! }, { inputSchema: after! });
}

function interfaceOnly(part: ComparedPart, schemas: Schemas, wasThere: boolean, isThere: boolean): VersionJudgement {
  const findings: ChangeFinding[] = [...partInterfaces(part, schemas)];
  if (wasThere !== isThere) {
    findings.push({
      code: 'R-RENDER',
      versionClass: 'breaking',
      verdict: 'fails',
      message: isThere
        ? `the ${part} part is provisioned by CloudFormation now`
        : `the ${part} part is no longer provisioned by CloudFormation, or it is gone`,
      evidence: { source: 'rule', certainty: 'certain' },
    });
  }
  const versionClass = gravestClass(findings);
  // What the part makes was not compared: nobody can say that nothing is rendered differently.
  const requiredBump = versionClass === 'compatible' ? 'minor' : 'major';
  return { versionClass, requiredBump, findings, resources: [], compared: 0, untried: [] };
}
