import { cedarRequest, preparedRules } from '../src/governance/decisions/cedar-request.ts';
import {
  type Cedar,
  type DecisionRequest,
  decide,
  loadCedar,
  makePolicies,
  type Policies,
} from '../src/governance/index.ts';
import { relationsOf } from '../src/governance/relations.ts';
import { rulesInForce } from '../src/governance/rules/policies.ts';
import { readRuleSet } from '../src/governance/rules/read-rule-set.ts';
import { shippedRules } from '../src/governance/rules/shipped-rules.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { percentile } from './statistics.ts';

const divisions = 10;
const unitsOfDivision = 10;
const rulesWanted = 1_000;
const resources = 10_000;
/** The baseline takes milliseconds each. */
const baselineSamples = 1_000;

const classes = ['sandbox', 'test', 'production'];
const changeClasses = ['none', 'compatible', 'breaking', 'data-affecting'] as const;
const verbs = ['instance:update', 'instance:update', 'instance:create', 'instance:delete', 'instance:read'] as const;

/** Decisions a second and how long one takes, among 1,000 rules about 10,000 resources. */
export async function measureDecisions({ say }: MeasureContext): Promise<Measured> {
  const cedar = await loadCedar();
  say('reading the rules');
  const policies = manyPolicies(cedar);
  const requests = Array.from({ length: resources }, (_, number) => requestOf(number));
  const sets = [policies.base, ...[...policies.models, ...policies.restrictions].map(({ rules }) => rules)];
  const rules = sets.reduce((sum, set) => sum + set.rules.length, 0);

  say(`${resources} decisions, the first of each kind among them`);
  const first = timed(requests, (request) => decide(policies, request));
  say(`${resources} decisions more`);
  const again = timed(requests, (request) => decide(policies, request));

  say(`${baselineSamples} of them by Cedar alone, with all rules in one set`);
  const some = requests.filter((_, number) => number % (resources / baselineSamples) === 0);
  const one = everythingInForce(policies);
  cedar.module.preparsePolicySet('bench', preparedRules(one, 'instance:update', 'all').policies);
  const alone = timed(some, (request) => {
    const call = cedarRequest(request, relationsOf(request.principal, request.resource));
    cedar.module.statefulIsAuthorized({ ...call, preparsedPolicySetId: 'bench' });
  });

  const how = `of ${resources} decisions in one thread, one about each resource, ${rules} rules in ${sets.length} sets for ${divisions * unitsOfDivision} units, without the database`;
  const baseline = (value: number) => ({
    name: 'Cedar, all rules in one parsed set',
    value,
    samples: baselineSamples,
    how: 'statefulIsAuthorized once for the same requests: yes or no, without relations of scopes, approvals or a second look',
  });
  const figure = (
    name: string,
    unit: string,
    better: Figure['better'],
    value: (times: readonly number[]) => number,
  ): Figure => ({
    name,
    unit,
    better,
    value: value(again),
    samples: again.length,
    how: `${name} ${how}; each was decided once before`,
    baseline: baseline(value(alone)),
  });
  return {
    figures: [
      figure('decisions', '/s', 'more', (times) => (times.length / sum(times)) * 1_000),
      figure('one takes, p50', 'ms', 'less', (times) => percentile(times, 0.5)),
      figure('one takes, p99', 'ms', 'less', (times) => percentile(times, 0.99)),
      {
        name: 'one takes, p99, sets not parsed yet',
        unit: 'ms',
        better: 'less',
        value: percentile(first, 0.99),
        samples: first.length,
        how: `p99 ${how}; none was decided before`,
      },
    ],
    notes: [],
  };
}

function timed(requests: readonly DecisionRequest[], work: (request: DecisionRequest) => void): number[] {
  return requests.map((request) => {
    const begun = performance.now();
    work(request);
    return performance.now() - begun;
  });
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);

const unitOf = (number: number) => {
  const leaf = number % (divisions * unitsOfDivision);
  return ['organization', `division-${leaf % divisions}`, `unit-${leaf}`];
};

/** Restrictions at the root, at every division and at every unit; models as an organization mixes them. */
function manyPolicies(cedar: Cedar): Policies {
  const { base, unassigned, models } = shippedRules(cedar);
  const scopes = [
    'organization',
    ...Array.from({ length: divisions * unitsOfDivision }, (_, leaf) => unitOf(leaf)).flat(),
  ];
  const units = [...new Set(scopes)];
  const restrictions = Array.from({ length: rulesWanted / 4 }, (_, number) => ({
    scope: { unit: units[number % units.length] ?? '' },
    rules: restriction(cedar, number),
  }));
  return makePolicies(cedar, {
    base,
    unassigned,
    models: [
      { scope: { unit: 'organization' }, rules: models['golden-path'] },
      { scope: { unit: 'division-0' }, rules: models.centralized },
      { scope: { unit: 'division-1' }, rules: models.decentralized },
      { scope: { unit: 'unit-22' }, rules: models.embedded },
    ],
    restrictions,
  });
}

function restriction(cedar: Cedar, number: number) {
  const heads = ['updates', 'deletions', 'creations', 'exceptions'];
  const text = heads
    .map(
      (group) => `@id("${group}") @message("No.") @requires("security:1")
        forbid (principal, action in Action::"${group}", resource in ?resource)
        when { context.plan.replaced > ${number} && resource.environmentClass == "production" }
        unless { context.relations.containsAny(["platform", "security"]) };`,
    )
    .join('\n');
  const read = readRuleSet(cedar, { name: `r${number}@1`, purpose: 'restriction', text });
  if (!read.ok) throw new Error(read.refusal.message);
  return read.value;
}

function requestOf(number: number): DecisionRequest {
  const unitPath = unitOf(number);
  const team = `team-${unitPath[2]}`;
  const own = { name: team, kind: 'application', unitPath, role: 'member' as const };
  const platform = { name: 'platform', kind: 'platform', unitPath: ['organization'], role: 'member' as const };
  return {
    verb: verbs[number % verbs.length] ?? 'instance:read',
    principal: {
      id: `p${number % 500}`,
      name: `p${number % 500}`,
      kind: 'person',
      teams: number % 3 === 0 ? [own, platform] : [own],
      isAdministrator: false,
    },
    resource: {
      arn: `arn:aws:proton:eu-central-1:111122223333:service/s${number}/service-instance/i`,
      kind: 'service-instance',
      unitPath,
      ownerTeam: number % 7 === 0 ? 'others' : team,
      environmentOwnerTeam: 'hosting',
      environmentClass: classes[number % classes.length],
      accountIds: ['111122223333'],
      labels: { tier: String(number % 3) },
    },
    change: {
      changeClass: changeClasses[number % changeClasses.length] ?? 'none',
      flags: [],
      plan: { replaced: number % 40, removed: 0, statefulTouched: number % 5, targets: 1 },
    },
    at: new Date('2026-11-25T10:00:00Z'),
    timeZone: 'Europe/Berlin',
    via: 'native',
  };
}

/** As if every scope covered the resource. */
function everythingInForce(policies: Policies) {
  const everywhere = {
    ...requestOf(0).resource,
    unitPath: [...new Set(policies.restrictions.map(({ scope }) => scope.unit))],
  };
  const { prepared, ...rest } = rulesInForce(policies, everywhere);
  // of every verb
  const rules = new Map(
    [...rest.rules].map(([name, bound]) => [name, { ...bound, rule: { ...bound.rule, actions: undefined } }]),
  );
  return { ...rest, rules, prepared: new Map() };
}
