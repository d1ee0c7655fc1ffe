import type { EvaluatedTemplate } from '../cloudformation/index.ts';
import type { ResourceChange, StackComparison, StackState } from './compare-stacks.ts';
import type { ChangeFinding } from './finding.ts';
import { type NestedOutcome, outcomeOf } from './nested-outcome.ts';

/** A nested stack that both versions have, looked into. */
export interface NestedComparison {
  readonly outcome: NestedOutcome;
  /** Whether anything in it changes. */
  readonly isTouched: boolean;
  /** Outputs that give another value, or are no longer there. */
  readonly movedOutputs: ReadonlySet<string>;
  /** Named `Nested.Resource`, as CloudFormation does. */
  readonly resources: readonly ResourceChange[];
  readonly findings: readonly ChangeFinding[];
}

/** Of the nested stacks whose templates are at hand on both sides, by logical id. */
export function compareNested(
  before: StackState,
  after: StackState,
  compare: (before: StackState, after: StackState) => StackComparison,
): ReadonlyMap<string, NestedComparison> {
  const compared = new Map<string, NestedComparison>();
  for (const [logicalId, is] of after.nested ?? []) {
    const was = before.nested?.get(logicalId);
    if (was) compared.set(logicalId, nestedComparison(logicalId, compare(was, is)));
  }
  return compared;
}

function nestedComparison(logicalId: string, { resources, findings: all }: StackComparison): NestedComparison {
  const inside = (id: string) => `${logicalId}.${id}`;
  // outputs of a nested stack are read by its parent alone, and its capabilities are those of the parent
  const findings = all.filter(({ code }) => !code.startsWith('I-OUT-') && code !== 'R-CAP');
  return {
    outcome: outcomeOf(findings),
    isTouched: findings.length > 0 || resources.some(({ impact }) => impact !== 'none'),
    movedOutputs: new Set(all.flatMap(({ code, path = '' }) => (code.startsWith('I-OUT-') ? [path] : []))),
    resources: resources.map((resource) => ({ ...resource, logicalId: inside(resource.logicalId) })),
    findings: findings.map((finding) => ({
      ...finding,
      logicalId: inside(finding.logicalId ?? finding.path ?? ''),
      message: `in the nested stack ${logicalId}: ${finding.message}`,
    })),
  };
}

/** Outputs that the new parent reads of a nested stack which does not have them any more. */
export function missingNestedOutputs(before: StackState, after: StackState): readonly ChangeFinding[] {
  const read = outputsReadIn(after.evaluated);
  return [...(after.nested ?? [])].flatMap(([logicalId, { evaluated }]) =>
    [...(read.get(logicalId) ?? [])]
      .filter((name) => !evaluated.outputs.has(name))
      .filter((name) => before.nested?.get(logicalId)?.evaluated.outputs.has(name) !== false)
      .map((name): ChangeFinding => {
        const message = `the output ${name} of the nested stack ${logicalId} is read, which does not have it`;
        const evidence = { source: 'rule', certainty: 'certain' } as const;
        return {
          code: 'R-NESTED',
          versionClass: 'breaking',
          verdict: 'fails',
          message,
          evidence,
          logicalId,
          path: name,
        };
      }),
  );
}

/** Names of outputs by the nested stack that they are read of. */
function outputsReadIn({ resources, outputs }: EvaluatedTemplate): ReadonlyMap<string, ReadonlySet<string>> {
  const read = new Map<string, Set<string>>();
  const references = [...resources.values(), ...outputs.values()].flatMap((each) => each.references);
  for (const { logicalId, attribute = '' } of references) {
    if (!attribute.startsWith(outputPrefix)) continue;
    read.set(logicalId, (read.get(logicalId) ?? new Set()).add(attribute.slice(outputPrefix.length)));
  }
  return read;
}

const outputPrefix = 'Outputs.';

/** Whether what a parent reads of a nested stack gives another value; `Ref` of one never does. */
export function nestedMoves({ movedOutputs }: NestedComparison, attribute: string | undefined): boolean {
  return attribute?.startsWith(outputPrefix) === true && movedOutputs.has(attribute.slice(outputPrefix.length));
}
