import { type EvaluatedObject, type EvaluatedValue, isUnknown } from '../../cloudformation/index.ts';
import { accessFindings } from '../access-findings.ts';
import type { ResourceChange } from '../compare-stacks.ts';
import { dataFindings } from '../data-findings.ts';
import { type ChangeFinding, type Evidence, secretMask } from '../finding.ts';
import { type InstanceJudgement, judgement } from '../judge-instance.ts';
import type { OutputReader } from '../output-findings.ts';
import { canonical, compareProperties, type PropertyChange, unknownsIn } from '../property-changes.ts';
import { lossOf, nameCollision, removalGravity, replacementCodes } from '../resource-findings.ts';
import { maskFindings } from '../secret-mask.ts';
import { typeClass } from '../type-class.ts';
import { type Bump, bumpFor, gravestClass, type ResourceImpact, type VersionClass } from '../verdict.ts';
import { likelyMoves } from './likely-moves.ts';
import { plannedOutputFindings } from './planned-outputs.ts';
import { isSensitive } from './planned-values.ts';
import { forgottenFinding, movedFinding } from './state-findings.ts';
import { accessPairOf } from './terraform-access.ts';
import type { PlannedResource, TerraformPlan } from './terraform-plan.ts';
import { terraformFacts } from './terraform-types.ts';
import { plannedUpdateEffect, type UpdateEffect } from './update-effect.ts';

/** What a plan does to the one thing it was made for. */
export interface PlanJudgement extends InstanceJudgement {
  readonly versionClass: VersionClass;
  /** The smallest step of a version number that brings such a change. */
  readonly requiredBump: Bump;
}

export interface PlanContext {
  readonly outputReaders?: readonly OutputReader[];
}

interface Judged {
  readonly impact: ResourceImpact;
  readonly findings: readonly ChangeFinding[];
}

/** Whether each resource is replaced was decided by its provider; what that means is judged as for CloudFormation. */
export function judgePlan(plan: TerraformPlan, context: PlanContext = {}): PlanJudgement {
  const moves = likelyMoves(plan.resources);
  const resources: ResourceChange[] = [];
  const findings: ChangeFinding[] = [];
  const add = (planned: PlannedResource, { impact, findings: found }: Judged) => {
    const { address, type, isDeposed } = planned;
    const logicalId = isDeposed ? `${address} (deposed)` : address;
    resources.push({ logicalId, type, typeClass: typeClass(type), impact });
    findings.push(...found.map((finding) => ({ logicalId, ...finding })));
  };
  for (const planned of plan.resources) {
    if (planned.action !== 'read') add(planned, judgeResource(planned, moves.get(planned.address)));
  }
  for (const planned of plan.deferred) {
    if (planned.action !== 'read') add(planned, undecided(judgeResource(planned, undefined)));
  }
  findings.push(...plannedOutputFindings(plan.outputs, context.outputReaders ?? []));
  findings.push(...driftFindings(plan), ...planFindings(plan));
  const shown = maskFindings(findings.map(withoutSensitive), plan.secrets);
  const judged = judgement(shown, resources);
  const versionClass = gravestClass(shown);
  const isPatch =
    resources.every(({ impact }) => impact === 'none') && !shown.some(({ code }) => code.startsWith('I-'));
  return {
    ...judged,
    versionClass,
    requiredBump: bumpFor(versionClass, isPatch),
  };
}

const certain: Evidence = { source: 'plan', certainty: 'certain' };

function judgeResource(planned: PlannedResource, moved: string | undefined): Judged {
  switch (planned.action) {
    case 'none':
    case 'read':
      return { impact: 'none', findings: keptFindings(planned) };
    case 'create':
      return { impact: 'add', findings: [added(planned), ...accessOf(planned)] };
    case 'update':
      return updated(planned);
    case 'delete':
      return { impact: 'remove', findings: removed(planned, moved) };
    case 'forget':
      return { impact: 'retain', findings: [forgottenFinding(planned.address, planned.type, certain)] };
    default:
      return { impact: 'replace', findings: replaced(planned) };
  }
}

function keptFindings({ address, previousAddress, importedId }: PlannedResource): ChangeFinding[] {
  const findings: ChangeFinding[] = [];
  if (previousAddress !== undefined) findings.push(movedFinding(previousAddress, address, certain));
  if (importedId !== undefined) {
    const which = importedId === '' ? 'an existing resource' : `the existing ${importedId}`;
    const message = `${address} takes over ${which}`;
    findings.push({ code: 'R-MOVED', versionClass: 'compatible', verdict: 'no-change', message, evidence: certain });
  }
  return findings;
}

function added({ address }: PlannedResource): ChangeFinding {
  const message = `adds ${address}`;
  return { code: 'R-ADD', versionClass: 'compatible', verdict: 'in-place', message, evidence: certain };
}

interface JudgedChange extends PropertyChange, UpdateEffect {}

/** A plan says that a provider updates; whether it interrupts is the one thing left to find out. */
function updated(planned: PlannedResource): Judged {
  const { type, address } = planned;
  const pair = pairOf(planned);
  const changes = changesOf(planned).map(
    (change): JudgedChange => ({ ...change, ...plannedUpdateEffect(type, change.path) }),
  );
  const deciding = changes.find(({ effect }) => effect === 'interrupt') ?? changes.find(isKnownChange) ?? changes[0];
  const isInterrupted = deciding?.effect === 'interrupt';
  const finding: ChangeFinding = {
    code: isInterrupted ? 'R-UPD-INT' : 'R-UPD-NOINT',
    versionClass: 'compatible',
    verdict: isInterrupted ? 'interruption' : 'in-place',
    message: `${isInterrupted ? 'interrupts' : 'updates'} ${address}${deciding ? ` ${because(deciding)}` : ''}`,
    evidence: deciding?.evidence ?? certain,
    ...(deciding && shown(deciding)),
  };
  // The provider looked at it and does not replace: what only matters for a replacement is not said.
  const data = dataFindings(address, pair, changes).filter(({ code }) => code !== 'D-SNAPSHOT' && code !== 'D-ENC');
  return {
    impact: isInterrupted ? 'update-interrupt' : 'update-in-place',
    findings: [...keptFindings(planned), finding, ...data, ...accessOf(planned)],
  };
}

function replaced(planned: PlannedResource): ChangeFinding[] {
  const { type, address, action } = planned;
  const kind = typeClass(type);
  const [versionClass, verdict] = lossOf[kind];
  const changes = changesOf(planned);
  const forced = changes.find(({ path }) => planned.replacePaths.some((given) => startsWith(path, given)));
  const isForgotten = action === 'replace-and-forget';
  const finding: ChangeFinding = {
    code: replacementCodes[kind],
    versionClass,
    verdict,
    message: `replaces ${address} ${whyReplaced(planned, forced)}${lostBy(planned)}`,
    evidence: certain,
    flags: isForgotten ? ['orphan'] : [],
    ...(forced && shown(forced)),
  };
  const isDecided = (change: PropertyChange) =>
    isKnownChange(change) || planned.replacePaths.some((given) => startsWith(change.path, given));
  const data = dataFindings(address, pairOf(planned), changes.filter(isDecided));
  return [
    ...keptFindings(planned),
    finding,
    ...data,
    ...(action === 'replace-first-delete' ? guardFindings(planned) : nameFindings(planned)),
    ...(action === 'replace-first-create' ? guardFindings(planned) : []),
    ...accessOf(planned),
  ];
}

/** Reasons in the words of the format, for what no attribute explains. */
const reasonTexts: Readonly<Record<string, string>> = {
  replace_because_tainted: 'because it is marked as tainted',
  replace_by_request: 'because the plan was asked to',
  replace_by_triggers: 'because replace_triggered_by names what changes',
  delete_because_no_resource_config: 'because no configuration declares it any more',
  delete_because_no_module: 'because its module is no longer called',
  delete_because_wrong_repetition: 'because count or for_each was added or taken away',
  delete_because_count_index: 'because its index is beyond count',
  delete_because_each_key: 'because for_each no longer has its key',
  delete_because_no_move_target: 'because a moved block leads to nothing that is declared',
};

function whyReplaced({ reason = '', replacePaths }: PlannedResource, forced: PropertyChange | undefined): string {
  if (forced) return because(forced);
  const path = replacePaths[0];
  return reasonTexts[reason] ?? (path ? `because ${path.join('/')} changes` : 'because its provider cannot update it');
}

function lostBy({ type, action, before }: PlannedResource): string {
  const gap = action === 'replace-first-delete' ? '; the old one goes before the new one comes' : '';
  switch (typeClass(type)) {
    case 'stateful':
      return `${gap}; ${contentOf(action === 'replace-and-forget' ? 'kept' : finalCopy(before))}, and the new one begins empty`;
    case 'identity':
      return `${gap}; whoever holds its name, address or ARN must follow`;
    default:
      return gap;
  }
}

type Copy = 'kept' | 'snapshot' | 'none';

/** Whether the deletion leaves a snapshot. The state before counts: the old settings delete. */
function finalCopy(before: EvaluatedObject | undefined): Copy {
  return before?.skip_final_snapshot === false ? 'snapshot' : 'none';
}

function contentOf(copy: Copy): string {
  if (copy === 'kept') return 'the old one stays with its content outside the state';
  return copy === 'snapshot' ? 'its content would stay in a snapshot only' : 'its content would be lost';
}

function removed(planned: PlannedResource, moved: string | undefined): ChangeFinding[] {
  const { type, address, reason = '', isDeposed, before } = planned;
  const kind = typeClass(type);
  const why = reasonTexts[reason] === undefined ? '' : ` ${reasonTexts[reason]}`;
  const what = isDeposed ? `${address} (left over from a former replacement)` : address;
  if (moved !== undefined) {
    const [versionClass, verdict] = lossOf[kind];
    const loss = kind === 'stateful' ? `; ${contentOf(finalCopy(before))}` : '';
    const message = `deletes ${what} and makes ${moved}, which is alike${loss}; a moved block from ${address} to ${moved} would keep it`;
    const code = kind === 'stateful' ? 'D-REPL' : 'R-LOGICAL';
    return [{ code, versionClass, verdict, message, evidence: certain }, ...guardFindings(planned)];
  }
  const loss = kind === 'stateful' ? `; ${contentOf(finalCopy(before))}` : '';
  const gravity = isDeposed && kind !== 'stateful' ? removalGravity.revision : removalGravity[kind];
  const message = `deletes ${what}${why}${loss}`;
  return [{ ...gravity, message, evidence: certain }, ...guardFindings(planned), ...accessOf(planned)];
}

/** What the service would refuse to delete as it is now. */
function guardFindings({ type, address, before }: PlannedResource): ChangeFinding[] {
  const guard = terraformFacts.guards[type];
  const value = guard && before?.[guard.property];
  if (!guard || (value !== true && value !== 'ACTIVE')) return [];
  const message = `${address} cannot be deleted while ${guard.property} is on: the apply would fail half-way`;
  return [
    {
      code: 'R-GUARD',
      versionClass: 'breaking',
      verdict: 'fails',
      message,
      evidence: { source: 'docs', certainty: 'certain' },
      path: guard.property,
    },
  ];
}

/** With create_before_destroy both exist for a while; a name that can exist once must be another. */
function nameFindings({ type, address, before = {}, after = {} }: PlannedResource): ChangeFinding[] {
  const names = terraformFacts.names[type];
  const first = names?.[0];
  if (!names || first === undefined || before[first] === undefined) return [];
  if (names.some((name) => canonical(before[name]) !== canonical(after[name]))) return [];
  return [nameCollision(address, String(before[first]))];
}

function accessOf({ address, type, before, after, action }: PlannedResource): readonly ChangeFinding[] {
  // What is known only afterwards is left out on both sides: nothing can be said of it.
  const open = Object.entries(after ?? {}).filter(([, value]) => unknownsIn(value).length > 0);
  const known = (side: EvaluatedObject | undefined) =>
    side &&
    (Object.fromEntries(
      Object.entries(side).filter(([name]) => !open.some(([other]) => other === name)),
    ) as EvaluatedObject);
  const pair = accessPairOf({
    logicalId: address,
    type,
    before: known(before),
    after: action === 'delete' ? undefined : known(after),
  });
  return accessFindings(pair);
}

function pairOf({ type, before = {}, after = {} }: PlannedResource) {
  return { type, before: withNamedParameters(before), after: withNamedParameters(after) };
}

function changesOf(planned: PlannedResource): readonly PropertyChange[] {
  const { before, after } = pairOf(planned);
  return compareProperties(before, after, { schema: undefined, movedBy: () => undefined });
}

/** Parameters of a parameter group are a list of blocks; they are compared by their names. */
function withNamedParameters(properties: EvaluatedObject): EvaluatedObject {
  const { parameter } = properties;
  if (!Array.isArray(parameter)) return properties;
  const named = (parameter as readonly EvaluatedObject[]).map(({ name, value }): [string, EvaluatedValue] => [
    String(name),
    value ?? '',
  ]);
  return { ...properties, parameter: Object.fromEntries(named) };
}

/** Attributes that only tell what became of the others are known after the apply, and explain nothing. */
function isKnownChange({ after }: PropertyChange): boolean {
  return !isUnknown(after) || isSensitive(after);
}

function startsWith(path: PropertyChange['path'], start: readonly (string | number)[]): boolean {
  return start.every((step, index) => index >= path.length || String(step) === String(path[index]));
}

function because({ path, before, after }: PropertyChange): string {
  const name = path.join('/');
  if (before === undefined) return `because ${name} is set`;
  if (after === undefined) return `because ${name} is no longer set`;
  const [was, is] = [brief(before), brief(after)];
  if (is === undefined && isUnknown(after) && !isSensitive(after))
    return `because ${name} changes to what is known after the apply`;
  return was === undefined || is === undefined
    ? `because ${name} changes`
    : `because ${name} changes from ${was} to ${is}`;
}

const briefMax = 60;

function brief(value: EvaluatedValue): string | undefined {
  if (typeof value === 'object') return undefined;
  const text = String(value);
  return text.length > briefMax ? undefined : text;
}

function shown({ path, before, after }: PropertyChange): Pick<ChangeFinding, 'path' | 'before' | 'after'> {
  return { path: path.join('/'), ...(before !== undefined && { before }), ...(after !== undefined && { after }) };
}

function undecided({ impact, findings }: Judged): Judged {
  const isReplaced = impact === 'replace';
  return {
    impact: isReplaced ? 'conditional-replace' : impact,
    findings: findings.map((finding) => ({
      ...finding,
      message: `${finding.message} (deferred: decided by a later plan)`,
      evidence: { ...finding.evidence, certainty: 'undecided' },
    })),
  };
}

/** Only where the plan does something about it: what is changed outside and left alone is nobody's change. */
function driftFindings({ drift, resources }: TerraformPlan): ChangeFinding[] {
  const touched = new Map(resources.map((resource) => [resource.address, resource]));
  return drift.flatMap((drifted): ChangeFinding[] => {
    const { address, before = {}, after = {} } = drifted;
    const planned = touched.get(address);
    if (drifted.action === 'none') return [];
    const names = compareProperties(before, after, { schema: undefined, movedBy: () => undefined }).map(({ path }) =>
      path.join('/'),
    );
    const isPutBack = planned !== undefined && planned.action !== 'none' && planned.action !== 'read';
    const what = drifted.action === 'delete' ? 'was deleted' : `was changed (${names.slice(0, 5).join(', ')})`;
    const then = isPutBack ? 'the plan writes over it' : 'the plan leaves it';
    return [
      {
        code: 'R-DRIFT',
        versionClass: 'compatible',
        verdict: 'no-change',
        message: `${address} ${what} outside since the last apply; ${then}`,
        evidence: certain,
        logicalId: address,
      },
    ];
  });
}

function planFindings({ failedChecks, isComplete, isErrored, deferred }: TerraformPlan): ChangeFinding[] {
  const findings = failedChecks.map(
    ({ address, problems }): ChangeFinding => ({
      code: 'R-CHECK',
      versionClass: 'compatible',
      verdict: 'no-change',
      message: `${address} fails${problems.length > 0 ? `: ${problems.join(' ')}` : ''}`,
      evidence: certain,
      logicalId: address,
    }),
  );
  if (isErrored) {
    const message = 'the plan ended with an error: what it shows is only a part';
    findings.push({ code: 'R-RENDER', versionClass: 'breaking', verdict: 'fails', message, evidence: certain });
  }
  if (!isComplete && !isErrored) {
    const message = `the plan is not complete: ${deferred.length} resources are decided by a later one`;
    const evidence: Evidence = { source: 'plan', certainty: 'undecided' };
    findings.push({ code: 'R-DEFERRED', versionClass: 'breaking', verdict: 'replacement', message, evidence });
  }
  return findings;
}

function withoutSensitive(finding: ChangeFinding): ChangeFinding {
  const { before, after } = finding;
  return {
    ...finding,
    ...(before !== undefined && { before: masked(before) }),
    ...(after !== undefined && { after: masked(after) }),
  };
}

function masked(value: EvaluatedValue): EvaluatedValue {
  if (isSensitive(value)) return secretMask;
  if (isUnknown(value) || typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as readonly EvaluatedValue[]).map(masked);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, masked(member as EvaluatedValue)]));
}
