import type { StackAnalysis } from './analyse-stack-change.ts';
import { changeClassOf } from './change-class.ts';
import type { ResourceChange } from './compare-stacks.ts';
import type { FindingJson } from './comparison-json.ts';
import { findingJson } from './describe-changes.ts';
import { type ChangeFinding, ruleCodes } from './finding.ts';
import { toldJudgement } from './judge-instance.ts';
import { nestedStackType, outcomeOf } from './nested-outcome.ts';
import { lossOf, removalGravity, replacementCodes } from './resource-findings.ts';
import { typeClass } from './type-class.ts';
import { graverVerdict, type ResourceImpact } from './verdict.ts';

type Known = Extract<StackAnalysis, { readonly known: true }>;

/** What somebody who can look into nested stacks says of a resource. */
export interface ToldChange {
  /** In a nested stack `Nested/Resource`. */
  readonly logicalId: string;
  readonly type: string;
  readonly action: 'add' | 'modify' | 'remove' | 'import' | 'dynamic';
  readonly replacement: 'yes' | 'no' | 'maybe';
  /** What is left of one that goes or is replaced. Absent: nothing. */
  readonly kept?: 'retained' | 'snapshot';
}

/** Whether it is a nested stack that nobody has looked into: these alone count as what may hold data. */
export function isUnseenStack({ type, typeClass: kind }: Pick<ResourceChange, 'type' | 'typeClass'>): boolean {
  return type === nestedStackType && kind === 'stateful';
}

/**
 * An analysis in which the nested stacks that were not looked into are decided by what is told of them. One that goes stays
 * as it is: what is in it is not told.
 * @param told all that changes
 * @param unseen nested stacks of which nothing can be told, by logical path
 */
export function decideUnseen(analysis: Known, told: readonly ToldChange[], unseen: readonly string[]): Known {
  const open = analysis.resources.filter(
    (resource) =>
      isUnseenStack(resource) &&
      !['remove', 'retain'].includes(resource.impact) &&
      !unseen.includes(resource.logicalId),
  );
  if (open.length === 0) return analysis;
  let [resources, findings] = [analysis.resources, analysis.findings];
  for (const stack of open) {
    const { logicalId } = stack;
    const at = findings.find((finding) => finding.code === 'R-NESTED' && finding.logicalId === logicalId);
    const inside = told
      .filter((change) => change.logicalId.startsWith(`${logicalId}/`))
      .map((change) => decided(change, unseen.includes(change.logicalId)));
    const own = stackItself(stack, inside, at);
    resources = [
      ...resources.filter((each) => each !== stack),
      ...own.resources,
      ...inside.map((each) => each.resource),
    ];
    findings = [
      ...findings.filter((each) => each !== at),
      ...own.findings,
      ...inside.flatMap((each) => each.findings.map((finding) => placedAt(finding, at))),
    ];
  }
  const { findings: sorted, ...judged } = toldJudgement(findings, resources);
  const own = changeClassOf(sorted);
  return {
    known: true,
    changeClass: own === 'none' && judged.resources.length > 0 ? 'compatible' : own,
    ...judged,
    unchanged: analysis.unchanged + judged.unchanged,
    findings: sorted,
  };
}

interface Decided {
  readonly resource: ResourceChange;
  readonly findings: readonly ChangeFinding[];
}

/** Itself it is never replaced; it is updated where something in it is. */
function stackItself(
  stack: ResourceChange,
  inside: readonly Decided[],
  at: FindingJson | undefined,
): { readonly resources: readonly ResourceChange[]; readonly findings: readonly FindingJson[] } {
  const seen = { ...stack, typeClass: typeClass(stack.type) };
  if (stack.impact === 'add') return { resources: [seen], findings: [] };
  if (inside.length === 0) return { resources: [{ ...seen, impact: 'none' }], findings: [] };
  const { verdict, versionClass } = outcomeOf(inside.flatMap(({ findings }) => findings));
  const finding: FindingJson = {
    ...at,
    code: 'R-NESTED',
    rule: ruleCodes['R-NESTED'],
    logicalId: stack.logicalId,
    versionClass,
    verdict: graverVerdict('in-place', verdict),
    message: `updates the nested stack ${stack.logicalId}: ${verdict}`,
    evidence: { source: 'provider', certainty: 'likely' },
  };
  return { resources: [{ ...seen, impact: 'update-in-place' }], findings: [finding] };
}

/** The line of the nested stack, as far as there is one. */
function placedAt(finding: ChangeFinding, at: FindingJson | undefined): FindingJson {
  const { position, inputs } = at ?? {};
  return { ...findingJson(finding), ...(position && { position }), ...(inputs && { inputs }) };
}

function decided(change: ToldChange, isUnseen: boolean): Decided {
  const { logicalId, type } = change;
  const kind = isUnseen ? 'stateful' : typeClass(type);
  const impact = isUnseen && change.action === 'modify' ? 'conditional-replace' : impactOf(change);
  const resource = { logicalId, type, typeClass: kind, impact };
  if (type === nestedStackType && !isUnseen && impact === 'update-in-place') return { resource, findings: [] };
  const evidence = {
    source: 'provider',
    certainty: impact === 'conditional-replace' ? 'undecided' : isLossOrGain(impact) ? 'certain' : 'likely',
  } as const;
  const [name, ...stack] = logicalId.split('/').reverse();
  const message =
    type === nestedStackType && impact === 'conditional-replace'
      ? `may change what is in the nested stack ${logicalId}, which the provider cannot say`
      : `in the nested stack ${stack.reverse().join('/')}: ${wordOf[impact]} ${type} ${name}${left(change, resource)}`;
  return { resource, findings: [{ ...gravityOf(change, resource), evidence, logicalId, message }] };
}

function impactOf({ action, replacement, kept }: ToldChange): ResourceImpact {
  switch (action) {
    case 'add':
    case 'import':
      return 'add';
    case 'remove':
      return kept === 'retained' ? 'retain' : 'remove';
    case 'dynamic':
      return 'conditional-replace';
    case 'modify':
      return ({ yes: 'replace', maybe: 'conditional-replace', no: 'update-in-place' } as const)[replacement];
  }
}

const wordOf: Readonly<Record<ResourceImpact, string>> = {
  none: 'leaves',
  add: 'adds',
  'update-in-place': 'updates',
  'update-interrupt': 'interrupts',
  'conditional-replace': 'may replace',
  replace: 'replaces',
  remove: 'removes',
  retain: 'no longer manages',
};

function isLossOrGain(impact: ResourceImpact): boolean {
  return impact === 'replace' || impact === 'remove' || impact === 'retain' || impact === 'add';
}

type Gravity = Pick<ChangeFinding, 'code' | 'versionClass' | 'verdict' | 'flags'>;

function gravityOf({ kept }: ToldChange, { type, typeClass: kind, impact }: ResourceChange): Gravity {
  const [versionClass, verdict] = lossOf[kind];
  switch (impact) {
    case 'replace':
      return {
        code: replacementCodes[kind],
        versionClass,
        verdict,
        ...(kept === 'retained' && { flags: ['orphan'] }),
      };
    case 'conditional-replace':
      if (type === nestedStackType) return { code: 'R-NESTED', versionClass: 'breaking', verdict: 'replacement' };
      return { code: 'R-CREPL', versionClass, verdict };
    case 'remove':
      return removalGravity[kind];
    case 'retain':
      return { ...removalGravity[kind], code: kind === 'stateful' ? 'D-REPL' : 'R-RETAIN', flags: ['orphan'] };
    case 'add':
      return { code: 'R-ADD', versionClass: 'compatible', verdict: 'in-place' };
    default:
      return { code: 'R-UPD-NOINT', versionClass: 'compatible', verdict: 'in-place' };
  }
}

/** What becomes of the content. */
function left({ kept }: ToldChange, { type, typeClass: kind, impact }: ResourceChange): string {
  const isLost = impact === 'replace' || impact === 'conditional-replace' || impact === 'remove';
  if (type === nestedStackType || kind !== 'stateful' || !isLost) return '';
  if (kept === 'snapshot') return '; its content would stay in a snapshot only';
  return kept === 'retained' ? '; the old one stays with its content outside the stack' : '; its content would be lost';
}
