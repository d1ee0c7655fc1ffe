import { readParameterSchema, readUpgradeStep, type UpgradeStep } from '../../../bundles/index.ts';
import type { KnownVersion } from '../upgrade-path.ts';

/** A step file of the given name with this text; throws what is wrong with it. */
export function stepOf(text: string, file = 'migrations/1-to-2.yaml'): UpgradeStep {
  const { step, findings } = readUpgradeStep(text, file);
  if (!step) throw new Error(findings.map(({ message }) => message).join('\n'));
  return step;
}

/** A version of a service template with these inputs, written as `properties:` of a schema. */
export function versionOf(
  number: string,
  inputs: Readonly<Record<string, object>>,
  required: readonly string[] = [],
  steps: readonly UpgradeStep[] = [],
): KnownVersion {
  const [major = 0, minor = 0] = number.split('.').map(Number);
  const type = { type: 'object', ...(required.length > 0 ? { required } : {}), properties: inputs };
  const schema = { format: { openapi: '3.0.0' }, service_input_type: 'Inputs', types: { Inputs: type } };
  const read = readParameterSchema(JSON.stringify({ schema }), 'service');
  const errors = read.findings.filter(({ severity }) => severity === 'error');
  if (!read.schema || errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return { major, minor, schema: read.schema, steps };
}
