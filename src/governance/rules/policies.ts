import { contentHash } from '../../identifiers/index.ts';
import { type ResourceFacts, templateOf } from '../facts.ts';
import { covers, nearest, type Scope, showScope } from '../scope.ts';
import type { Cedar, PolicySet } from './cedar.ts';
import type { Rule, RuleSet } from './rule-set.ts';

/** A set of rules and where it holds. */
export interface Assignment {
  readonly scope: Scope;
  readonly rules: RuleSet;
}

/** Everything that rules an installation at one moment. A value: what was decided under it can be decided again. */
export interface Policies extends PolicyParts {
  readonly cedar: Cedar;
  /** Of all texts and scopes: two that are equal decide alike. */
  readonly digest: string;
  /** Rules in force that were found before, by all that scopes ask of a resource. */
  readonly inForce: Map<string, RulesInForce>;
}

export interface PolicyParts {
  readonly base: RuleSet;
  /** Rules where no model was assigned. */
  readonly unassigned: RuleSet;
  readonly models: readonly Assignment[];
  readonly restrictions: readonly Assignment[];
}

/** What is in force for one resource. */
export interface RulesInForce {
  readonly model: RuleSet;
  /** Absent: no model was assigned. */
  readonly modelScope?: Scope;
  /** By name of the rule: `set/rule`, of a restriction with its scope: `set/rule @ scope`. */
  readonly rules: ReadonlyMap<string, BoundRule>;
  /** What was put together for Cedar before, by verb and effects. */
  readonly prepared: Map<string, PreparedRules>;
}

/** Rules of which some speak of a verb, as Cedar takes them. */
export interface PreparedRules {
  /** Of the content: for the same rules the same, wherever they are in force. */
  readonly key: string;
  readonly policies: PolicySet;
}

export interface BoundRule {
  readonly name: string;
  readonly set: RuleSet;
  readonly rule: Rule;
  /** Absent for base rules. */
  readonly scope?: Scope;
}

export function makePolicies(cedar: Cedar, parts: PolicyParts): Policies {
  return { ...parts, cedar, digest: policiesDigest(parts), inForce: new Map() };
}

export function policiesDigest(parts: PolicyParts): string {
  return contentHash(policiesContent(parts));
}

export interface PoliciesContent {
  readonly base: RuleSetNamed;
  readonly unassigned: RuleSetNamed;
  readonly models: readonly (RuleSetNamed & { readonly scope: string })[];
  readonly restrictions: readonly (RuleSetNamed & { readonly scope: string })[];
}

export interface RuleSetNamed {
  readonly name: string;
  /** Of its text. */
  readonly digest: string;
}

/** What policies are made of, with digests for texts, in an order that says nothing. */
export function policiesContent({ base, unassigned, models, restrictions }: PolicyParts): PoliciesContent {
  const named = ({ name, digest }: RuleSet) => ({ name, digest });
  const placed = (assignments: readonly Assignment[]) =>
    assignments
      .map(({ scope, rules }) => ({ scope: showScope(scope), ...named(rules) }))
      .sort((a, b) => (`${a.scope} ${a.name}` < `${b.scope} ${b.name}` ? -1 : 1));
  return {
    base: named(base),
    unassigned: named(unassigned),
    models: placed(models),
    restrictions: placed(restrictions),
  };
}

const inForceMax = 10_000;

/** The base rules, the nearest model alone, and the restrictions of every scope that covers the resource. */
export function rulesInForce(policies: Policies, resource: ResourceFacts): RulesInForce {
  const { unitPath, environmentClass, accountIds } = resource;
  const asked = JSON.stringify([unitPath, environmentClass, accountIds, templateOf(resource)]);
  const known = policies.inForce.get(asked);
  if (known) return known;
  const model = nearest(policies.models, resource);
  const restrictions = policies.restrictions.filter(({ scope }) => covers(scope, resource));
  const rules = new Map<string, BoundRule>();
  const add = (set: RuleSet, scope: Scope | undefined, isMany: boolean) => {
    for (const rule of set.rules) {
      const name = `${set.name}/${rule.id}${isMany && scope ? ` @ ${showScope(scope)}` : ''}`;
      // two rules of one name would hide each other
      if (rules.has(name)) throw new Error(`${name} is in force twice`);
      rules.set(name, { name, set, rule, scope });
    }
  };
  add(policies.base, undefined, false);
  add(model?.rules ?? policies.unassigned, model?.scope ?? { unit: resource.unitPath[0] ?? '' }, false);
  for (const { scope, rules: set } of restrictions) add(set, scope, true);
  const ruling = model?.rules ?? policies.unassigned;
  const inForce = { model: ruling, modelScope: model?.scope, rules, prepared: new Map() };
  if (policies.inForce.size >= inForceMax) policies.inForce.clear();
  policies.inForce.set(asked, inForce);
  return inForce;
}
