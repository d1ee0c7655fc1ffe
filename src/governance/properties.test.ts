import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { governedClasses } from './change.ts';
import type { ApprovalFacts } from './decisions/approvals.ts';
import { decide } from './decisions/decide.ts';
import { type DecisionRequest, doors } from './decisions/decision-request.ts';
import type { Verdict } from './decisions/verdict.ts';
import { relations } from './relations.ts';
import { type Cedar, loadCedar } from './rules/cedar.ts';
import type { Policies } from './rules/policies.ts';
import { makePolicies } from './rules/policies.ts';
import type { RuleSet } from './rules/rule-set.ts';
import { shippedModels, shippedRules } from './rules/shipped-rules.ts';
import { readScope } from './scope.ts';
import { decisionRows, rowRequest } from './testing/decision-table.ts';
import { machine, people, saturday, wednesday } from './testing/example-estate.ts';
import { ruleSet, testPolicies } from './testing/test-policies.ts';

let cedar: Cedar;
beforeAll(async () => {
  cedar = await loadCedar();
});

const approval = fc.record<ApprovalFacts>({
  principalId: fc.constantFrom('a', 'b', 'c', 'id-of-owner'),
  principal: fc.constant('somebody'),
  as: fc.subarray([...relations, 'team:board'] as const),
  at: fc.constantFrom(new Date('2026-11-25T09:00:00Z'), new Date('2026-10-01T09:00:00Z')),
});

const request: fc.Arbitrary<DecisionRequest> = fc
  .record({
    row: fc.constantFrom(...decisionRows),
    principal: fc.constantFrom(...Object.values(people), machine),
    changeClass: fc.constantFrom(...governedClasses),
    statefulTouched: fc.nat(2),
    approvals: fc.array(approval, { maxLength: 4 }),
    at: fc.constantFrom(wednesday, saturday),
    via: fc.constantFrom(...doors),
    owned: fc.nat(12),
  })
  .map(({ row, principal, approvals, at, via, owned, ...change }) => ({
    ...rowRequest({ ...row, ...change }, principal),
    approvals,
    at,
    via,
    owned,
  }));

const heads = [
  'action',
  'action in Action::"updates"',
  'action == Action::"instance:delete"',
  'action in Action::"reads"',
];
const conditions = [
  '',
  'when { context.changeClass == "breaking" }',
  'unless { context.relations.contains("owner") }',
  'when { resource.environmentClass == "production" && context.via != "campaign" }',
  'when { 9223372036854775807 + context.owned > 0 }',
];

const forbid = fc
  .record({
    head: fc.constantFrom(...heads),
    condition: fc.constantFrom(...conditions),
    requires: fc.constantFrom('', '@requires("security:1")', '@requires("owner|platform:2") @selfApproval("no")'),
  })
  .map(
    ({ head, condition, requires }) =>
      `@id("more") @message("No.") ${requires} forbid (principal, ${head}, resource in ?resource) ${condition};`,
  );

const scope = fc.constantFrom('organization', 'shop', 'shop/environment-class:production', 'data');
const models = fc.dictionary(scope, fc.constantFrom(...shippedModels), { maxKeys: 3 });

function policiesOf(
  byScope: Readonly<Record<string, (typeof shippedModels)[number]>>,
  restrictions: readonly (readonly [string, RuleSet])[] = [],
): Policies {
  const { models: shipped, ...rest } = shippedRules(cedar);
  return makePolicies(cedar, {
    ...rest,
    models: Object.entries(byScope).map(([at, model]) => ({ scope: readScope(at)!, rules: shipped[model] })),
    restrictions: restrictions.map(([at, rules]) => ({ scope: readScope(at)!, rules })),
  });
}

/** What a verdict leaves open, least first: the more is wanted, the less. */
const openness = (verdict: Verdict) =>
  verdict.verdict === 'allow' ? Infinity : verdict.verdict === 'deny' ? -Infinity : -seats(verdict);
const seats = (verdict: Verdict) =>
  verdict.verdict === 'needs-approvals' ? verdict.approvals.reduce((sum, { count }) => sum + count, 0) : 0;

const runs = { numRuns: 150 };

test('a forbid more never allows more', () => {
  fc.assert(
    fc.property(models, request, forbid, scope, (byScope, asked, text, at) => {
      const before = decide(policiesOf(byScope), asked);
      const after = decide(policiesOf(byScope, [[at, ruleSet(cedar, 'extra@1', 'restriction', text)]]), asked);
      expect(openness(after)).toBeLessThanOrEqual(openness(before));
    }),
    runs,
  );
});

test('approvals never lift a hard forbid, nor give what nothing permits', () => {
  const everyone: ApprovalFacts[] = ['p', 'q', 'r', 's'].map((principalId) => ({
    principalId,
    principal: principalId,
    as: [...relations],
    at: new Date('2026-11-25T09:59:00Z'),
  }));
  fc.assert(
    fc.property(models, request, (byScope, asked) => {
      const policies = policiesOf(byScope);
      const alone = decide(policies, { ...asked, approvals: [] });
      const approved = decide(policies, { ...asked, approvals: everyone });
      if (alone.verdict === 'deny') expect(approved).toEqual(alone);
    }),
    runs,
  );
});

test('an approval more never asks for more', () => {
  fc.assert(
    fc.property(models, request, approval, (byScope, asked, more) => {
      const policies = policiesOf(byScope);
      const before = decide(policies, asked);
      const after = decide(policies, { ...asked, approvals: [...(asked.approvals ?? []), more] });
      expect(openness(after)).toBeGreaterThanOrEqual(openness(before));
    }),
    runs,
  );
});

test('when all that is wanted is given, it is allowed', () => {
  fc.assert(
    fc.property(models, request, (byScope, asked) => {
      const policies = policiesOf(byScope);
      const verdict = decide(policies, { ...asked, at: wednesday, approvals: [] });
      if (verdict.verdict !== 'needs-approvals') return;
      const given = verdict.approvals.flatMap(({ approvers, count }, wish) =>
        Array.from({ length: count }, (_, one) => ({
          principalId: `${wish}-${one}`,
          principal: 'somebody',
          as: approvers.slice(0, 1),
          at: wednesday,
        })),
      );
      expect(decide(policies, { ...asked, at: wednesday, approvals: given }).verdict).toBe('allow');
    }),
    runs,
  );
});

test('the restrictions of every ancestor apply, whatever model is nearer', () => {
  const hard = ruleSet(
    cedar,
    'freeze@1',
    'restriction',
    '@id("freeze") @message("Nothing moves.") forbid (principal, action in Action::"updates", resource in ?resource);',
  );
  fc.assert(
    fc.property(
      models,
      fc.constantFrom(...shippedModels),
      request.filter(({ verb }) => verb.endsWith(':update') && verb !== 'component:update'),
      fc.constantFrom('organization', 'shop'),
      (byScope, nearer, asked, at) => {
        const policies = policiesOf({ ...byScope, shop: nearer }, [[at, hard]]);
        const verdict = decide(policies, asked);
        expect(verdict.verdict).toBe('deny');
        expect(verdict.rules).toContain(`freeze@1/freeze @ ${at}`);
      },
    ),
    runs,
  );
});

test('a restriction of one unit is none of another', async () => {
  const text = '@id("freeze") @message("No.") forbid (principal, action, resource in ?resource);';
  const rules = ruleSet(cedar, 'freeze@1', 'restriction', text);
  fc.assert(
    fc.property(request, (asked) => {
      const elsewhere = policiesOf({ organization: 'golden-path' }, [['data', rules]]);
      expect(decide(elsewhere, asked)).toEqual(decide(policiesOf({ organization: 'golden-path' }), asked));
    }),
    runs,
  );
  expect((await testPolicies()).restrictions).toEqual([]);
});
