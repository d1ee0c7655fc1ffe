import { type InstanceVerdict, instanceVerdicts, type NestedOutcome } from '../src/changes/index.ts';

const verdictOfImpact: Readonly<Record<string, InstanceVerdict>> = {
  none: 'no-change',
  add: 'in-place',
  'update-in-place': 'in-place',
  'update-interrupt': 'interruption',
  'conditional-replace': 'replacement',
  replace: 'replacement',
  remove: 'replacement',
  retain: 'replacement',
};

/** What a case says of nested stacks: by logical id a verdict, an impact, or an object that holds some. The worst counts. */
export function nestedOutcomes(context: unknown): Readonly<Record<string, NestedOutcome>> | undefined {
  if (typeof context !== 'object' || context === null) return undefined;
  return Object.fromEntries(
    Object.entries(context).flatMap(([logicalId, told]): [string, NestedOutcome][] => {
      const verdict = verdictsIn(told).sort((a, b) => instanceVerdicts.indexOf(b) - instanceVerdicts.indexOf(a))[0];
      return verdict === undefined ? [] : [[logicalId, { verdict }]];
    }),
  );
}

function verdictsIn(told: unknown): InstanceVerdict[] {
  if (typeof told === 'string') {
    const verdict = instanceVerdicts.find((each) => each === told) ?? verdictOfImpact[told];
    return verdict === undefined ? [] : [verdict];
  }
  return typeof told === 'object' && told !== null ? Object.values(told).flatMap(verdictsIn) : [];
}
