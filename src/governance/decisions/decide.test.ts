import { beforeAll, expect, test } from 'vitest';
import type {
  PrincipalFacts as OrganizationPrincipal,
  ResourceFacts as OrganizationResource,
} from '../../organization/index.ts';
import { governedKinds, type PrincipalFacts, type ResourceFacts } from '../facts.ts';
import type { Approver } from '../relations.ts';
import { type Cedar, loadCedar } from '../rules/cedar.ts';
import { rowRequest } from '../testing/decision-table.ts';
import { machine, people, person, resource, saturday, wednesday } from '../testing/example-estate.ts';
import { ruleSet, testPolicies } from '../testing/test-policies.ts';
import { resourceTypes, typesOf, verbs } from '../verbs.ts';
import { decide } from './decide.ts';
import type { DecisionRequest } from './decision-request.ts';

let cedar: Cedar;
beforeAll(async () => {
  cedar = await loadCedar();
});

const breaking = (principal: PrincipalFacts = people.owner, more: Partial<DecisionRequest> = {}) => ({
  ...rowRequest(
    { verb: 'instance:update', kind: 'service-instance', environmentClass: 'production', changeClass: 'breaking' },
    principal,
  ),
  ...more,
});
const approvedBy = (name: string, as: readonly Approver[], at = wednesday) => ({
  principalId: `id-of-${name}`,
  principal: name,
  as,
  at,
});
const restriction = (name: string, text: string) => ruleSet(cedar, `${name}@1`, 'restriction', text);

test('what is approved is allowed, and the verdict names who decided', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  const approvals = [approvedBy('owner', ['owner']), approvedBy('env-owner', ['environment-owner'])];
  expect(decide(policies, breaking(people.owner, { approvals }))).toEqual({
    verdict: 'allow',
    rules: ['golden-path/breaking-in-production', 'golden-path/owners-serve-themselves'],
    model: 'golden-path',
    modelScope: 'organization',
    informs: [],
  });
});

test('what is approved in part tells what is missing', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  const approvals = [approvedBy('owner', ['owner'])];
  expect(decide(policies, breaking(people.owner, { approvals }))).toMatchObject({
    verdict: 'needs-approvals',
    approvals: [
      { approvers: ['environment-owner'], count: 1, reasons: [{ rule: 'golden-path/breaking-in-production' }] },
    ],
  });
});

test('one person fills one seat of a rule, and the one where he is needed', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  const both = approvedBy('both', ['owner', 'environment-owner']);
  expect(decide(policies, breaking(people.owner, { approvals: [both] })).verdict).toBe('needs-approvals');
  // "both" would sit down as owner first
  const approvals = [both, approvedBy('zoe', ['owner'])];
  expect(decide(policies, breaking(people.owner, { approvals })).verdict).toBe('allow');
});

test('what two rules want of the same people is wanted once', async () => {
  const text =
    '@id("two") @message("Two.") @requires("platform:2") @selfApproval("no") @expires("14 days") forbid (principal, action in Action::"updates", resource in ?resource);';
  const policies = await testPolicies({ organization: 'centralized' }, [['shop', restriction('two', text)]]);
  const verdict = decide(policies, breaking());
  expect(verdict).toMatchObject({ verdict: 'needs-approvals', approvals: [{ approvers: ['platform'], count: 2 }] });
  expect(verdict.verdict === 'needs-approvals' && verdict.approvals[0]?.reasons.map(({ rule }) => rule)).toEqual([
    'centralized/platform-approves',
    'centralized/owner-is-told',
    'two@1/two @ shop',
  ]);
  const approvals = [approvedBy('ann', ['platform']), approvedBy('ben', ['platform'])];
  expect(decide(policies, breaking(people.owner, { approvals })).verdict).toBe('allow');
});

test('who asks does not approve himself where the rule says so', async () => {
  const policies = await testPolicies({ organization: 'centralized' });
  const own = [approvedBy('platform', ['platform'])];
  expect(decide(policies, breaking(people.platform, { approvals: own })).verdict).toBe('needs-approvals');
  const other = [approvedBy('colleague', ['platform'])];
  expect(decide(policies, breaking(people.platform, { approvals: other })).verdict).toBe('allow');
});

test('an approval ages, and one of the future is none', async () => {
  const policies = await testPolicies({ organization: 'centralized' });
  const at = (text: string) => [approvedBy('colleague', ['platform'], new Date(text))];
  const verdict = (text: string) => decide(policies, breaking(people.owner, { approvals: at(text) })).verdict;
  expect(verdict('2026-11-11T10:00:00Z')).toBe('allow');
  expect(verdict('2026-11-11T09:59:59Z')).toBe('needs-approvals');
  expect(verdict('2026-11-25T10:00:01Z')).toBe('needs-approvals');
});

test('every rule that decides adds what it wants, and a hard one ends it', async () => {
  const board =
    '@id("board") @message("The board looks at it.") @requires("team:board:2") forbid (principal, action in Action::"updates", resource in ?resource);';
  const hard =
    '@id("weekend") @message("Not at the weekend.") forbid (principal, action, resource in ?resource) when { ["saturday", "sunday"].contains(context.time.weekday) };';
  const policies = await testPolicies({ organization: 'golden-path' }, [
    ['organization', restriction('board', board)],
    ['shop', restriction('weekend', hard)],
  ]);
  expect(decide(policies, breaking())).toMatchObject({
    verdict: 'needs-approvals',
    rules: ['board@1/board @ organization', 'golden-path/breaking-in-production'],
    approvals: [
      { approvers: ['owner'] },
      { approvers: ['environment-owner'] },
      { approvers: ['team:board'], count: 2 },
    ],
  });
  expect(decide(policies, breaking(people.owner, { at: saturday }))).toMatchObject({
    verdict: 'deny',
    reasons: [
      { rule: 'weekend@1/weekend @ shop', message: expect.stringMatching(/^Not at the weekend\. It is Saturday/) },
    ],
  });
});

test('who may not at all is told so, not whom to ask', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  expect(decide(policies, breaking(people.stranger))).toMatchObject({
    verdict: 'deny',
    reasons: [
      {
        message:
          'Nothing permits stranger instance:update on arn:aws:proton:eu-central-1:111122223333:service-instance/orders: ' +
          'neither the model golden-path of organization nor the base rules.',
      },
    ],
  });
});

test('a forbid that cannot be evaluated forbids', async () => {
  const overflow =
    '@id("odd") @message("Odd.") @requires("owner:1") forbid (principal, action, resource in ?resource) when { 9223372036854775807 + context.owned > 0 };';
  const policies = await testPolicies({}, [['organization', restriction('odd', overflow)]]);
  const asked = breaking(people.administrator, { owned: 1, approvals: [approvedBy('owner', ['owner'])] });
  expect(decide(policies, asked)).toMatchObject({
    verdict: 'deny',
    reasons: [{ rule: 'odd@1/odd @ organization', message: 'The rule could not be evaluated, so it forbids: Odd.' }],
  });
});

test('no restriction lifts what another forbids: neither by its name, nor by its annotations', async () => {
  const frozen =
    '@id("freeze") @message("Frozen.") forbid (principal, action in Action::"updates", resource in ?resource);';
  const sameName =
    '@id("freeze") @message("Softer.") @requires("owner:1") forbid (principal, action in Action::"updates", resource in ?resource);';
  const softer =
    '@id("breaking-in-production") @message("Softer.") @requires("owner:1") forbid (principal, action in Action::"updates", resource in ?resource);';
  const policies = await testPolicies({ organization: 'golden-path' }, [
    ['organization', restriction('freeze', frozen)],
    ['shop', restriction('freeze', sameName)],
    ['shop', restriction('golden-path', softer)],
  ]);
  const approvals = [approvedBy('owner', ['owner'])];
  expect(decide(policies, breaking(people.owner, { approvals }))).toMatchObject({
    verdict: 'deny',
    reasons: [{ rule: 'freeze@1/freeze @ organization', message: 'Frozen.' }],
  });
  const soft = await testPolicies({ organization: 'golden-path' }, [['shop', restriction('golden-path', softer)]]);
  expect(decide(soft, breaking(people.owner, { approvals }))).toMatchObject({
    verdict: 'needs-approvals',
    approvals: [{ approvers: ['environment-owner'], reasons: [{ rule: 'golden-path/breaking-in-production' }] }],
  });
});

test('two sets of one name at one scope are a mistake of ours, and hide nothing', async () => {
  const one = '@id("a") @message("One.") forbid (principal, action in Action::"deletions", resource in ?resource);';
  const two = '@id("a") @message("Two.") forbid (principal, action in Action::"updates", resource in ?resource);';
  await expect(
    testPolicies({}, [
      ['shop', restriction('same', one)],
      ['shop', restriction('same', two)],
    ]).then((policies) => decide(policies, breaking())),
  ).rejects.toThrow('same@1/a @ shop');
});

test('machines ask, and do not answer', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  const answer = (principal: PrincipalFacts) =>
    decide(policies, {
      ...breaking(principal),
      verb: 'deployment:approve',
      change: undefined,
      asked: ['owner'],
    });
  expect(answer(people.owner).verdict).toBe('allow');
  expect(answer(people.security).verdict).toBe('deny');
  expect(answer(machine)).toMatchObject({ verdict: 'deny', reasons: [{ rule: 'base/machines-never-approve' }] });
});

test('everybody reads along his own path of units, and nobody beside it', async () => {
  const policies = await testPolicies();
  const read = (principal: PrincipalFacts, unitPath: readonly string[]) =>
    decide(policies, {
      ...breaking(principal),
      verb: 'environment:read',
      resource: resource('environment', { unitPath, ownerTeam: 'others', dataOwnerTeam: undefined }),
    }).verdict;
  const dev = person('dev', [{ team: 'shop', unit: 'shop' }]);
  expect(read(dev, ['organization'])).toBe('allow');
  expect(read(dev, ['organization', 'shop'])).toBe('allow');
  expect(read(dev, ['organization', 'shop', 'checkout'])).toBe('allow');
  expect(read(dev, ['organization', 'data'])).toBe('deny');
  expect(read(person('nobody'), ['organization'])).toBe('deny');
});

test('a model of a class goes before that of a unit, one of the class in the unit before both', async () => {
  const asked = breaking();
  const model = async (models: Parameters<typeof testPolicies>[0]) => {
    const { model: name, modelScope } = decide(await testPolicies(models), asked);
    return [name, modelScope];
  };
  const unit = { organization: 'golden-path', shop: 'decentralized' } as const;
  expect(await model({})).toEqual(['unassigned', undefined]);
  expect(await model({ data: 'centralized' })).toEqual(['unassigned', undefined]);
  expect(await model(unit)).toEqual(['decentralized', 'shop']);
  const ofClass = { ...unit, 'organization/environment-class:production': 'centralized' } as const;
  expect(await model(ofClass)).toEqual(['centralized', 'organization/environment-class:production']);
  const inUnit = { ...ofClass, 'shop/environment-class:production': 'embedded' } as const;
  expect(await model(inUnit)).toEqual(['embedded', 'shop/environment-class:production']);
});

test('rules see labels, accounts, templates, teams and the date', async () => {
  const text = `
    @id("labelled") @message("Labelled.") forbid (principal in Team::"shop", action, resource is Instance in ?resource)
    when { resource.hasTag("tier") && resource.getTag("tier") == "1" && resource in Account::"111122223333" };
    @id("freeze") @message("Year's end.") forbid (principal, action, resource in ?resource)
    when { context.time.utc >= datetime("2026-12-20") && resource in Template::"arn:t" };`;
  const policies = await testPolicies({}, [['organization', restriction('odd', text)]]);
  const facts = { labels: { tier: '1' }, accountIds: ['111122223333'], templateArn: 'arn:t' };
  const asked = breaking(people.owner, { resource: resource('service-instance', facts) });
  expect(decide(policies, asked)).toMatchObject({ reasons: [{ rule: 'odd@1/labelled @ organization' }] });
  const later = { ...asked, at: new Date('2026-12-21T10:00:00Z'), principal: people.platform };
  expect(decide(policies, later)).toMatchObject({ reasons: [{ rule: 'odd@1/freeze @ organization' }] });
});

test('what is assigned to a template, an account or a class rules them, and what comes from or lies in them', async () => {
  const arn = 'arn:aws:proton:eu-central-1:111122223333:service-template/worker';
  const policies = await testPolicies({
    [`organization/template:${arn}`]: 'embedded',
    'organization/account:111122223333': 'centralized',
    'organization/environment-class:sandbox': 'decentralized',
  });
  const modelOf = (verb: 'template:publish' | 'instance:update', facts: Parameters<typeof resource>[1]) =>
    decide(policies, {
      ...breaking(),
      verb,
      resource: resource(verb === 'template:publish' ? 'service-template' : 'service-instance', facts),
    }).model;
  expect(modelOf('template:publish', { arn })).toBe('embedded');
  expect(modelOf('template:publish', { arn: `${arn}-2` })).toBe('unassigned');
  expect(modelOf('instance:update', { templateArn: arn, accountIds: ['111122223333'] })).toBe('embedded');
  expect(
    modelOf('instance:update', { accountIds: ['444455556666', '111122223333'], environmentClass: 'sandbox' }),
  ).toBe('centralized');
  expect(modelOf('instance:update', { environmentClass: 'sandbox' })).toBe('decentralized');
});

test('every verb can be decided about on every type it applies to', async () => {
  const policies = await testPolicies({ organization: 'golden-path' });
  for (const verb of verbs) {
    const kinds = governedKinds.filter((kind) => typesOf(verb).includes(resourceTypes[kind]));
    expect(kinds, verb).not.toEqual([]);
    for (const kind of kinds) {
      const asked = {
        ...breaking(people.administrator),
        verb,
        resource: resource(kind, { accountIds: ['111122223333'] }),
      };
      expect(decide(policies, asked).verdict, `${verb} ${kind}`).toMatch(/allow|needs-approvals/);
    }
  }
  expect(() => decide(policies, { ...breaking(), verb: 'template:publish' })).toThrow('nothing that is done to');
});

test('what the organization knows is what rules ask for', () => {
  const principal = (facts: OrganizationPrincipal): PrincipalFacts => facts;
  const placed = (facts: OrganizationResource): ResourceFacts => facts;
  expect([principal, placed].map((fits) => fits.length)).toEqual([1, 1]);
});
