import {
  type EvaluatedResource,
  type EvaluatedTemplate,
  missingCapabilities,
  normaliseProperties,
  type RequiredCapabilities,
} from '../cloudformation/index.ts';
import { accessFindings } from './access-findings.ts';
import {
  addedInside,
  compareNested,
  missingNestedOutputs,
  noLongerKeptInside,
  removedInside,
  unseenChange,
} from './compare-nested.ts';
import { sharedName } from './custom-names.ts';
import type { ChangeFinding } from './finding.ts';
import { type NestedOutcome, nestedChange } from './nested-outcome.ts';
import { type OutputContext, outputFindings } from './output-findings.ts';
import { isSameValue } from './property-changes.ts';
import { type RenamedResources, renamedResources, withRenamedReads } from './renamed-resources.ts';
import { type ComparedResource, compareResources } from './resource-comparison.ts';
import { addedResource, comparedResource, nameCollision, removedResource } from './resource-findings.ts';
import { maskFindings } from './secret-mask.ts';
import { type TypeClass, typeClass } from './type-class.ts';
import type { ResourceImpact } from './verdict.ts';

/** A stack as one version would have it, with one set of inputs. */
export interface StackState {
  readonly evaluated: EvaluatedTemplate;
  readonly capabilities: RequiredCapabilities;
  /** Values that are never shown, e.g. those of NoEcho parameters. */
  readonly secrets?: readonly string[];
  /** Nested stacks whose templates are at hand, by logical id. */
  readonly nested?: ReadonlyMap<string, StackState>;
  /** Why the others are not looked into, by logical id. Absent: nobody asked. */
  readonly unseen?: ReadonlyMap<string, string>;
}

/** What is known of the world around one stack. */
export interface StackContext extends OutputContext {
  /** Absent: whatever is needed was acknowledged. */
  readonly acknowledgedCapabilities?: readonly string[];
  /** What nested stacks do, by logical id, where somebody has looked. */
  readonly nested?: Readonly<Record<string, NestedOutcome>>;
}

export interface ResourceChange {
  readonly logicalId: string;
  readonly type: string;
  readonly typeClass: TypeClass;
  readonly impact: ResourceImpact;
}

export interface StackComparison {
  /** Every resource of either side, those that do not change included. */
  readonly resources: readonly ResourceChange[];
  readonly findings: readonly ChangeFinding[];
}

/** What taking a stack from one state to another does. Both were evaluated without a resolver. */
export function compareStacks(before: StackState, after: StackState, context: StackContext = {}): StackComparison {
  const [was, is] = [before.evaluated, after.evaluated];
  const nested = compareNested(before, after, compareStacks);
  const compared = compareResources(was, is, nested);
  const renamed = renamedResources(was, is);
  const resources: ResourceChange[] = [];
  const findings: ChangeFinding[] = [];
  const add = (resource: EvaluatedResource, impact: ResourceImpact, found: readonly ChangeFinding[]) => {
    const { logicalId, type } = resource;
    // what nobody can look into may hold data
    const isUnseen = before.unseen?.has(logicalId) || after.unseen?.has(logicalId);
    resources.push({ logicalId, type, typeClass: isUnseen ? 'stateful' : typeClass(type), impact });
    findings.push(...found);
  };
  const addInside = (inside?: Pick<StackComparison, 'resources' | 'findings'>) => {
    resources.push(...(inside?.resources ?? []));
    findings.push(...(inside?.findings ?? []));
  };
  for (const resource of was.resources.values()) {
    const { logicalId } = resource;
    const pair = compared.get(logicalId);
    if (pair) {
      const child = nested.get(logicalId);
      // what its parameters read may have moved without being written otherwise: then nobody knows all that it does
      const isMoved = pair.changes.some(({ cause }) => cause !== undefined);
      const told = context.nested?.[logicalId] ?? (isMoved ? undefined : child?.outcome);
      const judged = nestedChange(told, comparedResource(pair));
      const why = child ? undefined : (before.unseen?.get(logicalId) ?? after.unseen?.get(logicalId));
      const { impact, findings: found } = why === undefined ? judged : unseenChange(pair, why, judged);
      add(pair.resource, impact, found);
      addInside(child);
      const kept = after.nested?.get(logicalId);
      if (kept) findings.push(...noLongerKeptInside(pair, kept));
    } else {
      const { impact, findings: found } = removedResource(resource, successorOf(resource, was, is, renamed));
      add(resource, impact, [...found, ...renamedCollision(resource, is, renamed)]);
      addInside(removedInside(resource, before, compareStacks));
    }
  }
  for (const resource of is.resources.values()) {
    if (was.resources.has(resource.logicalId)) continue;
    add(resource, 'add', addedResource(resource));
    addInside(addedInside(resource, after, compareStacks));
  }
  findings.push(...missingNestedOutputs(before, after));
  findings.push(...accessOf(was, is, compared, renamed));
  findings.push(...outputFindings(was, is, compared, renamed, context));
  findings.push(...capabilityFindings(before, after, context));
  const secrets = [...(before.secrets ?? []), ...(after.secrets ?? [])];
  return { resources, findings: maskFindings(findings, secrets) };
}

/** For what holds content, any new resource of the type takes its place; for the others only one that is alike. */
function successorOf(
  { logicalId, type }: EvaluatedResource,
  was: EvaluatedTemplate,
  is: EvaluatedTemplate,
  renamed: RenamedResources,
): { readonly logicalId: string; readonly isRenamed: boolean } | undefined {
  const same = renamed.get(logicalId);
  if (same !== undefined) return { logicalId: same, isRenamed: true };
  if (typeClass(type) !== 'stateful') return undefined;
  const added = [...is.resources.values()].find((each) => each.type === type && !was.resources.has(each.logicalId));
  return added && { logicalId: added.logicalId, isRenamed: false };
}

function renamedCollision(
  old: EvaluatedResource,
  is: EvaluatedTemplate,
  renamed: RenamedResources,
): readonly ChangeFinding[] {
  const made = is.resources.get(renamed.get(old.logicalId) ?? '');
  if (!made) return [];
  const [before, after] = [old, made].map(({ type, properties }) => normaliseProperties(type, properties));
  const name = sharedName({ type: old.type, before: before!, after: after!, resource: made }, new Set());
  return name === undefined ? [] : [nameCollision(made.logicalId, name)];
}

function accessOf(
  was: EvaluatedTemplate,
  is: EvaluatedTemplate,
  compared: ReadonlyMap<string, ComparedResource>,
  renamed: RenamedResources,
): readonly ChangeFinding[] {
  const made = new Set(renamed.values());
  const pairs = [
    ...[...compared.values()]
      .filter(({ otherType }) => !otherType)
      .map(({ logicalId, type, before, after }) => ({ logicalId, type, before, after })),
    ...[...renamed].map(([old, logicalId]) => {
      const { type, properties } = is.resources.get(logicalId)!;
      const before = normaliseProperties(type, was.resources.get(old)!.properties);
      return { logicalId, type, before, after: normaliseProperties(type, properties) };
    }),
    ...[...is.resources.values()]
      .filter(({ logicalId }) => !was.resources.has(logicalId) && !made.has(logicalId))
      .map(({ logicalId, type, properties }) => ({
        logicalId,
        type,
        before: undefined,
        after: normaliseProperties(type, properties),
      })),
  ];
  return pairs.flatMap((pair) => {
    const before = pair.before && withRenamedReads(pair.before, renamed);
    if (before && isSameValue(before, pair.after)) return [];
    return accessFindings({ ...pair, before });
  });
}

function capabilityFindings(
  before: StackState,
  after: StackState,
  { acknowledgedCapabilities }: StackContext,
): readonly ChangeFinding[] {
  const [had, needs] = [allCapabilities(before), allCapabilities(after)];
  const added = missingCapabilities(needs, had.capabilities);
  const missing = acknowledgedCapabilities && missingCapabilities(needs, acknowledgedCapabilities);
  const asked = [...new Set([...added, ...(missing ?? [])])];
  return asked.map((capability) => ({
    code: 'R-CAP',
    versionClass: added.includes(capability) ? 'breaking' : 'compatible',
    verdict: missing?.includes(capability) ? 'fails' : 'no-change',
    message: `${capability} must be acknowledged`,
    evidence: { source: 'rule', certainty: 'certain' },
    flags: ['capability'],
  }));
}

/** With those of its nested stacks: who makes a stack acknowledges for all of them. */
function allCapabilities({ capabilities, nested }: StackState): RequiredCapabilities {
  const inside = [...(nested?.values() ?? [])].flatMap((state) => allCapabilities(state).capabilities);
  return { capabilities: [...new Set([...capabilities.capabilities, ...inside])] };
}
