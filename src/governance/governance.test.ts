import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Database, transact } from '../database/index.ts';
import { testDatabase } from '../database/testing/index.ts';
import { accept } from '../errors/index.ts';
import { placementUpsert } from '../organization/placements/placement-store.ts';
import { arnOf } from '../organization/testing/organization-world.ts';
import type { Decision } from './decisions/decision.ts';
import { decisionFind, decisionsBehind, decisionsInsert } from './decisions/decision-store.ts';
import { describeExplanation, explainDecision } from './decisions/explain-decision.ts';
import { reachDecision } from './decisions/reach-decision.ts';
import { policiesThen, replayDecision } from './decisions/replay-decision.ts';
import { simulateDecisions, withModel, withRestriction } from './decisions/simulate-decisions.ts';
import { theInstallation } from './facts.ts';
import { assignModel } from './rules/assign-model.ts';
import { modelAssignments, restrictions } from './rules/assignment-store.ts';
import { attachRestriction, detachRestriction } from './rules/attach-restriction.ts';
import { findPlace, findPlaceHeld } from './rules/find-place.ts';
import { findRules } from './rules/find-rules.ts';
import { loadPolicies } from './rules/load-policies.ts';
import { writePolicy } from './rules/write-policy.ts';
import { readScope, showScope } from './scope.ts';
import { decisionRows, rowRequest } from './testing/decision-table.ts';
import { people, resource, saturday, wednesday } from './testing/example-estate.ts';

let database: Database;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

const tools = () => ({ db: database.db, clock: { now: () => wednesday }, timeZone: 'UTC' });
const administrator = { principal: people.administrator, via: 'native' } as const;
const owner = { principal: people.owner, via: 'native' } as const;
const place = (scope: string) => {
  const { unit, within } = readScope(scope)!;
  const unitPath = unit === 'organization' ? [unit] : ['organization', unit];
  return { scope: { unit, within }, facts: { ...theInstallation, kind: 'unit' as const, arn: unit, unitPath } };
};
const breaking = rowRequest(
  { verb: 'instance:update', kind: 'service-instance', environmentClass: 'production', changeClass: 'breaking' },
  people.owner,
);
const noFridays = (days: string) =>
  `@id("days") @message("Not on ${days}.") forbid (principal, action in Action::"updates", resource in ?resource)
   when { context.time.weekday == "${days}" };`;

test('a policy is written in versions that never change', async () => {
  const first = await writePolicy(tools(), administrator, {
    name: 'days',
    purpose: 'restriction',
    text: noFridays('friday'),
  });
  expect(first).toMatchObject({ ok: true, value: { version: 1, writtenBy: 'administrator' } });
  const [second, third] = await Promise.all(
    ['saturday', 'sunday'].map((day) =>
      writePolicy(tools(), administrator, { name: 'days', purpose: 'restriction', text: noFridays(day) }),
    ),
  );
  expect([second, third].map((each) => each?.ok && each.value.version).sort()).toEqual([2, 3]);
  await expect(sql`update policy_version set written_by = 'x'`.execute(database.db)).rejects.toThrow('never changed');
});

test('what could never hold is no place, and a template is found by its short name', async () => {
  const { db } = database;
  const template = arnOf('service-template/worker');
  await placementUpsert(db, { arn: template, kind: 'service-template', labels: {} }, wednesday);
  const found = await findPlace(db, 'organization/template:service-template/worker');
  expect(found.ok && showScope(found.value.scope)).toBe(`organization/template:${template}`);
  expect(await findPlace(db, `organization/template:${template}`)).toEqual(found);
  for (const wrong of ['account:12', 'template:worker', 'template:service-template/none', 'environment-class:Prod'])
    expect(await findPlace(db, `organization/${wrong}`), wrong).toMatchObject({ refusal: { code: 'scope-wrong' } });
  expect(await findPlace(db, 'organization/environment-class:prodution')).toMatchObject({
    refusal: { code: 'scope-wrong', remedy: expect.stringContaining('Did you mean production?') },
  });
  expect((await findPlaceHeld(db, 'organization/account:12')).ok, 'what was written once is taken away').toBe(true);
});

test.each([
  ['who may not', owner, { name: 'mine', purpose: 'restriction', text: noFridays('monday') }, 'not-permitted'],
  ['a shipped name', administrator, { name: 'golden-path', purpose: 'model', text: '' }, 'policy-name-wrong'],
  ['a name of any form', administrator, { name: 'A b', purpose: 'model', text: '' }, 'policy-name-wrong'],
  ['errors', administrator, { name: 'mine', purpose: 'restriction', text: 'forbid' }, 'policy-invalid'],
  [
    'a team that there is not',
    administrator,
    {
      name: 'asks',
      purpose: 'restriction',
      text: '@id("asks") @message("Ask.") @requires("team:nobody:1") forbid (principal, action, resource in ?resource);',
    },
    'policy-team-missing',
  ],
  [
    'another purpose',
    administrator,
    { name: 'days', purpose: 'model', text: noFridays('monday') },
    'policy-purpose-differs',
  ],
] as const)('writing is refused: %s', async (_, actor, policy, code) => {
  expect(await writePolicy(tools(), actor, policy)).toMatchObject({ ok: false, refusal: { code } });
});

test('models are assigned to scopes, replaced, and taken away', async () => {
  const { db } = database;
  const assigned = async () => (await modelAssignments(db)).map(({ scope, name }) => `${scope}: ${name}`);
  expect(await assignModel(tools(), administrator, place('organization'), 'centralized')).toMatchObject({ ok: true });
  expect(await assignModel(tools(), administrator, place('organization'), 'golden-path')).toMatchObject({ ok: true });
  const inShop = place('shop/environment-class:production');
  expect(await assignModel(tools(), administrator, inShop, 'embedded')).toMatchObject({ ok: true });
  expect(await assigned()).toEqual(['organization: golden-path', 'shop/environment-class:production: embedded']);
  expect((await reachDecision(db, breaking)).verdict).toMatchObject({ model: 'embedded', verdict: 'needs-approvals' });
  expect(await assignModel(tools(), administrator, inShop, undefined)).toMatchObject({ ok: true });
  expect((await reachDecision(db, breaking)).verdict).toMatchObject({
    model: 'golden-path',
    modelScope: 'organization',
  });
});

test.each([
  ['who may not', owner, 'golden-path', 'not-permitted'],
  ['no such model', administrator, 'silver-path', 'policy-missing'],
  ['no such version', administrator, 'days@9', 'policy-missing'],
  ['a restriction', administrator, 'days', 'policy-purpose-wrong'],
  ['none to take away', administrator, undefined, 'model-not-assigned'],
] as const)('assigning is refused: %s', async (_, actor, model, code) => {
  expect(await assignModel(tools(), actor, place('shop'), model)).toMatchObject({ ok: false, refusal: { code } });
});

test('an own model rules where it is assigned, in the version that was', async () => {
  const text = (unit: string) =>
    `@id("all") permit (principal, action, resource in ?resource) when { principal in Unit::"${unit}" };`;
  for (const unit of ['shop', 'nowhere']) {
    await writePolicy(tools(), administrator, { name: 'free', purpose: 'model', text: text(unit) });
  }
  await assignModel(tools(), administrator, place('shop'), 'free@1');
  expect((await reachDecision(database.db, breaking)).verdict).toMatchObject({
    verdict: 'allow',
    rules: ['free@1/all'],
  });
  await assignModel(tools(), administrator, place('shop'), 'free');
  expect((await reachDecision(database.db, breaking)).verdict).toMatchObject({ verdict: 'deny', model: 'free@2' });
  await assignModel(tools(), administrator, place('shop'), undefined);
});

test('restrictions hold below where they are attached, until they are taken off', async () => {
  const { db } = database;
  const onSaturday = { ...breaking, at: saturday };
  const versions = ['days@1', 'days@2', 'days@3'];
  for (const version of versions) await attachRestriction(tools(), administrator, place('organization'), version);
  expect(await restrictions(db)).toMatchObject([{ scope: 'organization', name: 'days', version: 3 }]);
  const [saturdays] = await Promise.all(
    versions.slice(1).map(async (version) => {
      const found = await findRules(db, version, 'restriction');
      return found.ok && found.value.rules.text.includes('saturday') ? version : undefined;
    }),
  );
  await attachRestriction(tools(), administrator, place('organization'), saturdays ?? 'days@3');
  expect((await reachDecision(db, onSaturday)).verdict).toMatchObject({
    verdict: 'deny',
    reasons: [{ message: expect.stringMatching(/^Not on saturday\. It is Saturday/) }],
  });
  const missing = await detachRestriction(tools(), administrator, place('shop'), 'days');
  expect(missing).toMatchObject({ ok: false, refusal: { code: 'restriction-not-attached' } });
  expect(await detachRestriction(tools(), owner, place('organization'), 'days')).toMatchObject({ ok: false });
  expect(await detachRestriction(tools(), administrator, place('organization'), 'days')).toMatchObject({ ok: true });
  expect((await reachDecision(db, onSaturday)).verdict.verdict).toBe('needs-approvals');
});

test('no restriction keeps administrators from taking it back', async () => {
  const text = '@id("all") @message("No.") forbid (principal, action, resource in ?resource);';
  await writePolicy(tools(), administrator, { name: 'lock', purpose: 'restriction', text });
  await attachRestriction(tools(), administrator, place('organization'), 'lock');
  const read = { ...breaking, verb: 'instance:read', principal: people.administrator } as const;
  expect((await reachDecision(database.db, read)).verdict.verdict).toBe('deny');
  expect(await detachRestriction(tools(), administrator, place('organization'), 'lock')).toMatchObject({ ok: true });
  expect((await reachDecision(database.db, read)).verdict.verdict).toBe('allow');
});

test('every decision is kept as it was made, and found', async () => {
  const { db } = database;
  const approvals = [{ principalId: 'p', principal: 'pia', as: ['owner'], at: wednesday }] as const;
  const asked = {
    ...breaking,
    approvals,
    resource: resource('service-instance', { ...breaking.resource, labels: { a: 'ü' } }),
  };
  const made = await reachDecision(db, asked);
  expect(await decisionFind(db, made.id)).toEqual(JSON.parse(JSON.stringify(made), revive));
  const mine = await decisionsBehind(
    db,
    {
      principal: 'owner',
      resourceArn: asked.resource.arn,
      verdict: 'needs-approvals',
      verb: 'instance:update',
      since: wednesday,
    },
    undefined,
    100,
  );
  expect(mine.map(({ id }) => id)).toContain(made.id);
  const all = await decisionsBehind(db, {}, undefined, 1_000);
  const paged: Decision[] = [];
  for (;;) {
    const last = paged.at(-1);
    const page = await decisionsBehind(db, {}, last && { at: last.request.at, id: last.id }, 4);
    if (page.length === 0) break;
    paged.push(...page);
  }
  expect(paged).toEqual(all);
});

function revive(key: string, value: unknown) {
  return key === 'at' ? new Date(value as string) : value;
}

test('who is refused leaves his decision behind', async () => {
  await writePolicy(tools(), { principal: people.security, via: 'git' }, { name: 'x', purpose: 'model', text: '' });
  const [last] = await decisionsBehind(database.db, { principal: 'security' }, undefined, 1);
  expect(last).toMatchObject({ request: { verb: 'policy:write', via: 'git' }, verdict: { verdict: 'deny' } });
});

test('no decision, and nothing that it was made of, can be changed, deleted or emptied away', async () => {
  const { db } = database;
  for (const attack of [
    sql`update decision set verdict = 'allow'`,
    sql`delete from decision`,
    sql`truncate decision cascade`,
    sql`update rule_text set text = ''`,
    sql`delete from policies_snapshot`,
    sql`truncate policies_snapshot cascade`,
    sql`truncate rule_text cascade`,
    sql`delete from policy_version`,
  ]) {
    await expect(attack.execute(db)).rejects.toThrow('never changed or deleted');
  }
});

test('a decision is made again from what was kept, whatever rules today', async () => {
  const { db } = database;
  const made: Decision[] = [];
  for (const row of decisionRows.slice(0, 30)) made.push(await reachDecision(db, rowRequest(row, people.engineer)));
  await assignModel(tools(), administrator, place('organization'), 'decentralized');
  for (const decision of made) {
    const replayed = await replayDecision(db, (await decisionFind(db, decision.id))!);
    expect(replayed).toEqual({ isSame: true, was: decision.verdict, is: decision.verdict });
  }
  await assignModel(tools(), administrator, place('organization'), 'golden-path');
});

test('a decision that was tampered with is found out', async () => {
  const { db } = database;
  const policies = await loadPolicies(db);
  const decision = await reachDecision(db, breaking);
  const forged: Decision = {
    ...decision,
    id: 'forged',
    verdict: { ...decision.verdict, verdict: 'allow' } as Decision['verdict'],
  };
  await decisionsInsert(db, [forged], policies);
  expect(await replayDecision(db, (await decisionFind(db, 'forged'))!)).toMatchObject({ isSame: false });
});

test('stored decisions are decided under another model, without a change to anything', async () => {
  const { db } = database;
  const before = await decisionsBehind(db, {}, undefined, 1_000);
  const asked = [
    breaking,
    rowRequest({ verb: 'component:attach', kind: 'component', environmentClass: 'test' }, people.owner),
    rowRequest({ verb: 'instance:read', kind: 'service-instance', environmentClass: 'production' }, people.owner),
  ];
  const made: Decision[] = [];
  for (const request of asked) made.push(await reachDecision(db, request));
  const policies = await loadPolicies(db);
  const model = async (name: string) => {
    const found = await findRules(db, name, 'model');
    if (!found.ok) throw new Error(name);
    const simulated = await simulateDecisions(withModel(policies, { unit: 'organization' }, found.value.rules), made);
    return simulated.map(({ would, change }) => `${would.verdict}: ${change}`);
  };
  expect(await model('centralized')).toEqual(['needs-approvals: freer', 'deny: stricter', 'allow: same']);
  expect(await model('golden-path')).toEqual(['needs-approvals: same', 'allow: same', 'allow: same']);
  expect(await model('decentralized')).toEqual(['allow: freer', 'allow: same', 'allow: same']);
  const lock = await findRules(db, 'lock', 'restriction');
  if (!lock.ok) throw new Error('lock');
  const locked = withRestriction(policies, { unit: 'shop' }, lock.value.rules);
  expect((await simulateDecisions(locked, made)).map(({ change }) => change)).toEqual([
    'stricter',
    'stricter',
    'stricter',
  ]);
  expect(await decisionsBehind(db, {}, undefined, 1_000)).toHaveLength(before.length + made.length);
});

test('why: the rules, the facts, and what would be another answer', async () => {
  const { db } = database;
  await assignModel(tools(), administrator, place('organization'), 'centralized');
  const shown: string[] = [];
  for (const request of [breaking, { ...breaking, at: saturday }, { ...breaking, principal: people.stranger }]) {
    const decision = await reachDecision(db, request);
    shown.push(describeExplanation(explainDecision(await policiesThen(db, decision.policies), decision.request)));
  }
  await assignModel(tools(), administrator, place('organization'), 'golden-path');
  const allowed = rowRequest(
    { verb: 'instance:update', kind: 'service-instance', changeClass: 'compatible' },
    people.owner,
  );
  shown.push(describeExplanation(explainDecision(await loadPolicies(db), allowed)));
  await expect(shown.join('\n--------\n\n')).toMatchFileSnapshot('golden/why.txt');
});

test('rules are read inside of the transaction that changes them', async () => {
  const end = await transact(database.db, async (tx) => accept((await loadPolicies(tx)).models.length));
  expect(end).toEqual({ ok: true, value: 1 });
});
