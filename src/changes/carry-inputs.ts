import {
  givenInputs,
  type Inputs,
  inputSchema,
  type PropertySchema,
  resolveInputs,
  resolveStoredInputs,
  type SpecPart,
  stepName,
} from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { yamlData } from '../yaml-source/index.ts';
import { inputsOfPart } from './bundle-version.ts';
import type { DeployedThing, PipelineInstance, VersionToReach } from './deployed-thing.ts';
import { secretValuesIn } from './secret-values.ts';
import { upgradeInputs } from './upgrade/upgrade-inputs.ts';
import { type KnownVersion, upgradePath, type Version } from './upgrade/upgrade-path.ts';
import { inputsInSpec, schemaForgotten } from './upgrade/upgrade-spec.ts';

export interface CarriedInputs {
  /** With the defaults of the version. */
  readonly inputs: Inputs;
  /** Names of the steps on the way. */
  readonly steps: readonly string[];
}

/**
 * The inputs that an update to a version without a spec would deploy: those in use, over the upgrade steps on the way;
 * within a major they are the same ones, read anew.
 * @param found its inputs, where they were read before
 * @refuses what the steps refuse, and inputs that do not fit the version
 */
export function carryInputs(
  thing: DeployedThing,
  { number: to, versions }: VersionToReach,
  found = writtenInputs(thing),
): Result<CarriedInputs> {
  const { from, names } = thing;
  const key = inputsOfPart[names.part];
  const schema = inputSchema(schemaOf(versions, to) ?? { inputTypes: {}, types: {} }, key);
  if (!found.ok) return found;
  const { inputs: given, position } = found.value;
  const steps = from.major === to.major ? [] : upgradePath(versions, from, to).map(({ step }) => stepName(step));
  if (steps.length === 0) {
    const inputs = resolveInputs(schema, given, position);
    return inputs.ok ? accept({ inputs: inputs.value, steps }) : inputs;
  }
  const before = schemaOf(versions, from);
  if (!before) return schemaForgotten(from);
  const typed = givenInputs(inputSchema(before, key), given, position);
  if (!typed.ok) return typed;
  const upgraded = upgradeInputs({ versions, from, to, key, inputs: typed.value, sight: sightOf(names) });
  if (!upgraded.ok) return upgraded;
  const inputs = resolveStoredInputs(schema, upgraded.value.inputs);
  return inputs.ok ? accept({ inputs: inputs.value, steps }) : inputs;
}

/** The inputs in its spec, as they were written. @refuses a spec that is malformed, and an instance that it does not have */
export function writtenInputs({ spec, names }: Pick<DeployedThing, 'spec' | 'names'>) {
  return inputsInSpec(spec, partOf(names));
}

/** The inputs of an instance, at its own version, as the pipeline of its service reads them. */
export function inputsOfInstance(
  { name, from, spec }: PipelineInstance,
  versions: readonly KnownVersion[],
): Result<Inputs> {
  const found = inputsInSpec(spec, { kind: 'instance', instance: name });
  const schema = schemaOf(versions, from);
  if (!found.ok) return found;
  if (!schema) return schemaForgotten(from);
  return resolveInputs(inputSchema(schema, 'service_input_type'), found.value.inputs, found.value.position);
}

/** The secret inputs in use. Where the schema that calls them so is not known, or does not fit, all are secret. */
export function secretsInUse(
  { spec, from, names }: Pick<DeployedThing, 'spec' | 'from' | 'names'>,
  versions: readonly KnownVersion[],
  found = writtenInputs({ spec, names }),
): readonly string[] {
  if (!found.ok) return [];
  const { inputs: given, position } = found.value;
  const known = schemaOf(versions, from);
  const schema = known && inputSchema(known, inputsOfPart[names.part]);
  const resolved = schema && resolveInputs(schema, given, position);
  if (schema && resolved?.ok) return secretValuesIn(schema, resolved.value);
  if (schema && !hasSecrets(schema)) return [];
  return given ? textsIn(yamlData(given)) : [];
}

function hasSecrets(schema: PropertySchema): boolean {
  return JSON.stringify(schema).includes('"sensitive":true');
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return value === null ? [] : [String(value)];
  return Object.values(value).flatMap(textsIn);
}

function partOf(names: DeployedThing['names']): SpecPart {
  return names.part === 'instance' ? { kind: 'instance', instance: names.instance } : { kind: names.part };
}

function schemaOf(versions: readonly KnownVersion[], { major, minor }: Version) {
  return versions.find((each) => each.major === major && each.minor === minor)?.schema;
}

function sightOf(names: DeployedThing['names']) {
  switch (names.part) {
    case 'environment':
      return { env: { name: names.environment.name, outputs: {} } };
    case 'instance': {
      const { name, outputs } = names.environment;
      return {
        instance: { name: names.instance, environment: name, service: names.service.name },
        env: { name, outputs },
      };
    }
    case 'pipeline':
      return { instance: { name: '', environment: '', service: names.service.name } };
  }
}
