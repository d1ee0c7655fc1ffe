import { type Inputs, readUpgradeStep } from '../src/bundles/index.ts';
import type { InputUpgrade } from '../src/changes/index.ts';
import { upgradeInputs } from '../src/changes/index.ts';
import { accept, refuse } from '../src/errors/index.ts';
import type { MutationCase } from './case-folder.ts';
import { parameterSchemaOf } from './case-versions.ts';

const from = { major: 1, minor: 0 };
const to = { major: 2, minor: 0 };

/** The upgrade that a case bundles with its new version: the operations as a bundle would write them. */
export function caseUpgrade({ before, after }: MutationCase): InputUpgrade {
  const operations = after.migrations ?? [];
  if (operations.length === 0) return (inputs: Inputs) => accept(inputs);
  const file = 'migrations/1-to-2.yaml';
  const { step, findings } = readUpgradeStep(
    JSON.stringify({ from: '1.x', to: '2.0', ops: operations.map(withPointers) }),
    file,
  );
  if (!step) {
    const message = findings.map((finding) => finding.message).join(' ');
    return () => refuse({ kind: 'invalid', code: 'upgrade-file', message, remedy: 'Correct the case.' });
  }
  const versions = [
    { ...from, schema: parameterSchemaOf(before), steps: [] },
    { ...to, schema: parameterSchemaOf(after), steps: [step] },
  ];
  return (inputs: Inputs) => {
    const upgraded = upgradeInputs({ versions, from, to, key: 'service_input_type', inputs });
    return upgraded.ok ? accept(upgraded.value.inputs) : upgraded;
  };
}

const placeKeys = ['at', 'from', 'to', 'into'];

/** Cases name inputs of the top level; steps have JSON pointers. */
function withPointers(operation: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(operation).map(([name, rule]) => [
      name,
      Object.fromEntries(
        Object.entries(rule as Readonly<Record<string, unknown>>).map(([key, value]) => [
          key,
          placeKeys.includes(key) ? pointers(value) : value,
        ]),
      ),
    ]),
  );
}

function pointers(place: unknown): unknown {
  if (Array.isArray(place)) return place.map(pointers);
  return typeof place === 'string' && !place.startsWith('/') ? `/${place}` : place;
}
