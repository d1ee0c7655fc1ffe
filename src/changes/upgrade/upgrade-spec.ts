import {
  givenInputs,
  type InputTypeKey,
  inputSchema,
  parseEnvironmentSpec,
  parseServiceSpec,
  replaceSpecInputs,
  type SpecPart,
} from '../../bundles/index.ts';
import { accept, type Refusal, type Result, refuse, type SourcePosition } from '../../errors/index.ts';
import type { YamlNode } from '../../yaml-source/index.ts';
import type { TraceEntry } from './apply-step.ts';
import { copyOf, type InputData, removeAt, setAt, valueAt } from './inputs-at.ts';
import { type UpgradeRequest, upgradeInputs } from './upgrade-inputs.ts';

export interface UpgradeSpecRequest extends Omit<UpgradeRequest, 'inputs' | 'key'> {
  readonly text: string;
  readonly part: SpecPart;
}

export interface UpgradedSpec {
  /** The spec with the inputs of this part upgraded; comments and form are kept where the inputs are. */
  readonly text: string;
  readonly inputs: InputData;
  readonly trace: readonly TraceEntry[];
}

const keyOf = {
  environment: 'environment_input_type',
  instance: 'service_input_type',
  pipeline: 'pipeline_input_type',
} as const satisfies Record<SpecPart['kind'], InputTypeKey>;

/**
 * A spec of one version as a spec of another: the inputs of one part of it, that is.
 * @refuses a spec that is malformed or does not fit its own version, a part that it does not have, and what
 *   `upgradeInputs` refuses
 */
export function upgradeSpec(request: UpgradeSpecRequest): Result<UpgradedSpec> {
  const { text, part, versions, from } = request;
  const found = inputsInSpec(text, part);
  if (!found.ok) return found;
  const key = keyOf[part.kind];
  const version = versions.find(({ major, minor }) => major === from.major && minor === from.minor);
  if (!version?.schema) return schemaForgotten(from);
  const given = givenInputs(inputSchema(version.schema, key), found.value.inputs, found.value.position);
  if (!given.ok) return given;
  const upgraded = upgradeInputs({ ...request, key, inputs: given.value });
  if (!upgraded.ok) return upgraded;
  const { inputs, moves, trace } = upgraded.value;
  const before = copyOf(given.value) as InputData;
  const moved = moves.filter(({ from: source, to }) => {
    const value = valueAt(before, source);
    if (value === undefined || valueAt(before, to) !== undefined || setAt(before, to, value) !== undefined)
      return false;
    removeAt(before, source);
    return true;
  });
  return accept({ text: replaceSpecInputs(text, part, { moves: moved, before, after: inputs }), inputs, trace });
}

interface FoundInputs {
  readonly inputs: YamlNode | undefined;
  readonly position: SourcePosition;
}

/** The inputs of one part as they were written. @refuses a spec that is malformed, and an instance that it does not have */
export function inputsInSpec(text: string, part: SpecPart): Result<FoundInputs> {
  if (part.kind === 'environment') return parseEnvironmentSpec(text);
  const spec = parseServiceSpec(text);
  if (!spec.ok) return spec;
  const { pipeline, instances, position } = spec.value;
  if (part.kind === 'pipeline') return accept({ inputs: pipeline, position });
  const instance = instances.find(({ name }) => name === part.instance);
  if (instance) return accept(instance);
  return refuse({
    kind: 'invalid',
    code: 'instance-not-in-spec',
    message: `The spec has no instance named ${part.instance}; it has ${instances.map(({ name }) => name).join(', ') || 'none'}.`,
    remedy: 'Send the service spec with an entry for this instance.',
  });
}

export function schemaForgotten({
  major,
  minor,
}: UpgradeRequest['from']): Result<never, Refusal<'upgrade-schema-unknown'>> {
  return refuse({
    kind: 'missing',
    code: 'upgrade-schema-unknown',
    message: `The schema of version ${major}.${minor} is not known any more, so its inputs cannot be read.`,
    remedy: 'Send a spec that fits the new version.',
  });
}
