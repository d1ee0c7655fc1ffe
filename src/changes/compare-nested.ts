import type { EvaluatedResource, EvaluatedTemplate } from '../cloudformation/index.ts';
import type { ResourceChange, StackComparison, StackState } from './compare-stacks.ts';
import type { ChangeFinding } from './finding.ts';
import { type NestedOutcome, outcomeOf } from './nested-outcome.ts';
import type { ComparedResource } from './resource-comparison.ts';
import { isKept, nameOf } from './resource-findings.ts';
import { typeClass } from './type-class.ts';
import type { ResourceImpact } from './verdict.ts';

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

/** The empty stack beside another one. */
export function nothing({ evaluated: { template } }: StackState): StackState {
  const evaluated = { template, conditions: new Map(), resources: new Map(), outputs: new Map() };
  return { evaluated, capabilities: { capabilities: [] } };
}

type Inside = Pick<NestedComparison, 'resources' | 'findings'>;
const nothingInside: Inside = { resources: [], findings: [] };
const undecided = { source: 'rule', certainty: 'undecided' } as const;

/** What comes with a nested stack that is added. */
export function addedInside(
  { logicalId, position }: EvaluatedResource,
  { nested, unseen }: StackState,
  compare: (before: StackState, after: StackState) => StackComparison,
): Inside {
  const child = nested?.get(logicalId);
  if (child) return nestedComparison(logicalId, compare(nothing(child), child));
  const why = unseen?.get(logicalId);
  if (why === undefined) return nothingInside;
  const message = `adds the nested stack ${logicalId}, which is not looked into: ${why}`;
  const gravity = { code: 'R-NESTED', versionClass: 'compatible', verdict: 'in-place' } as const;
  return { resources: [], findings: [{ ...gravity, message, evidence: undecided, logicalId, position }] };
}

/** What goes with a nested stack that is removed. One that is kept keeps all that is in it. */
export function removedInside(
  { logicalId, deletionPolicy }: EvaluatedResource,
  { nested, unseen }: StackState,
  compare: (before: StackState, after: StackState) => StackComparison,
): Inside {
  const child = nested?.get(logicalId);
  if (child) {
    const inside = nestedComparison(logicalId, compare(child, nothing(child)));
    if (!isKept(deletionPolicy)) return inside;
    return { resources: inside.resources.map((each) => ({ ...each, impact: 'retain' })), findings: [] };
  }
  const why = unseen?.get(logicalId);
  if (why === undefined || isKept(deletionPolicy)) return nothingInside;
  const message = `removes the nested stack ${logicalId} with whatever data it holds; it is not looked into: ${why}`;
  const gravity = { code: 'R-NESTED', versionClass: 'data-affecting', verdict: 'data-at-risk' } as const;
  return { resources: [], findings: [{ ...gravity, message, evidence: undecided, logicalId }] };
}

/** Data that a nested stack kept, and that goes with it from now on. */
export function noLongerKeptInside({ logicalId, old, resource }: ComparedResource, child: StackState): ChangeFinding[] {
  if (!isKept(old.deletionPolicy) || isKept(resource.deletionPolicy)) return [];
  return lossesIn(child).map(({ id, resource: { type, deletionPolicy, ...lost } }): ChangeFinding => {
    const message = `the nested stack ${logicalId} is no longer kept when it is removed: ${nameOf({ type, ...lost })} in it would be lost`;
    return {
      code: 'D-PROTECT',
      versionClass: 'data-affecting',
      verdict: 'data-at-risk',
      message: deletionPolicy === 'Snapshot' ? `${message}, but for a snapshot` : message,
      evidence: { source: 'rule', certainty: 'certain' },
      flags: ['protection-lowered'],
      logicalId: `${logicalId}.${id}`,
      path: 'DeletionPolicy',
      position: resource.position,
    };
  });
}

function lossesIn({ evaluated, nested }: StackState): { readonly id: string; readonly resource: EvaluatedResource }[] {
  return [...evaluated.resources.values()].flatMap((resource) => {
    if (isKept(resource.deletionPolicy)) return [];
    const child = nested?.get(resource.logicalId);
    if (child) return lossesIn(child).map(({ id, ...rest }) => ({ ...rest, id: `${resource.logicalId}.${id}` }));
    return typeClass(resource.type) === 'stateful' ? [{ id: resource.logicalId, resource }] : [];
  });
}

/** What is said of a nested stack that both have and that is not looked into: nobody knows what it does. */
export function unseenChange(
  { logicalId, resource: { position } }: ComparedResource,
  why: string,
  { impact, findings }: { readonly impact: ResourceImpact; readonly findings: readonly ChangeFinding[] },
): { readonly impact: ResourceImpact; readonly findings: readonly ChangeFinding[] } {
  if (findings.some(({ code }) => code === 'R-NESTED')) {
    const withWhy = (finding: ChangeFinding) =>
      finding.code === 'R-NESTED'
        ? { ...finding, message: `${finding.message}; it is not looked into: ${why}` }
        : finding;
    return { impact, findings: findings.map(withWhy) };
  }
  const message = `may change what is in the nested stack ${logicalId}, which is not looked into: ${why}`;
  const gravity = { code: 'R-NESTED', versionClass: 'breaking', verdict: 'replacement' } as const;
  const finding = { ...gravity, message, evidence: undecided, logicalId, position };
  return { impact: 'conditional-replace', findings: [...findings, finding] };
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
