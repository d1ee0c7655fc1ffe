import { contentHash } from '../../identifiers/index.ts';
import { noChange } from '../change.ts';
import type { PrincipalFacts, ResourceFacts } from '../facts.ts';
import type { Approver } from '../relations.ts';
import type { EntityJson, PolicySet, TypeAndId } from '../rules/cedar.ts';
import type { BoundRule, PreparedRules, RulesInForce } from '../rules/policies.ts';
import { type Scope, showScope } from '../scope.ts';
import { groupOf, resourceTypes, type Verb } from '../verbs.ts';
import type { DecisionRequest } from './decision-request.ts';

const noClass = 'none';

/** A request in Cedar's form, for `statefulIsAuthorized`. */
export function cedarRequest(
  { verb, principal, resource, change = noChange, at, timeZone, via, owned = 0, asked = [] }: DecisionRequest,
  held: readonly Approver[],
) {
  const who = principalId(principal);
  const what = resourceId(resource);
  const action = { type: 'Action', id: verb };
  return {
    principal: who,
    action,
    resource: what,
    context: {
      relations: [...held],
      changeClass: change.changeClass,
      flags: [...change.flags],
      plan: { ...change.plan },
      time: { utc: { __extn: { fn: 'datetime', arg: at.toISOString() } }, ...localTime(at, timeZone), zone: timeZone },
      via,
      owned,
      asked: [...asked],
    },
    // without the schema, which makes it twice as long: what is put together here is of its types
    entities: [
      { uid: action, attrs: {}, parents: [{ type: 'Action', id: groupOf(verb) }] },
      ...entities(principal, who, resource, what),
    ],
  };
}

function entities(principal: PrincipalFacts, who: TypeAndId, resource: ResourceFacts, what: TypeAndId): EntityJson[] {
  const units = new Map<string, EntityJson>();
  for (const path of [resource.unitPath, ...principal.teams.map(({ unitPath }) => unitPath)]) {
    for (const [depth, name] of path.entries()) {
      if (units.has(name)) continue;
      const above = path[depth - 1];
      units.set(name, { ...thing(unit(name), name, name, noClass), parents: above === undefined ? [] : [unit(above)] });
    }
  }
  const ownUnits = new Set(principal.teams.map(({ unitPath }) => unitPath.at(-1) ?? ''));
  const who1: EntityJson = {
    uid: who,
    attrs: { name: principal.name, units: [...ownUnits].map((name) => ({ __entity: unit(name) })) },
    parents: principal.teams.map(({ name }) => team(name)),
  };
  const others = principal.teams.filter(({ name }) => resource.kind !== 'team' || name !== what.id);
  const teams = others.map(({ name, kind, unitPath }) => {
    const leaf = unitPath.at(-1) ?? '';
    const { uid, attrs } = thing(team(name), name, leaf, noClass);
    return { uid, attrs: { ...attrs, kind }, parents: [unit(leaf)] };
  });
  const what1 = described(resource, what);
  if (resource.kind === 'unit') units.set(what.id, { ...what1, parents: units.get(what.id)?.parents ?? [] });
  return [...units.values(), ...teams, who1, ...(resource.kind === 'unit' ? [] : [what1])];
}

function described(resource: ResourceFacts, what: TypeAndId): EntityJson {
  const { unitPath, environmentClass = noClass, ownerTeam, dataOwnerTeam, accountIds = [], templateArn } = resource;
  const leaf = unitPath.at(-1) ?? '';
  const { uid, attrs } = thing(what, resource.arn, leaf, environmentClass);
  const above: TypeAndId[] = [unit(leaf)];
  if (!partless.includes(resource.kind)) {
    if (resource.environmentClass !== undefined) above.push({ type: 'EnvironmentClass', id: environmentClass });
    above.push(...accountIds.map((id) => ({ type: 'Account', id })));
    if (templateArn !== undefined) above.push({ type: 'Template', id: templateArn });
  }
  if (resource.kind === 'team') attrs.kind = resource.teamKind ?? '';
  if (resource.kind === 'principal') {
    attrs.kind = resource.subject?.kind ?? 'person';
    above.push(...(resource.subject?.teams ?? []).map(team));
  }
  if (ownerTeam !== undefined) attrs.owner = { __entity: team(ownerTeam) };
  if (dataOwnerTeam !== undefined) attrs.dataOwner = { __entity: team(dataOwnerTeam) };
  return { uid, attrs, parents: above, tags: { ...resource.labels } };
}

/** They are in no class, account or template, or are one themselves. */
const partless: readonly string[] = [
  'environment-template',
  'service-template',
  'account',
  'unit',
  'team',
  'principal',
  'installation',
];

function thing(uid: TypeAndId, name: string, leaf: string, environmentClass: string) {
  const attrs: EntityJson['attrs'] = { name, unit: { __entity: unit(leaf) }, environmentClass };
  return { uid, attrs };
}

const unit = (id: string): TypeAndId => ({ type: 'Unit', id });
const team = (id: string): TypeAndId => ({ type: 'Team', id });

function principalId({ kind, id }: PrincipalFacts): TypeAndId {
  return { type: kind === 'machine' ? 'Machine' : 'Person', id };
}

function resourceId({ kind, arn, unitPath, ownerTeam, subject, accountIds }: ResourceFacts): TypeAndId {
  const type = resourceTypes[kind];
  switch (kind) {
    case 'unit':
      return { type, id: unitPath.at(-1) ?? '' };
    case 'team':
      return { type, id: ownerTeam ?? arn };
    case 'principal':
      return { type, id: subject?.id ?? arn };
    case 'account':
      return { type, id: accountIds?.[0] ?? arn };
    default:
      return { type, id: arn };
  }
}

/** What reads and changes the rules: only base rules forbid it, else one could lock out everybody who might take it back. */
const rulesOnly: readonly Verb[] = ['model:assign', 'policy:write', 'policy:read'];

/** The rules that speak of a verb in Cedar's form: those of a scope are bound to what the scope names. */
export function preparedRules(inForce: RulesInForce, verb: Verb, which: 'all' | 'permits'): PreparedRules {
  const asked = `${verb} ${which}`;
  let prepared = inForce.prepared.get(asked);
  if (!prepared) {
    const rules = [...inForce.rules.values()].filter((bound) => speaks(bound, verb, which));
    const content = rules.map(({ name, set, scope }) => [name, set.digest, scope && showScope(scope)]);
    prepared = { key: contentHash(content), policies: cedarPolicies(rules) };
    inForce.prepared.set(asked, prepared);
  }
  return prepared;
}

function speaks({ rule, set }: BoundRule, verb: Verb, which: 'all' | 'permits'): boolean {
  if (rule.effect === 'forbid' && (which === 'permits' || (rulesOnly.includes(verb) && set.purpose !== 'base')))
    return false;
  return !rule.actions || rule.actions.includes(verb) || rule.actions.includes(groupOf(verb));
}

function cedarPolicies(rules: readonly BoundRule[]): PolicySet {
  const staticPolicies: Record<string, string> = {};
  const templates: Record<string, string> = {};
  const templateLinks: PolicySet['templateLinks'] = [];
  for (const { name, rule, scope } of rules) {
    if (!scope) {
      staticPolicies[name] = rule.text;
      continue;
    }
    const templateId = `text of ${name}`;
    templates[templateId] = rule.text;
    templateLinks.push({ templateId, newId: name, values: { '?resource': boundTo(scope) } });
  }
  return { staticPolicies, templates, templateLinks };
}

function boundTo({ unit: name, within }: Scope): TypeAndId {
  switch (within?.kind) {
    case undefined:
      return unit(name);
    case 'environment-class':
      return { type: 'EnvironmentClass', id: within.id };
    case 'account':
      return { type: 'Account', id: within.id };
    case 'template':
      return { type: 'Template', id: within.id };
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** As rules are told of it: `context.time`. */
export function localTime(at: Date, timeZone: string): { weekday: string; hour: number } {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, weekday: 'long', hour: '2-digit', hourCycle: 'h23' });
    formats.set(timeZone, format);
  }
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return { weekday: (parts.weekday ?? '').toLowerCase(), hour: Number(parts.hour) };
}
