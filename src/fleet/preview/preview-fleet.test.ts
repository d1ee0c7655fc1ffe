import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database, Db } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import type { PlacementSelector } from '../../organization/index.ts';
import { JudgePool } from './judge-pool.ts';
import { type PreviewRequest, previewFleet } from './preview-fleet.ts';
import type { PreviewedThing, PreviewLine, PreviewSummary } from './preview-line.ts';
import { everything } from './preview-selector.ts';
import { nameOf, outcomeOf } from './preview-summary.ts';
import {
  installation,
  seedEnvironment,
  seedInstance,
  seedPipeline,
  seedPlacements,
  seedTag,
  seedVersion,
  testBundle,
} from './testing/fleet-world.ts';

let database: Database;
let db: Db;
const pool = new JudgePool({ threads: 2 });

const queue = (properties: string) =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: ${properties}\n`;
const service = (major: number, minor: number, templateName = 'queue') =>
  ({ kind: 'service', templateName, major, minor }) as const;
const topic = 'Resources:\n  Topic: {Type: AWS::SNS::Topic}\nOutputs:\n  TopicArn: {Value: !Ref Topic}\n';
const seconds = '{seconds: {type: integer, default: 30, maximum: 900}}';
const timeout = queue('{VisibilityTimeout: {{ service_instance.inputs.seconds }}}');

beforeAll(async () => {
  database = await testDatabase();
  db = database.db;
  const network = (templateName: string, major: number, template: string) =>
    seedVersion(
      db,
      { kind: 'environment', templateName, major, minor: 0 },
      testBundle('environment', { templates: { environment: template } }),
    );
  await network('network', 1, topic);
  await network('network', 2, 'Resources:\n  Topic: {Type: AWS::SNS::Topic}\n');
  await network('mesh', 1, topic);
  await seedEnvironment(db, {
    name: 'dev',
    templateName: 'network',
    version: [1, 0],
    template: topic,
    outputs: { TopicArn: 'arn:topic' },
  });
  await seedEnvironment(db, { name: 'old', templateName: 'mesh', version: [1, 0], template: topic });

  const versions: readonly (readonly [number, number, string, string])[] = [
    [1, 0, timeout, seconds],
    [1, 1, queue('{VisibilityTimeout: {{ service_instance.inputs.seconds }}, DelaySeconds: 5}'), seconds],
    [
      2,
      0,
      queue('{QueueName: "{{ service.name }}", VisibilityTimeout: {{ service_instance.inputs.seconds }}}'),
      '{seconds: {type: integer, default: 30, maximum: 60}}',
    ],
    [3, 0, queue('{TopicName: "{{ environment.outputs.TopicArn }}"}'), seconds],
  ];
  for (const [major, minor, template, inputs] of versions) {
    const bundle = testBundle('service', { templates: { instance: template }, inputs });
    await seedVersion(db, service(major, minor), bundle, ['network:1']);
  }
  const rendered = (value: number) => queue(`{VisibilityTimeout: ${value}}`);
  const common = { templateName: 'queue', environment: 'dev' };
  await seedInstance(db, { ...common, service: 'a', name: 'one', version: [1, 0], template: rendered(30) });
  await seedInstance(db, { ...common, service: 'a', name: 'two', version: [1, 0], template: rendered(30) });
  await seedInstance(db, {
    ...common,
    service: 'b',
    name: 'one',
    version: [1, 0],
    template: rendered(90),
    inputs: '{seconds: 90}',
  });
  await seedInstance(db, {
    ...common,
    service: 'c',
    name: 'one',
    version: [1, 1],
    template: queue('{VisibilityTimeout: 30, DelaySeconds: 5}'),
  });
  await seedInstance(db, { ...common, service: 'd', name: 'one' });
  await seedInstance(db, {
    ...common,
    service: 'e',
    name: 'one',
    version: [1, 0],
    template: rendered(30),
    environment: 'old',
  });
  await seedTag(db, 'service/a', 'deuteron:owner', 'shop');
  await seedTag(db, 'environment/dev', 'deuteron:environment-class', 'test');
  await seedTag(db, 'environment/dev', 'deuteron:owner', 'platform');
});
afterAll(async () => {
  await pool.close();
  await database.close();
});

async function preview(request: Partial<PreviewRequest> & Pick<PreviewRequest, 'version'>) {
  const asked = { selector: everything, groupBy: ['environment'], ...request };
  const started = await previewFleet({ db, installation, pool }, asked, new AbortController().signal);
  if (!started.ok) throw new Error(started.refusal.message);
  const lines: PreviewLine[] = [];
  for await (const line of started.value) lines.push(line);
  const things: PreviewedThing[] = lines.filter((line) => line.line === 'thing');
  const end = lines.at(-1) as PreviewLine & PreviewSummary;
  return {
    begin: lines[0],
    things,
    end,
    outcomes: Object.fromEntries(things.map((thing) => [nameOf(thing), outcomeOf(thing)])),
  };
}

test('every instance has its own verdict, in the order of their ARNs, between a beginning and an end', async () => {
  const { begin, things, end, outcomes } = await preview({ version: service(1, 1) });
  expect(begin).toEqual({ line: 'begin', kind: 'service', template: 'queue', version: '1.1', of: 6 });
  expect(outcomes).toEqual({
    'a/one': 'in-place',
    'a/two': 'in-place',
    'b/one': 'in-place',
    'c/one': 'already-there',
    'd/one': 'not-deployed',
    'e/one': 'fails',
  });
  expect(things.map(({ arn }) => arn)).toEqual(things.map(({ arn }) => arn).toSorted());
  expect(end).toMatchObject({
    line: 'end',
    total: 6,
    counts: { 'in-place': 3, 'already-there': 1, 'not-deployed': 1, fails: 1, 'no-change': 0 },
    groups: [
      { outcome: 'fails', by: { environment: 'old' }, count: 1, examples: ['e/one'] },
      { outcome: 'in-place', by: { environment: 'dev' }, count: 3, examples: ['a/one', 'a/two', 'b/one'] },
      { outcome: 'already-there', by: { environment: 'dev' }, count: 1, examples: ['c/one'] },
      { outcome: 'not-deployed', by: { environment: 'dev' }, count: 1, examples: ['d/one'] },
    ],
  });
  expect(end.reasons[0]).toMatchObject({ code: 'instance-environment-incompatible', count: 1, example: 'e/one' });
  expect(end.advice[0]).toContain('Environments go first: 1 thing cannot go before.');
  expect(end.advice.at(-1)).toContain('Begin with a/one (in-place)');
});

test('inputs that do not fit, and names that two would have', async () => {
  const { outcomes, things, end } = await preview({
    version: service(2, 0),
    selector: { ...everything, environments: ['dev'] },
  });
  expect(outcomes).toMatchObject({ 'a/one': 'data-at-risk', 'a/two': 'fails', 'b/one': 'fails' });
  expect(things.find((thing) => nameOf(thing) === 'a/two')).toMatchObject({
    flags: expect.arrayContaining(['name-collision']),
    blocker: { code: 'R-NAME', message: expect.stringContaining('named a, which arn:aws:proton') },
  });
  expect(end.reasons.find(({ code }) => code === 'inputs-invalid')).toMatchObject({ count: 1, example: 'b/one' });
  expect(end.advice.join('\n')).toContain('Another spec, or an upgrade step, for 1 thing, e.g. b/one');
});

test('a selector narrows by environment, service, deployed version and tag, and all of it must hold', async () => {
  const names = async (selector: Partial<typeof everything>) =>
    Object.keys((await preview({ version: service(1, 1), selector: { ...everything, ...selector } })).outcomes);
  expect(await names({ environments: ['old'] })).toEqual(['e/one']);
  expect(await names({ services: ['a', 'b'] })).toEqual(['a/one', 'a/two', 'b/one']);
  expect(await names({ deployed: [{ major: 1, minor: 1 }] })).toEqual(['c/one']);
  expect(await names({ deployed: [{ major: 2 }] })).toEqual([]);
  expect(await names({ tags: [{ key: 'deuteron:owner', value: 'shop' }] })).toEqual(['a/one', 'a/two']);
  expect(await names({ tags: [{ key: 'deuteron:environment-class', value: 'test' }], services: ['b'] })).toEqual([
    'b/one',
  ]);
  expect(await names({ parts: ['pipeline'] })).toEqual([]);
});

test('groups by any tag: its own, else its service’s, else its environment’s', async () => {
  const { end } = await preview({ version: service(1, 1), groupBy: ['deuteron:owner', 'deployed'] });
  expect(end.groups.filter(({ outcome }) => outcome === 'in-place').map(({ by, count }) => ({ ...by, count }))).toEqual(
    [
      { 'deuteron:owner': 'shop', deployed: '1.0', count: 2 },
      { 'deuteron:owner': 'platform', deployed: '1.0', count: 1 },
    ],
  );
});

test('owner, unit and environment class are those of the organization', async () => {
  await seedPlacements(db, {
    units: { shopping: 'organization', checkout: 'shopping' },
    teams: { tills: 'checkout' },
    placements: [
      { arn: 'environment/dev', kind: 'environment', environmentClass: 'test' },
      { arn: 'service/a', kind: 'service', unit: 'checkout', ownerTeam: 'tills' },
      { arn: 'service/a/service-instance/one', kind: 'service-instance', environment: 'environment/dev' },
      { arn: 'service/a/service-instance/two', kind: 'service-instance', environment: 'environment/dev' },
    ],
  });
  const { end, things } = await preview({ version: service(1, 1), groupBy: ['owner', 'unit', 'class'] });
  expect(end.groups.find(({ by }) => by.owner === 'tills')).toMatchObject({
    by: { owner: 'tills', unit: 'checkout', class: 'test' },
    count: 2,
  });
  expect(things.find((thing) => nameOf(thing) === 'e/one')).toMatchObject({ unit: 'organization' });
  const names = async (placed: Partial<PlacementSelector>) =>
    Object.keys(
      (
        await preview({
          version: service(1, 1),
          selector: { ...everything, placed: { units: [], ownerTeams: [], environmentClasses: [], ...placed } },
        })
      ).outcomes,
    );
  expect(await names({ ownerTeams: ['tills'] })).toEqual(['a/one', 'a/two']);
  expect(await names({ environmentClasses: ['test'], units: ['checkout'] })).toEqual(['a/one', 'a/two']);
  expect(await names({ units: ['organization'] })).toEqual(['b/one', 'c/one', 'd/one', 'e/one']);
  expect(await names({ environmentClasses: ['production'] })).toEqual([]);
});

test('a bundle that nobody has registered, as the version that it would be', async () => {
  const bundle = testBundle('service', { templates: { instance: timeout }, inputs: seconds });
  const { outcomes } = await preview({ version: service(1, 7), bundle });
  expect(outcomes).toEqual({
    'a/one': 'no-change',
    'a/two': 'no-change',
    'b/one': 'no-change',
    'c/one': 'in-place',
    'd/one': 'not-deployed',
    'e/one': 'fails',
  });
});

test('what is in nested stacks is compared, and unknown where it was not kept', async () => {
  const parent = (given: string) =>
    `Resources:\n  Data:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: https://s3.amazonaws.com/t/table.yaml\n      Parameters: {Name: "${given}"}\n`;
  const table =
    'Parameters: {Name: {Type: String}}\nResources:\n  Table: {Type: AWS::DynamoDB::Table, Properties: {TableName: !Ref Name}}\n';
  const bundle = testBundle('service', {
    templates: { instance: parent('{{ service.name }}-{{ service_instance.inputs.kind }}') },
    inputs: '{kind: {type: string, default: new}}',
    files: { 'instance_infrastructure/table.yaml': table },
  });
  for (const minor of [0, 1]) await seedVersion(db, service(1, minor, 'nest'), bundle, ['network:1']);
  const common = { templateName: 'nest', environment: 'dev', version: [1, 0] as const, name: 'one' };
  const children = { 'table.yaml': table };
  await seedInstance(db, { ...common, service: 'na', template: parent('na-old'), children });
  await seedInstance(db, { ...common, service: 'nb', template: parent('nb-new'), children });
  await seedInstance(db, { ...common, service: 'nc', template: parent('nc-new') });
  const resources = { 'AWS::DynamoDB::Table': 'na-new' };
  await seedInstance(db, { ...common, service: 'nd', template: parent('nd-new'), children, resources });
  const { outcomes, things, end } = await preview({ version: service(1, 1, 'nest') });
  expect(outcomes).toMatchObject({ 'na/one': 'fails', 'nb/one': 'no-change', 'nc/one': 'replacement' });
  const of = (name: string) => things.find((thing) => nameOf(thing) === name);
  expect(of('na/one')).toMatchObject({
    resources: [{ logicalId: 'Data' }, { logicalId: 'Data/Table', typeClass: 'stateful', impact: 'replace' }],
    findings: expect.arrayContaining([
      expect.objectContaining({
        code: 'D-REPL',
        position: expect.objectContaining({ file: 'instance_infrastructure/table.yaml' }),
      }),
    ]),
    // the table of nd/one has that name
    blocker: { code: 'R-NAME' },
  });
  expect(of('nc/one')?.findings).toMatchObject([
    { code: 'R-NESTED', message: expect.stringContaining('was not kept'), evidence: { certainty: 'undecided' } },
  ]);
  expect(end.reasons.map(({ code }) => code)).toContain('R-NESTED');
});

test('an environment whose outputs are read by what lives in it', async () => {
  await seedVersion(
    db,
    service(1, 0, 'reader'),
    testBundle('service', { templates: { instance: queue('{QueueName: "{{ environment.outputs.TopicArn }}"}') } }),
    ['network:1'],
  );
  const instance = { service: 'r', name: 'one', environment: 'dev', templateName: 'reader', template: queue('{}') };
  await seedInstance(db, { ...instance, version: [1, 0] });
  const { things } = await preview({ version: { kind: 'environment', templateName: 'network', major: 2, minor: 0 } });
  expect(things).toMatchObject([
    {
      environment: 'dev',
      verdict: 'fails',
      flags: ['breaks-consumer'],
      blocker: { message: 'removes the output TopicArn, which is read by r/one' },
    },
  ]);
});

test('an environment that moves to a major in which some of its instances could not be deployed again', async () => {
  const home = (major: number, minor: number) => ({ kind: 'environment', templateName: 'home', major, minor }) as const;
  const plain = 'Resources:\n  Topic: {Type: AWS::SNS::Topic}\n';
  const bundle = testBundle('environment', { templates: { environment: plain } });
  for (const [major, minor] of [
    [1, 0],
    [1, 1],
    [2, 0],
  ] as const)
    await seedVersion(db, home(major, minor), bundle);
  await seedEnvironment(db, { name: 'house', templateName: 'home', version: [1, 0], template: plain });
  const tenant = testBundle('service', { templates: { instance: queue('{}') } });
  await seedVersion(db, service(1, 0, 'tenant'), tenant, ['home:1', 'other:2']);
  await seedVersion(db, service(1, 1, 'tenant'), tenant, ['home:1', 'home:2']);
  const lodger = { environment: 'house', templateName: 'tenant', template: queue('{}') };
  for (const name of ['one', 'two']) await seedInstance(db, { ...lodger, service: 't', name, version: [1, 0] });
  await seedInstance(db, { ...lodger, service: 'u', name: 'one', version: [1, 1] });
  const { things, end } = await preview({ version: home(2, 0) });
  expect(things).toMatchObject([
    {
      environment: 'house',
      verdict: 'no-change',
      flags: ['breaks-consumer'],
      findings: [
        {
          code: 'I-ENV',
          message:
            't/one and 1 more could not be deployed again: tenant 1.0, where they are, does not run in an environment of version 2',
        },
      ],
    },
  ]);
  expect(end.advice).toEqual([
    'Find another version first for whoever reads, or lives in, 1 thing: their findings say who that is.',
  ]);
  expect((await preview({ version: home(1, 1) })).things).toMatchObject([
    { verdict: 'no-change', flags: [], findings: [] },
  ]);
});

test('a pipeline sees its instances as they are deployed; a stack that imports holds what it imports', async () => {
  const pipeline = (name: string) =>
    `Resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: "{{ service_instances[0].inputs.seconds }}"}}\nOutputs:\n  Out: {Value: !Ref Topic, Export: {Name: ${name}}}\n`;
  const parts = (name: string) => ({ templates: { instance: timeout, pipeline: pipeline(name) }, inputs: seconds });
  await seedVersion(db, service(1, 0, 'piped'), testBundle('service', parts('first')), ['network:1']);
  await seedVersion(db, service(1, 1, 'piped'), testBundle('service', parts('second')), ['network:1']);
  const common = { templateName: 'piped', version: [1, 0] } as const;
  const instance = { ...common, service: 'p', name: 'one', environment: 'dev', inputs: '{seconds: 45}' };
  await seedInstance(db, { ...instance, template: queue('{VisibilityTimeout: 45}') });
  const rendered = pipeline('first').replace('{{ service_instances[0].inputs.seconds }}', '45');
  await seedPipeline(db, { ...common, service: 'p', template: rendered });
  const version = service(1, 1, 'piped');
  expect((await preview({ version })).outcomes).toEqual({ 'p/one': 'no-change', 'the pipeline of p': 'no-change' });
  await seedInstance(db, {
    ...instance,
    service: 'i',
    template: queue('{QueueName: !ImportValue first}'),
  });
  expect((await preview({ version })).outcomes).toMatchObject({ 'the pipeline of p': 'fails' });
});

test('a name that something deployed has already', async () => {
  const bundle = testBundle('service', { templates: { instance: queue('{QueueName: held}') }, inputs: seconds });
  await seedInstance(db, {
    service: 'h',
    name: 'one',
    environment: 'dev',
    templateName: 'reader',
    version: [1, 0],
    template: queue('{QueueName: held}'),
    resources: { 'AWS::SQS::Queue': 'https://sqs.us-east-1.amazonaws.com/111122223333/held' },
  });
  const { things } = await preview({ version: service(1, 7), bundle, selector: { ...everything, services: ['b'] } });
  expect(things[0]?.blocker?.message).toContain('named held, which arn:aws:proton:us-east-1:111122223333:service/h/');
});

test('a version that is not there is refused, and so are more previews than there may be', async () => {
  const { signal } = new AbortController();
  const asked = { selector: everything, groupBy: [] };
  const missing = await previewFleet({ db, installation, pool }, { ...asked, version: service(9, 9) }, signal);
  expect(missing).toMatchObject({ ok: false, refusal: { code: 'template-version-missing' } });
  const tools = { db, installation, pool, previewsMax: 1 };
  const first = await previewFleet(tools, { ...asked, version: service(1, 1) }, signal);
  if (!first.ok) throw new Error(first.refusal.message);
  await first.value.next();
  const second = await previewFleet(tools, { ...asked, version: service(1, 1) }, signal);
  expect(second).toMatchObject({ ok: false, refusal: { code: 'previews-limit' } });
  await first.value.return();
  expect(await previewFleet(tools, { ...asked, version: service(1, 1) }, signal)).toMatchObject({ ok: true });
});

test('who goes away ends it', async () => {
  const leaving = new AbortController();
  const asked = { selector: everything, groupBy: [], version: service(1, 1) };
  const started = await previewFleet({ db, installation, pool }, asked, leaving.signal);
  if (!started.ok) throw new Error(started.refusal.message);
  expect((await started.value.next()).value).toMatchObject({ line: 'begin' });
  leaving.abort();
  expect(await started.value.next()).toEqual({ done: true, value: undefined });
});
