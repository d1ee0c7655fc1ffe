import type { TerraformModule, TerraformResource } from '../../bundles/index.ts';
import { type EvaluatedObject, type EvaluatedValue, UnknownValue } from '../../cloudformation/index.ts';
import type { ResourceChange } from '../compare-stacks.ts';
import { dataFindings } from '../data-findings.ts';
import type { ChangeFinding, Evidence } from '../finding.ts';
import { canonical, compareProperties } from '../property-changes.ts';
import { lossOf, removalGravity, replacementCodes } from '../resource-findings.ts';
import { maskFindings } from '../secret-mask.ts';
import { typeClass } from '../type-class.ts';
import type { ResourceImpact } from '../verdict.ts';
import { compareModuleInterfaces } from './compare-variables.ts';
import { providerFindings } from './provider-findings.ts';
import { forgottenFinding, movedFinding } from './state-findings.ts';
import { type HintedEffect, hintedEffect } from './update-effect.ts';

export interface ModuleComparison {
  readonly findings: readonly ChangeFinding[];
  readonly resources: readonly ResourceChange[];
}

/**
 * Two versions of a configuration, without a plan: its interface, and which resources are declared otherwise. What a
 * change does to a resource is a hint only; a plan decides.
 * @param changedInputs what is read of the inputs whose default is another, e.g. `var.pipeline.inputs.size`
 */
export function compareModules(
  before: TerraformModule,
  after: TerraformModule,
  changedInputs: readonly string[] = [],
): ModuleComparison {
  const changed = changedNames(before, after, changedInputs);
  const resources: ResourceChange[] = [];
  const findings: ChangeFinding[] = [...compareModuleInterfaces(before, after), ...providerFindings(before, after)];
  const add = (address: string, type: string, impact: ResourceImpact, found: readonly ChangeFinding[]) => {
    resources.push({ logicalId: address, type, typeClass: typeClass(type), impact });
    findings.push(...found.map((finding) => ({ logicalId: address, ...finding })));
  };
  const kept = new Set<string>();
  for (const [address, resource] of before.resources) {
    const now = after.moved.get(address) ?? address;
    const other = after.resources.get(now);
    if (other && other.type === resource.type) {
      kept.add(now);
      const { impact, findings: found } = comparedResource(now, resource, other, changed);
      add(now, resource.type, impact, [...(now === address ? [] : [movedFinding(address, now, certain)]), ...found]);
    } else if (after.forgotten.has(address))
      add(address, resource.type, 'retain', [forgottenFinding(address, resource.type, certain)]);
    else add(address, resource.type, 'remove', [removed(address, resource, before, after)]);
  }
  for (const [address, { type }] of after.resources) {
    if (!kept.has(address)) add(address, type, 'add', [say('R-ADD', 'compatible', 'in-place', `adds ${address}`)]);
  }
  findings.push(...callFindings(before, after, changed));
  return { findings: maskFindings(findings, []), resources };
}

const certain: Evidence = { source: 'rule', certainty: 'certain' };
const undecided: Evidence = { source: 'rule', certainty: 'undecided', note: 'only a plan tells' };

function say(
  code: ChangeFinding['code'],
  versionClass: ChangeFinding['versionClass'],
  verdict: ChangeFinding['verdict'],
  message: string,
  evidence: Evidence = certain,
): ChangeFinding {
  return { code, versionClass, verdict, message, evidence };
}

/** `local.x` and `var.x` that give another value, and whatever is made of them. */
function changedNames(
  before: TerraformModule,
  after: TerraformModule,
  changedInputs: readonly string[],
): ReadonlySet<string> {
  const changed = new Set<string>(changedInputs);
  for (const [name, variable] of after.variables) {
    const was = before.variables.get(name);
    if (was && JSON.stringify(was.default) !== JSON.stringify(variable.default)) changed.add(`var.${name}`);
  }
  const names = Object.keys(after.locals);
  for (let size = -1; size !== changed.size; ) {
    size = changed.size;
    for (const name of names) {
      const text = JSON.stringify(after.locals[name]);
      const isOther = text !== JSON.stringify(before.locals[name]) || reads(text, changed) !== undefined;
      if (isOther) changed.add(`local.${name}`);
    }
  }
  return changed;
}

/** The first of the names that a text reads. */
function reads(text: string, names: ReadonlySet<string>): string | undefined {
  if (names.size === 0) return undefined;
  for (const [name] of text.matchAll(/\b(?:local|var)(?:\.[\w-]+)+/g)) {
    const steps = name.split('.');
    const read = steps.map((_step, index) => steps.slice(0, index + 1).join('.')).find((prefix) => names.has(prefix));
    if (read !== undefined) return read;
  }
  return undefined;
}

const metaArguments = ['count', 'for_each', 'depends_on', 'provider', 'lifecycle', 'provisioner', 'connection'];

function comparedResource(
  address: string,
  was: TerraformResource,
  is: TerraformResource,
  changed: ReadonlySet<string>,
): { readonly impact: ResourceImpact; readonly findings: readonly ChangeFinding[] } {
  const { type } = is;
  const pair = { type, before: argumentsOf(was, new Set()), after: argumentsOf(is, changed) };
  const changes = compareProperties(pair.before, pair.after, { schema: undefined, movedBy: () => undefined });
  const judged = changes.map((change) => ({ ...change, ...hintedEffect(type, change.path) }));
  const gravest = [...judged].sort((a, b) => gravity[b.effect] - gravity[a.effect])[0];
  const findings: ChangeFinding[] = [...repetitionFindings(address, was, is, changed)];
  if (was.preventsDestroy && !is.preventsDestroy && typeClass(type) === 'stateful') {
    const message = `${address} is no longer guarded by prevent_destroy: the next mistake is final`;
    findings.push({ ...say('D-PROTECT', 'data-affecting', 'data-at-risk', message), flags: ['protection-lowered'] });
  }
  if (!gravest)
    return { impact: findings.some(({ code }) => code === 'R-CREPL') ? 'conditional-replace' : 'none', findings };
  findings.push(changeFinding(address, type, gravest.effect, gravest.path.join('/'), gravest.evidence));
  findings.push(...dataFindings(address, pair, changes));
  return { impact: impactOf[gravest.effect], findings };
}

const gravity: Readonly<Record<HintedEffect, number>> = { 'in-place': 0, interrupt: 1, conditional: 2, replace: 3 };
const impactOf: Readonly<Record<HintedEffect, ResourceImpact>> = {
  'in-place': 'update-in-place',
  interrupt: 'update-interrupt',
  conditional: 'conditional-replace',
  replace: 'replace',
};

function changeFinding(
  address: string,
  type: string,
  effect: HintedEffect,
  name: string,
  evidence: Evidence,
): ChangeFinding {
  const kind = typeClass(type);
  const because = `${address} because ${name} is declared otherwise`;
  switch (effect) {
    case 'in-place':
      return { ...say('R-UPD-NOINT', 'compatible', 'in-place', `updates ${because}`, evidence), path: name };
    case 'interrupt':
      return { ...say('R-UPD-INT', 'compatible', 'interruption', `interrupts ${because}`, evidence), path: name };
    case 'conditional':
      return { ...say('R-CREPL', ...lossOf[kind], `may replace ${because}`, evidence), path: name };
    case 'replace':
      return { ...say(replacementCodes[kind], ...lossOf[kind], `replaces ${because}`, evidence), path: name };
  }
}

/** How many there are, and under which keys, hangs on values that only a plan knows. */
function repetitionFindings(
  address: string,
  was: TerraformResource,
  is: TerraformResource,
  changed: ReadonlySet<string>,
): readonly ChangeFinding[] {
  const text = (resource: TerraformResource) => JSON.stringify([resource.arguments.count, resource.arguments.for_each]);
  if (text(was) === text(is) && reads(text(is), changed) === undefined) return [];
  const message = `how many there are of ${address} is declared otherwise: some may go`;
  return [say('R-CREPL', ...lossOf[typeClass(is.type)], message, undecided)];
}

function argumentsOf(resource: TerraformResource, changed: ReadonlySet<string>): EvaluatedObject {
  const given = Object.entries(resource.arguments).filter(([name]) => !metaArguments.includes(name));
  return evaluatedFrom(Object.fromEntries(given), changed) as EvaluatedObject;
}

/** Texts that hold an expression are not known; those that read what gives another value are not what they were. */
function evaluatedFrom(value: unknown, changed: ReadonlySet<string>): EvaluatedValue {
  if (Array.isArray(value)) return value.map((item) => evaluatedFrom(item, changed));
  if (typeof value === 'object' && value !== null) {
    const made: Record<string, EvaluatedValue> = Object.create(null);
    for (const [name, member] of Object.entries(value))
      if (member !== null) made[name] = evaluatedFrom(member, changed);
    return made;
  }
  if (typeof value === 'string' && /[$%]\{/.test(value)) {
    const moved = reads(value, changed);
    return new UnknownValue(moved === undefined ? { expression: value } : { expression: value, other: moved }, []);
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
}

const likenessMin = 0.5;

function removed(
  address: string,
  old: TerraformResource,
  before: TerraformModule,
  after: TerraformModule,
): ChangeFinding {
  const kind = typeClass(old.type);
  const alike = [...after.resources].find(
    ([name, made]) => made.type === old.type && !before.resources.has(name) && likeness(old, made) >= likenessMin,
  )?.[0];
  const loss = kind === 'stateful' ? '; its content would be lost' : '';
  if (alike === undefined) return { ...removalGravity[kind], message: `removes ${address}${loss}`, evidence: certain };
  const message = `removes ${address} and adds ${alike}, which is alike${loss}; a moved block from ${address} to ${alike} would keep it`;
  return say(kind === 'stateful' ? 'D-REPL' : 'R-LOGICAL', ...lossOf[kind], message);
}

function likeness(old: TerraformResource, made: TerraformResource): number {
  const [was, is] = [argumentsOf(old, new Set()), argumentsOf(made, new Set())];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  if (names.length === 0) return 1;
  return names.filter((name) => canonical(was[name]) === canonical(is[name])).length / names.length;
}

/** What a called module does is not looked into. */
function callFindings(
  before: TerraformModule,
  after: TerraformModule,
  changed: ReadonlySet<string>,
): readonly ChangeFinding[] {
  return [...new Set([...before.calls.keys(), ...after.calls.keys()])].flatMap((name): ChangeFinding[] => {
    const [was, is] = [before.calls.get(name), after.calls.get(name)];
    const logicalId = `module.${name}`;
    if (!was) return [{ ...say('R-ADD', 'compatible', 'in-place', `calls the module ${name}`), logicalId }];
    const common = { evidence: undecided, logicalId, versionClass: 'breaking', verdict: 'replacement' } as const;
    if (!is)
      return [{ ...common, code: 'R-NESTED', message: `no longer calls the module ${name}: all that it made goes` }];
    const text = JSON.stringify(is);
    if (text === JSON.stringify(was) && reads(text, changed) === undefined) return [];
    return [
      { ...common, code: 'R-NESTED', message: `calls the module ${name} otherwise: what it does then is not known` },
    ];
  });
}
