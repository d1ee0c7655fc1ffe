import type { Provisioned } from '../../deployments/index.ts';
import type * as wire from './generated/types.ts';

/** Outputs in Proton's form, sorted by key. */
export function outputList(outputs: Readonly<Record<string, string>>): wire.Output[] {
  return Object.entries(outputs)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, valueString]) => ({ key, valueString }));
}

/** Of a key that is given twice the last counts; one without value is empty. */
export function readOutputs(list: readonly wire.Output[]): Record<string, string> {
  return Object.fromEntries(
    list.flatMap(({ key, valueString = '' }) => (key === undefined ? [] : [[key, valueString]])),
  );
}

/** What was provisioned, by the provider's own names. Proton knows no word for CodeBuild, so that is left out. */
export function provisionedResourceList(provisioned: readonly Provisioned[]): wire.ProvisionedResource[] {
  return provisioned.flatMap(({ method, identifier, name }) =>
    method === 'codebuild' ? [] : [{ identifier, name, provisioningEngine: engines[method] }],
  );
}

const engines = { cloudformation: 'CLOUDFORMATION', terraform: 'TERRAFORM' } as const;
