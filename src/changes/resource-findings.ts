import type { EvaluatedResource } from '../cloudformation/index.ts';
import { sharedName } from './custom-names.ts';
import { dataFindings } from './data-findings.ts';
import type { ChangeFinding, Evidence, RuleCode } from './finding.ts';
import { gravestEffect } from './property-effect.ts';
import type { ComparedResource, JudgedChange } from './resource-comparison.ts';
import { type TypeClass, typeClass } from './type-class.ts';
import type { ChangeFlag, InstanceVerdict, ResourceImpact, VersionClass } from './verdict.ts';

type Gravity = readonly [VersionClass, InstanceVerdict];

/** What losing the present resource means, by what its type holds. */
export const lossOf: Readonly<Record<TypeClass, Gravity>> = {
  stateful: ['data-affecting', 'data-at-risk'],
  identity: ['breaking', 'replacement'],
  link: ['compatible', 'in-place'],
  revision: ['compatible', 'in-place'],
  observer: ['compatible', 'in-place'],
};

export const replacementCodes: Readonly<Record<TypeClass, RuleCode>> = {
  stateful: 'D-REPL',
  identity: 'R-REPL',
  link: 'R-LINK',
  revision: 'R-REV',
  observer: 'R-REPL',
};

/** The impact on a resource that both versions have, and what is to be said of it. */
export function comparedResource(compared: ComparedResource): {
  readonly impact: ResourceImpact;
  readonly findings: readonly ChangeFinding[];
} {
  const { logicalId, resource, old, changes } = compared;
  const impact = impactOf(compared);
  const findings: ChangeFinding[] = [];
  if (compared.otherType) findings.push(...otherTypeFindings(compared));
  else findings.push(...updateFindings(compared), ...refusedProperties(compared));
  if (!compared.otherType) {
    findings.push(...dataFindings(logicalId, compared, changes));
    if (impact === 'replace') findings.push(...nameFindings(compared));
  }
  findings.push(...policyFindings(old, resource));
  return { impact, findings: findings.map((finding) => ({ position: resource.position, ...finding })) };
}

/** What the service refuses to update is still called by what the property would do to the resource. */
function impactOf({ effect, changes }: ComparedResource): ResourceImpact {
  switch (effect) {
    case undefined:
      return 'none';
    case 'in-place':
      return 'update-in-place';
    case 'interrupt':
      return 'update-interrupt';
    case 'conditional':
      return 'conditional-replace';
    case 'replace':
      return 'replace';
    case 'unsupported':
      return changes.some((change) => change.effect === 'replace') ? 'replace' : 'update-in-place';
  }
}

/** One finding for the gravest thing that the service would do; what it refuses is told for itself. */
function updateFindings(compared: ComparedResource): readonly ChangeFinding[] {
  const taken = compared.changes.filter(({ effect }) => effect !== 'unsupported');
  const effect = gravestEffect(taken.map((change) => change.effect));
  const deciding = taken.find((change) => change.effect === effect);
  return deciding ? [updateFinding(compared, deciding)] : [];
}

function updateFinding(compared: ComparedResource, deciding: JudgedChange): ChangeFinding {
  const { logicalId, type } = compared;
  const common = { logicalId, ...shown(deciding), evidence: deciding.evidence };
  const why = because(deciding);
  const kind = typeClass(type);
  switch (deciding.effect) {
    case 'replace':
    case 'conditional': {
      const [versionClass, verdict] = lossOf[kind];
      const flags: readonly ChangeFlag[] = isKept(compared.resource.updateReplacePolicy) ? ['orphan'] : [];
      const isCertain = deciding.effect === 'replace';
      const undecidedCode = type === 'AWS::CloudFormation::Stack' ? 'R-NESTED' : 'R-CREPL';
      return {
        ...common,
        code: isCertain ? replacementCodes[kind] : undecidedCode,
        versionClass,
        verdict,
        flags,
        message: `${isCertain ? 'replaces' : 'may replace'} ${nameOf(compared)} ${why}${lost(compared, kind)}`,
      };
    }
    case 'interrupt':
      return {
        ...common,
        code: 'R-UPD-INT',
        versionClass: 'compatible',
        verdict: 'interruption',
        message: `interrupts ${nameOf(compared)} ${why}`,
      };
    default:
      return {
        ...common,
        code: 'R-UPD-NOINT',
        versionClass: 'compatible',
        verdict: 'in-place',
        message: `updates ${nameOf(compared)} ${why}`,
      };
  }
}

function refusedProperties(compared: ComparedResource): readonly ChangeFinding[] {
  const refused = compared.changes.filter(({ effect }) => effect === 'unsupported');
  const versionClass = typeClass(compared.type) === 'stateful' ? 'data-affecting' : 'breaking';
  return refused.map((change) => ({
    code: 'R-UNSUPPORTED',
    versionClass,
    verdict: 'fails',
    message: `cannot update ${nameOf(compared)} ${because(change)}: the service does not support it`,
    evidence: change.evidence,
    logicalId: compared.logicalId,
    ...shown(change),
  }));
}

/** `the DBInstance Db`. */
export function nameOf({ type, logicalId }: { readonly type: string; readonly logicalId: string }): string {
  return `the ${type.split('::').at(-1)} ${logicalId}`;
}

function because({ path, before, after, cause }: JudgedChange): string {
  const name = path.join('/');
  if (cause !== undefined) return `because ${name} reads ${cause}, which gets another value`;
  if (before === undefined) return `because ${name} is set`;
  if (after === undefined) return `because ${name} is no longer set`;
  const [was, is] = [brief(before), brief(after)];
  return was === undefined || is === undefined
    ? `because ${name} changes`
    : `because ${name} changes from ${was} to ${is}`;
}

const briefMax = 60;

/** Only values that say something in a sentence. The report masks secrets in them. */
function brief(value: unknown): string | undefined {
  if (typeof value === 'object') return undefined;
  const text = String(value);
  return text.length > briefMax ? undefined : text;
}

function lost({ resource }: ComparedResource, kind: TypeClass): string {
  if (kind === 'identity') return '; whoever holds its name, address or ARN must follow';
  if (kind !== 'stateful') return '';
  switch (resource.updateReplacePolicy) {
    case 'Delete':
      return '; its content would be lost';
    case 'Snapshot':
      return '; its content would stay in a snapshot only, and the new one begins empty';
    default:
      return '; the old one stays with its content outside the stack, and the new one begins empty';
  }
}

function shown({
  path,
  before,
  after,
  cause,
}: JudgedChange): Pick<ChangeFinding, 'path' | 'before' | 'after' | 'cause'> {
  return { path: path.join('/'), before, after, cause };
}

function otherTypeFindings({ logicalId, type, old }: ComparedResource): readonly ChangeFinding[] {
  const holdsData = typeClass(old.type) === 'stateful';
  return [
    {
      code: 'R-TYPE',
      versionClass: holdsData ? 'data-affecting' : 'breaking',
      verdict: 'fails',
      message: `${logicalId} was ${old.type} and is ${type}: CloudFormation refuses another type under the same logical id`,
      evidence: { source: 'rule', certainty: 'likely' },
      logicalId,
    },
  ];
}

function nameFindings(compared: ComparedResource): readonly ChangeFinding[] {
  const moved = new Set(compared.changes.filter(({ path }) => path.length === 1).map(({ path }) => String(path[0])));
  const name = sharedName(compared, moved);
  return name === undefined ? [] : [nameCollision(compared.logicalId, name)];
}

export function nameCollision(logicalId: string, name: string): ChangeFinding {
  return {
    code: 'R-NAME',
    versionClass: 'breaking',
    verdict: 'fails',
    message: `the new ${logicalId} cannot be created beside the old one, because both are named ${name}`,
    evidence: { source: 'rule', certainty: 'certain' },
    flags: ['name-collision'],
    logicalId,
  };
}

type Policy = EvaluatedResource['deletionPolicy'];

/** Most protection last. An existing resource is retained by RetainExceptOnCreate just as by Retain. */
const protection: Readonly<Record<Policy, number>> = { Delete: 0, Snapshot: 1, RetainExceptOnCreate: 2, Retain: 2 };

export function isKept(policy: Policy): boolean {
  return protection[policy] === 2;
}

function policyFindings(old: EvaluatedResource, resource: EvaluatedResource): readonly ChangeFinding[] {
  const { logicalId, type } = resource;
  const policies = [
    ['DeletionPolicy', old.deletionPolicy, resource.deletionPolicy],
    ['UpdateReplacePolicy', old.updateReplacePolicy, resource.updateReplacePolicy],
  ] as const;
  return policies.flatMap(([path, before, after]): ChangeFinding[] => {
    if (before === after) return [];
    const isLowered = protection[after] < protection[before] && typeClass(type) === 'stateful';
    const common = { logicalId, path, before, after, evidence: certain };
    if (!isLowered) {
      const message = `${path} of ${nameOf(resource)} changes from ${before} to ${after}`;
      return [{ ...common, code: 'R-POLICY', versionClass: 'compatible', verdict: 'no-change', message }];
    }
    const message = `${path} of ${nameOf(resource)} is lowered from ${before} to ${after}: the next removal or replacement is final`;
    return [
      {
        ...common,
        code: 'D-PROTECT',
        versionClass: 'data-affecting',
        verdict: 'data-at-risk',
        message,
        flags: ['protection-lowered'],
      },
    ];
  });
}

const certain: Evidence = { source: 'rule', certainty: 'certain' };

export function addedResource(resource: EvaluatedResource): readonly ChangeFinding[] {
  const message = `adds ${nameOf(resource)}`;
  const { logicalId, position } = resource;
  return [
    { code: 'R-ADD', versionClass: 'compatible', verdict: 'in-place', message, evidence: certain, logicalId, position },
  ];
}

/**
 * What removing a resource means.
 * @param successor the added resource that takes its place, if there is one
 */
export function removedResource(
  resource: EvaluatedResource,
  successor: { readonly logicalId: string; readonly isRenamed: boolean } | undefined,
): { readonly impact: ResourceImpact; readonly findings: readonly ChangeFinding[] } {
  const { logicalId, type, deletionPolicy } = resource;
  const kind = typeClass(type);
  const retained = isKept(deletionPolicy);
  const common = { logicalId, evidence: certain } as const;
  const flags: readonly ChangeFlag[] = retained ? ['orphan'] : [];
  const findings: ChangeFinding[] = [];
  if (kind === 'stateful' && (!retained || successor)) {
    const instead = successor ? `: ${successor.logicalId} takes its place, and begins empty` : '';
    findings.push({
      ...common,
      code: 'D-REPL',
      versionClass: 'data-affecting',
      verdict: 'data-at-risk',
      flags,
      message: `${removalWord(deletionPolicy)} ${nameOf(resource)}${instead}${removalLoss(deletionPolicy)}`,
    });
  } else if (retained) {
    findings.push({
      ...common,
      code: 'R-RETAIN',
      versionClass: kind === 'observer' || kind === 'revision' ? 'compatible' : 'breaking',
      verdict: kind === 'observer' || kind === 'revision' ? 'in-place' : 'replacement',
      flags,
      message: `${nameOf(resource)} leaves the stack and stays in the cloud, without owner`,
    });
  } else if (successor?.isRenamed) {
    const [versionClass, verdict] = lossOf[kind];
    const message = `${nameOf(resource)} is called ${successor.logicalId} now: a new one is made, the old one is deleted`;
    findings.push({ ...common, code: 'R-LOGICAL', versionClass, verdict, message });
  } else {
    findings.push({ ...common, ...removalGravity[kind], message: `removes ${nameOf(resource)}` });
  }
  return { impact: retained ? 'retain' : 'remove', findings };
}

export const removalGravity: Readonly<Record<TypeClass, Pick<ChangeFinding, 'code' | 'versionClass' | 'verdict'>>> = {
  stateful: { code: 'D-REPL', versionClass: 'data-affecting', verdict: 'data-at-risk' },
  identity: { code: 'R-REMOVE', versionClass: 'breaking', verdict: 'replacement' },
  link: { code: 'R-REMOVE-LINK', versionClass: 'breaking', verdict: 'replacement' },
  observer: { code: 'R-REMOVE-OBS', versionClass: 'compatible', verdict: 'in-place' },
  revision: { code: 'R-REMOVE-OBS', versionClass: 'compatible', verdict: 'in-place' },
};

function removalWord(policy: Policy): string {
  return isKept(policy) ? 'abandons' : 'deletes';
}

function removalLoss(policy: Policy): string {
  if (isKept(policy)) return '; the old one stays with its content outside the stack';
  return policy === 'Snapshot' ? '; its content would stay in a snapshot only' : '; its content would be lost';
}
