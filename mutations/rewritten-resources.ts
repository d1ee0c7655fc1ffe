import type { EvaluatedResource } from '../src/cloudformation/index.ts';
import type { MutationCase } from './case-folder.ts';
import { caseUpgrade } from './case-upgrade.ts';
import { caseVersion } from './case-versions.ts';

/**
 * Resources that the two versions of a case write differently, whatever it means: another order, another spelling of the
 * same policy, other metadata. CloudFormation compares what is written, and sends the same thing again.
 */
export function rewrittenIn(mutation: MutationCase): ReadonlySet<string> {
  const { before, after, instance, read } = mutation;
  const upgraded = caseUpgrade(mutation)(instance.inputs);
  if (!upgraded.ok) return new Set();
  const [was, is] = [
    { version: before, inputs: instance.inputs },
    { version: after, inputs: upgraded.value },
  ].map(({ version, inputs }) => {
    const judged = caseVersion(version, read(version.template), instance.context.environmentOutputs);
    const resolved = judged.ok ? judged.value.resolve(inputs) : judged;
    const state = judged.ok && resolved.ok ? judged.value.state(resolved.value) : undefined;
    return state?.ok ? state.value.evaluated.resources : new Map<string, EvaluatedResource>();
  });
  const ids = [...was!.keys()].filter((logicalId) => is!.has(logicalId));
  return new Set(
    ids.filter((logicalId) => {
      const [before, after] = [was!.get(logicalId)!, is!.get(logicalId)!];
      return before.type === nestedStack || written(before) !== written(after);
    }),
  );
}

/** The service looks into every child, whether anything of it is changed or not. */
const nestedStack = 'AWS::CloudFormation::Stack';

function written({ properties, metadata }: EvaluatedResource): string {
  return JSON.stringify([properties, metadata]);
}
