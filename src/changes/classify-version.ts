import type { Inputs } from '../bundles/index.ts';
import { compareInterfaces } from './compare-interfaces.ts';
import { compareStacks, type ResourceChange, type StackState } from './compare-stacks.ts';
import type { ChangeFinding } from './finding.ts';
import { coverInputs } from './input-cover.ts';
import type { InputUpgrade, TemplateVersion } from './template-version.ts';
import { type Bump, bumpFor, gravestClass, gravestFirst, type VersionClass, versionClasses } from './verdict.ts';

export interface VersionJudgement {
  readonly versionClass: VersionClass;
  /** The smallest step of the version number that it may be published with. */
  readonly requiredBump: Bump;
  /** Of all inputs tried, each once; gravest first. */
  readonly findings: readonly ChangeFinding[];
  /** The gravest impact on each resource over all inputs tried. */
  readonly resources: readonly ResourceChange[];
  /** How many sets of inputs were compared. */
  readonly compared: number;
  /** Inputs for which no value could be made up: what hangs on them was not seen. */
  readonly untried: readonly string[];
}

/**
 * The worst case over every input that the old schema allowed: the interface alone, a cover of the inputs, and those that
 * are stored. An upgrade step never lowers the class: callers with old inputs still break.
 * @param stored inputs of instances that are there
 */
export function classifyVersion(
  before: TemplateVersion,
  after: TemplateVersion,
  upgrade: InputUpgrade,
  stored: readonly Inputs[] = [],
): VersionJudgement {
  const literals = [...new Set([...before.literals, ...after.literals])];
  const { sets, untried } = coverInputs(before.inputSchema, after.inputSchema, literals, stored);
  const found = new Map<string, ChangeFinding>();
  const resources = new Map<string, ResourceChange>();
  const seen = new Map<StackState, Set<StackState>>();
  let compared = 0;
  let differs = false;
  for (const inputs of [...sets, ...stored]) {
    const states = statesOf(before, after, upgrade, inputs);
    if (!states) continue;
    compared++;
    if ('refused' in states) {
      differs = true;
      keepGravest(found, notRendered(states.refused));
      continue;
    }
    if (isKnown(seen, states.was, states.is)) continue;
    const comparison = compareStacks(states.was, states.is);
    differs ||= comparison.findings.length > 0;
    for (const finding of comparison.findings) keepGravest(found, finding);
    for (const resource of comparison.resources) keepWorstImpact(resources, resource);
  }
  const contract = compareInterfaces(before, after);
  const findings = [...contract, ...found.values()];
  const versionClass = gravestClass(findings);
  const isPatch = !differs && contract.length === 0;
  return {
    versionClass,
    requiredBump: bumpFor(versionClass, isPatch),
    findings: gravestFirst(findings),
    resources: [...resources.values()],
    compared,
    untried,
  };
}

/** Whether two states were compared before; notes that they are now. */
function isKnown(seen: Map<StackState, Set<StackState>>, was: StackState, is: StackState): boolean {
  const others = seen.get(was) ?? new Set();
  seen.set(was, others);
  const known = others.has(is);
  others.add(is);
  return known;
}

type States = { readonly was: StackState; readonly is: StackState } | { readonly refused: string };

/** Undefined where such an instance cannot be, or where the new schema refuses the inputs, which the interface says. */
function statesOf(
  before: TemplateVersion,
  after: TemplateVersion,
  upgrade: InputUpgrade,
  inputs: Inputs,
): States | undefined {
  const oldInputs = before.resolve(inputs);
  const was = oldInputs.ok ? before.state(oldInputs.value) : oldInputs;
  const upgraded = upgrade(inputs);
  const newInputs = upgraded.ok ? after.resolve(upgraded.value) : upgraded;
  if (!was.ok || !newInputs.ok) return undefined;
  const is = after.state(newInputs.value);
  return is.ok ? { was: was.value, is: is.value } : { refused: is.refusal.message };
}

function notRendered(message: string): ChangeFinding {
  return {
    code: 'R-RENDER',
    versionClass: 'breaking',
    verdict: 'fails',
    message: `with inputs that the former version takes, the new one cannot be rendered: ${message}`,
    evidence: { source: 'rule', certainty: 'certain' },
  };
}

function gravity({ versionClass }: ChangeFinding): number {
  return versionClasses.indexOf(versionClass);
}

function keepGravest(found: Map<string, ChangeFinding>, finding: ChangeFinding): void {
  const key = `${finding.code} ${finding.logicalId ?? ''} ${finding.path ?? ''}`;
  const known = found.get(key);
  if (!known || gravity(finding) > gravity(known)) found.set(key, finding);
}

const impactOrder = [
  'none',
  'add',
  'update-in-place',
  'update-interrupt',
  'retain',
  'conditional-replace',
  'replace',
  'remove',
];

function keepWorstImpact(resources: Map<string, ResourceChange>, resource: ResourceChange): void {
  const known = resources.get(resource.logicalId);
  const isWorse = !known || impactOrder.indexOf(resource.impact) > impactOrder.indexOf(known.impact);
  if (isWorse) resources.set(resource.logicalId, resource);
}
