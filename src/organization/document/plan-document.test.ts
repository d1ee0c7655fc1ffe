import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { describeRefusal } from '../../errors/index.ts';
import { changeChart } from '../chart/change-chart.ts';
import { newChart, team } from '../testing/chart.ts';
import { accepted, arnOf, installation, now } from '../testing/organization-world.ts';
import { describePlan } from './describe-plan.ts';
import { planDocument } from './plan-document.ts';
import { documentMembers, readOrganizationDocument } from './read-document.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const example = readFileSync(join(root, 'examples', 'organization', 'org.yaml'), 'utf8');
const schema = JSON.parse(readFileSync(join(root, 'docs', 'organization.schema.json'), 'utf8'));

function plan(text: string, { chart = newChart(), prune = false, at = now } = {}) {
  const document = readOrganizationDocument(text, 'org.yaml', installation);
  return document.ok ? planDocument(chart, document.value, { prune, now: at }) : document;
}

test('the example, on a new installation', async () => {
  await expect(`${describePlan(accepted(plan(example)))}\n`).toMatchFileSnapshot('golden/plan-of-example.txt');
});

test('what was applied once changes nothing when it is applied again, also after an end has passed', () => {
  const chart = newChart();
  const first = accepted(plan(example, { chart }));
  const again = accepted(plan(example, { chart }));
  expect(again).toMatchObject({ changes: [], left: [] });
  expect(again.hash).not.toBe(first.hash);
  expect(accepted(plan(example, { chart, at: new Date('2027-02-01T00:00:00Z') })).changes).toEqual([]);
});

/** Another reading of the example: moved units, another kind, people who came and went, resources. */
const later = `
units:
  insight: { parent: shop }
  shop: { parent: sales, labels: { cost-centre: "4200" } }
  sales:
  checkout: { parent: shop, description: From basket to receipt }
  catalogue: { parent: sales }
principals:
  platform-lead: {}
  security-lead: { kind: person }
teams:
  platform: { kind: enablement, members: { platform-lead: , security-lead: { until: 2027-06-30 } } }
  checkout: { unit: checkout, kind: application }
  catalogue: { unit: catalogue, kind: application, members: { catalogue-lead: { role: lead } } }
resources:
  environment/prod: { unit: shop, owner: platform, environmentClass: production, labels: { tier: "1" } }
  service/shop: { owner: checkout, dataOwner: null }
  account/444455556666: { unit: sales }
`;

function afterExample() {
  const chart = newChart();
  accepted(plan(example, { chart }));
  const labels = {};
  const environment = {
    arn: arnOf('environment/prod'),
    kind: 'environment',
    labels: { tier: '2', old: 'yes' },
  } as const;
  const service = { arn: arnOf('service/shop'), kind: 'service', dataOwnerTeam: 'insight', labels } as const;
  for (const each of [environment, service]) chart.placements.set(each.arn, each);
  chart.resourcesOf.set('insight', 1);
  return chart;
}

test.each([false, true])('changes of an organization that is there; prune %s', async (prune) => {
  const planned = accepted(plan(later, { chart: afterExample(), prune }));
  const name = prune ? 'plan-of-changes-pruned' : 'plan-of-changes';
  await expect(`${describePlan(planned)}\n`).toMatchFileSnapshot(`golden/${name}.txt`);
});

const wrong: { name: string; text: string; at: string; code: string; says?: string }[] = [
  { name: 'a list instead of a map', text: '- units', at: '1:1', code: 'organization-file-wrong' },
  { name: 'an unknown section', text: 'unit: {}', at: '1:1', code: 'organization-file-wrong' },
  { name: 'an unknown member', text: 'units:\n  a: { parents: b }', at: '2:8', code: 'organization-file-wrong' },
  { name: 'a list of units', text: 'units: [a]', at: '1:8', code: 'organization-file-wrong' },
  { name: 'a team without a kind', text: 'teams:\n  a: {}', at: '2:3', code: 'organization-file-wrong' },
  {
    name: 'a role that is none',
    text: 'teams:\n  a: { kind: data, members: { x: { role: boss } } }',
    at: '2:42',
    code: 'organization-file-wrong',
  },
  {
    name: 'a day that no month has',
    text: 'teams:\n  a: { kind: data, members: { x: { until: 2027-02-30 } } }',
    at: '2:43',
    code: 'organization-file-wrong',
  },
  {
    name: 'classes that are no list',
    text: 'environmentClasses: staging',
    at: '1:21',
    code: 'organization-file-wrong',
  },
  {
    name: 'a class that is no word',
    text: 'environmentClasses: [staging, Not It]',
    at: '1:31',
    code: 'environment-class-wrong',
  },
  { name: 'a resource that is none', text: 'resources:\n  queue/x: {}', at: '2:3', code: 'organization-file-wrong' },
  { name: 'a unit twice', text: 'units:\n  a:\n  a:', at: '3:3', code: 'yaml-duplicate-key' },
  { name: 'no YAML', text: 'units: [', at: '1:9', code: 'yaml-syntax' },
  { name: 'an unknown parent', text: 'units:\n  a: { parent: nowhere }', at: '2:16', code: 'unit-missing' },
  { name: 'a circle', text: 'units:\n  a: { parent: b }\n  b: { parent: a }', at: '2:16', code: 'unit-cycle' },
  { name: 'a circle of what exists', text: 'units:\n  shop: { parent: checkout }', at: '2:19', code: 'unit-cycle' },
  {
    name: 'an unknown unit of a team',
    text: 'teams:\n  a: { unit: nowhere, kind: data }',
    at: '2:14',
    code: 'unit-missing',
  },
  {
    name: 'an unknown member',
    text: 'teams:\n  a: { kind: data, members: { nobody: } }',
    at: '2:31',
    code: 'principal-missing',
  },
  {
    name: 'a day that is past',
    text: 'teams:\n  a: { kind: data, members: { administrator: { until: 2026-01-01 } } }',
    at: '2:55',
    code: 'end-date-past',
  },
  {
    name: 'an unknown owner',
    text: 'resources:\n  account/444455556666: { owner: nobody }',
    at: '2:34',
    code: 'team-missing',
  },
  {
    name: 'a principal that became a machine',
    text: 'principals:\n  checkout-lead: { kind: machine }',
    at: '2:26',
    code: 'PrincipalNameTaken',
  },
  {
    name: 'a resource that is not there, of which nothing is said',
    text: 'resources:\n  environment/none: {}',
    at: '2:3',
    code: 'resource-missing',
  },
  {
    name: 'a principal whose end is past',
    text: 'principals:\n  checkout-lead: { until: 2026-01-01 }',
    at: '2:27',
    code: 'end-date-past',
    says: 'deuteron principal end checkout-lead ends it now.',
  },
];
test.each(wrong)('$name is refused where it stands: $code', ({ text, at, code, says }) => {
  const chart = newChart();
  accepted(plan(example, { chart }));
  const refused = plan(text, { chart });
  expect(refused).toMatchObject({ ok: false, refusal: { code } });
  const told = refused.ok ? '' : describeRefusal(refused.refusal);
  expect(told).toMatch(new RegExp(`^org\\.yaml:${at}: `));
  expect(told).toContain(says ?? '');
});

test('all that is wrong is told at once', async () => {
  const text = 'units:\n  a: { parent: x }\n  b: { parent: y }\nteams:\n  t: { unit: z, kind: data }\n';
  const refused = plan(text);
  expect(!refused.ok && `${describeRefusal(refused.refusal)}\n`).toMatch(/2:16.*\n.*3:16.*\n.*5:14.*\n/);
});

test('pruning takes what is not named, and refuses what is in use', () => {
  const chart = afterExample();
  const planned = accepted(
    plan('teams: {}', { chart: structuredClone({ ...chart, resourcesOf: new Map() }), prune: true }),
  );
  expect(planned.changes.map(({ text }) => text)).toEqual(
    ['catalogue', 'checkout', 'insight', 'insight-tools', 'platform', 'workshop']
      .map((name) => `team ${name}`)
      .sort(
        (left, right) =>
          [...chart.teams.keys()].indexOf(left.slice(5)) - [...chart.teams.keys()].indexOf(right.slice(5)),
      ),
  );
  expect(plan('teams: {}', { chart, prune: true })).toMatchObject({ ok: false, refusal: { code: 'team-in-use' } });
});

const federated = `
federation:
  main:
    issuer: https://token.actions.githubusercontent.com
    audience: deuteron
    subject: repo:tiles/shop:ref:refs/heads/main
    claims: { ref_protected: true, environment: production }
    principal: checkout-pipeline
    teams: [checkout]
    minutes: 10
    once: true
`;

describe('federation rules', () => {
  const chartOf = () =>
    newChart([team('checkout'), { change: 'create-principal', name: 'checkout-pipeline', kind: 'machine' }]);
  const planned = (chart: ReturnType<typeof newChart>, text: string, prune = false) => {
    const document = readOrganizationDocument(text, 'org.yaml', installation);
    return document.ok ? planDocument(chart, document.value, { prune, now }) : document;
  };

  test('are added, changed, left, and pruned', () => {
    const chart = chartOf();
    expect(planned(chart, federated)).toMatchObject({
      value: {
        changes: [
          {
            sign: '+',
            text: expect.stringContaining(
              'claim ref_protected true, claim environment production, is checkout-pipeline',
            ),
          },
        ],
      },
    });
    expect(planned(chart, federated)).toMatchObject({ value: { changes: [] } });
    expect(planned(chart, federated.replace('minutes: 10', 'minutes: 20'))).toMatchObject({
      value: { changes: [{ sign: '~', text: 'federation rule main: for minutes 10 -> 20' }] },
    });
    expect(planned(chart, 'federation: {}')).toMatchObject({ value: { left: ['federation rule main'] } });
    expect(planned(chart, 'federation: {}', true)).toMatchObject({ value: { changes: [{ sign: '-' }] } });
    expect(chart.federationRules.size).toBe(0);
  });

  const faults = [
    { change: ['https://token', 'http://token'], column: 13, says: 'is no issuer' },
    {
      change: [
        'repo:tiles/shop:ref:refs/heads/main\n    claims: { ref_protected: true, environment: production }',
        "'**'",
      ],
      says: 'every job',
    },
    { change: ['principal: checkout-pipeline', 'principal: administrator'], says: 'no machine' },
    { change: ['[checkout]', '[nobody]'], says: "no team 'nobody'" },
    { change: ['[checkout]', '[administrators]'], says: 'No rule makes' },
    { change: ['[checkout]', '[checkout, checkout]'], says: 'twice' },
    { change: ['minutes: 10', 'minutes: 1000'], says: 'no number of minutes' },
    { change: ['minutes: 10', 'minutes: soon'], says: 'no number of minutes' },
  ];
  test.each(faults)('$change.1 is refused: $says', ({ change: [from = '', to = ''], says }) => {
    const refused = planned(chartOf(), federated.replace(from, to));
    expect(refused).toMatchObject({
      ok: false,
      refusal: {
        code: 'federation-rule-wrong',
        message: expect.stringContaining(says),
        position: { file: 'org.yaml' },
      },
    });
  });

  test('two of one machine make it a member of the same teams', () => {
    const other = federated.replace('  main:', '  other:').replace('teams: [checkout]', 'teams: []');
    const chart = chartOf();
    expect(planned(chart, federated)).toMatchObject({ ok: true });
    expect(planned(chart, other)).toMatchObject({ refusal: { message: expect.stringContaining("'main'") } });
  });

  test('a team that one names cannot go', () => {
    const chart = chartOf();
    planned(chart, federated);
    expect(changeChart(chart, { change: 'delete-team', name: 'checkout' }, now)).toMatchObject({
      refusal: { code: 'team-in-use', message: expect.stringContaining('federation rule main') },
    });
  });
});

describe('the published schema', () => {
  const validate = new Ajv2020({ allowUnionTypes: true }).compile(schema);

  test.each([
    { name: 'the example', text: example, good: true },
    {
      name: 'its resources',
      text: readFileSync(join(root, 'examples/organization/resources.yaml'), 'utf8'),
      good: true,
    },
    { name: 'what the tests apply', text: later, good: true },
    { name: 'a federation rule', text: federated, good: true },
    {
      name: 'a rule without an issuer',
      text: 'federation: { a: { audience: x, subject: y, principal: p } }',
      good: false,
    },
    { name: 'an unknown section', text: 'unit: {}', good: false },
    { name: 'a team without a kind', text: 'teams: { a: {} }', good: false },
    { name: 'a role that is none', text: 'teams: { a: { kind: data, members: { x: { role: boss } } } }', good: false },
  ])('says the same as the reader: $name', ({ text, good }) => {
    expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(good);
    expect(readOrganizationDocument(text, 'org.yaml', installation).ok).toBe(good);
  });

  test('has every member that the reader knows, and no other', () => {
    const members = (of: { properties: object }) => Object.keys(of.properties);
    const { unit, principal, team, member, federationRule, resource } = schema.$defs;
    const shown = { file: schema, unit, principal, team, member, federationRule, resource };
    expect(Object.fromEntries(Object.entries(shown).map(([name, of]) => [name, members(of)]))).toEqual(documentMembers);
  });
});
