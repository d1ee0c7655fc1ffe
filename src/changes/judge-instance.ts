import type { Inputs } from '../bundles/index.ts';
import { compareStacks, type ResourceChange, type StackContext } from './compare-stacks.ts';
import type { ChangeFinding, RuleCode } from './finding.ts';
import { withLogicalPaths } from './logical-path.ts';
import type { InputUpgrade, TemplateVersion } from './template-version.ts';
import { type ChangeFlag, changeFlags, graverVerdict, type InstanceVerdict, instanceVerdicts } from './verdict.ts';

/** One instance, with what is known of the world around it. */
export interface InstanceContext extends StackContext {
  /** `name:major` of the environment it lives in. */
  readonly environment?: string;
  /** Names that its environment offers; absent: all that are asked for. */
  readonly environmentOutputs?: readonly string[];
}

export interface InstanceJudgement {
  readonly verdict: InstanceVerdict;
  /** Gravest first. */
  readonly findings: readonly ChangeFinding[];
  readonly flags: readonly ChangeFlag[];
  readonly resources: readonly ResourceChange[];
}

/**
 * What a target version does to one instance. Whatever would be refused is `fails`, and what it would have done is told
 * all the same.
 * @param upgrade carries the stored inputs over
 */
export function judgeInstance(
  before: TemplateVersion,
  after: TemplateVersion,
  stored: Inputs,
  upgrade: InputUpgrade,
  context: InstanceContext = {},
): InstanceJudgement {
  const refused = contractFindings(after, context);
  const [oldInputs, upgraded] = [before.resolve(stored), upgrade(stored)];
  if (!oldInputs.ok) return judgement([...refused, failureFinding('I-INPUTS', oldInputs.refusal.message)], []);
  if (!upgraded.ok) return judgement([...refused, failureFinding('I-INPUTS', upgraded.refusal.message)], []);
  const newInputs = after.resolve(upgraded.value);
  if (!newInputs.ok) return judgement([...refused, failureFinding('I-INPUTS', newInputs.refusal.message)], []);
  const [was, is] = [before.state(oldInputs.value), after.state(newInputs.value)];
  if (!was.ok) return judgement([...refused, failureFinding('R-RENDER', was.refusal.message)], []);
  if (!is.ok) return judgement([...refused, failureFinding('R-RENDER', is.refusal.message)], []);
  const { resources, findings } = compareStacks(was.value, is.value, context);
  return judgement([...refused, ...findings], resources);
}

type JudgedFinding = Pick<ChangeFinding, 'code' | 'verdict' | 'flags' | 'logicalId'>;

/** Findings and resources in one judgement. */
export function judgement<Finding extends JudgedFinding>(
  findings: readonly Finding[],
  resources: readonly ResourceChange[],
): Omit<InstanceJudgement, 'findings'> & { readonly findings: readonly Finding[] } {
  const verdict = findings.map((finding) => finding.verdict).reduce(graverVerdict, 'no-change');
  const ridden = new Set(findings.flatMap(({ flags }) => flags ?? []));
  const touches = resources.some(({ impact }) => impact !== 'none');
  const isMetadata =
    verdict === 'no-change' && !touches && findings.some(({ code }) => code === 'I-OUT-ADD' || code === 'R-MOVED');
  if (isMetadata) ridden.add('stack-metadata-only');
  const gravity = (finding: Finding) => instanceVerdicts.indexOf(finding.verdict);
  return {
    verdict,
    findings: findings.toSorted((a, b) => gravity(b) - gravity(a)),
    flags: changeFlags.filter((flag) => ridden.has(flag)),
    resources,
  };
}

/**
 * A judgement as it is told of one stack: of what stays as it is, only how many there are. Something that changes and
 * that no rule has a word for is an update all the same.
 */
export function toldJudgement<Finding extends JudgedFinding>(
  findings: readonly Finding[],
  all: readonly ResourceChange[],
) {
  const { verdict, flags, findings: sorted } = judgement(findings, all);
  const resources = withLogicalPaths(all.filter(({ impact }) => impact !== 'none'));
  const told: InstanceVerdict = verdict === 'no-change' && resources.length > 0 ? 'in-place' : verdict;
  const unchanged = all.length - resources.length;
  return { verdict: told, flags, resources, unchanged, findings: withLogicalPaths(sorted) };
}

function contractFindings(after: TemplateVersion, context: InstanceContext): readonly ChangeFinding[] {
  const common = {
    versionClass: 'compatible',
    verdict: 'fails',
    evidence: { source: 'rule', certainty: 'certain' },
  } as const;
  const findings: ChangeFinding[] = [];
  const { environment, environmentOutputs } = context;
  if (environment !== undefined && after.compatibleEnvironments?.includes(environment) === false) {
    const message = `lives in ${environment}, with which the version is not compatible`;
    findings.push({ ...common, code: 'I-ENV', message });
  }
  for (const name of environmentOutputs ? (after.environmentNames ?? []) : []) {
    if (environmentOutputs?.includes(name)) continue;
    const message = `the version reads ${name} of its environment, which does not offer it`;
    findings.push({ ...common, code: 'I-NAMESPACE', message, path: name });
  }
  return findings;
}

/** Of what would be refused. */
export function failureFinding(code: RuleCode, message: string): ChangeFinding {
  return {
    code,
    versionClass: 'compatible',
    verdict: 'fails',
    message,
    evidence: { source: 'rule', certainty: 'certain' },
  };
}
