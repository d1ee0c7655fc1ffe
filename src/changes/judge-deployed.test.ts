import { describe, expect, test } from 'vitest';
import { type Bundle, instanceData, makeBundle, renderJob, runRenderJob } from '../bundles/index.ts';
import type { DeployedThing } from './deployed-thing.ts';
import { DeployedJudge } from './judge-deployed.ts';
import { outputsReadBy } from './outputs-read-by.ts';
import { readVersions, type VersionTexts } from './upgrade/read-versions.ts';

const manifest =
  'infrastructure:\n  templates:\n    - {file: t.yaml, rendering_engine: jinja, template_language: cloudformation}\n';
const schema = (properties: string) =>
  `schema:\n  format: {openapi: "3.0.0"}\n  service_input_type: Input\n  types:\n    Input: {type: object, properties: ${properties}}\n`;
const bundle = (template: string): Bundle =>
  makeBundle(
    new Map(
      Object.entries({
        'instance_infrastructure/manifest.yaml': manifest,
        'instance_infrastructure/t.yaml': template,
      }).map(([path, text]) => [path, Buffer.from(text)]),
    ),
  );
const queue = (properties: string, rest = '') =>
  `Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: ${properties}\n${rest}`;

const seconds = '{seconds: {type: integer, default: 30}}';
const spec = (inputs: string) =>
  `proton: ServiceSpec\ninstances:\n  - {name: live, environment: dev, spec: ${inputs}}\n`;

interface Case {
  readonly from?: string;
  readonly to: string;
  readonly inputs?: string;
  readonly schemas?: readonly [string, string];
  readonly major?: number;
  readonly steps?: VersionTexts['steps'];
  readonly compatible?: readonly string[];
  readonly outputs?: Readonly<Record<string, string>>;
  readonly thing?: Partial<DeployedThing>;
}

const timeout = queue('{VisibilityTimeout: {{ service_instance.inputs.seconds }}}');

function judge({ from = timeout, to, inputs = '{}', schemas = [seconds, seconds], major = 1, ...rest }: Case) {
  const environment = { name: 'dev', accountId: '111122223333', outputs: rest.outputs ?? { Vpc: 'vpc-1' } };
  const versions = [
    { major: 1, minor: 0, schemaText: schema(schemas[0]), steps: {} },
    { major, minor: 1, schemaText: schema(schemas[1]), steps: rest.steps ?? {} },
  ];
  const service = { name: 'orders' };
  const given = { seconds: 30, ...JSON.parse(inputs.replaceAll(/(\w+):/g, '"$1":')) };
  const job = renderJob(bundle(from), 'instance', instanceData(environment, service, { name: 'live', inputs: given }));
  const deployed = job.ok ? runRenderJob(job.value) : job;
  if (!deployed.ok) throw new Error(deployed.refusal.message);
  const judge = new DeployedJudge({
    number: { major, minor: 1 },
    bundle: bundle(to),
    versions: readVersions('service', versions),
    compatibleEnvironments: rest.compatible ?? ['network:1'],
  });
  const thing: DeployedThing = {
    names: { part: 'instance', instance: 'live', environment, service },
    from: { major: 1, minor: 0 },
    spec: spec(inputs),
    template: deployed.value.text,
    pseudo: { accountId: '111122223333', region: 'us-east-1' },
    environmentTemplate: 'network:1',
    ...rest.thing,
  };
  const answer = judge.judge(thing);
  return { answer, again: () => judge.judge(thing) };
}

describe('the verdict', () => {
  const cases: readonly (Case & { readonly name: string; readonly verdict: string; readonly blocker?: string })[] = [
    { name: 'the same template', to: `# a comment\n${timeout}`, verdict: 'no-change' },
    { name: 'another property', to: queue('{VisibilityTimeout: 31}'), verdict: 'in-place' },
    {
      name: 'a queue that is replaced',
      to: queue('{VisibilityTimeout: 30, FifoQueue: true}'),
      verdict: 'data-at-risk',
    },
    {
      name: 'an input that the new schema does not know',
      to: queue('{}'),
      inputs: '{seconds: 45}',
      schemas: [seconds, '{}'],
      verdict: 'fails',
      blocker: 'inputs-invalid',
    },
    {
      name: 'a new major without a step',
      to: queue('{VisibilityTimeout: {{ service_instance.inputs.timeout }}}'),
      inputs: '{seconds: 45}',
      schemas: [seconds, '{timeout: {type: integer, default: 30}}'],
      major: 2,
      verdict: 'fails',
      blocker: 'inputs-invalid',
    },
    {
      name: 'a new major with a step',
      to: queue('{VisibilityTimeout: {{ service_instance.inputs.timeout }}}'),
      inputs: '{seconds: 45}',
      schemas: [seconds, '{timeout: {type: integer, default: 30}}'],
      major: 2,
      steps: { 'migrations/1-to-2.yaml': 'ops:\n  - rename: {from: /seconds, to: /timeout}\n' },
      verdict: 'no-change',
    },
    {
      name: 'a step that asks a question',
      to: queue('{QueueName: {{ service_instance.inputs.owner }}}'),
      schemas: ['{}', '{owner: {type: string}}'],
      from: queue('{}'),
      major: 2,
      steps: { 'migrations/1-to-2.yaml': 'ops:\n  - ask: {at: /owner, question: Who owns it?}\n' },
      verdict: 'fails',
      blocker: 'upgrade-unanswered',
    },
    {
      name: 'an environment of another template',
      to: timeout,
      compatible: ['mesh:1'],
      verdict: 'fails',
      blocker: 'instance-environment-incompatible',
    },
    {
      name: 'an output that the environment does not have',
      to: queue('{QueueName: "{{ environment.outputs.Nowhere }}"}'),
      verdict: 'fails',
      blocker: 'template-undefined',
    },
    {
      name: 'outputs of the environment that are others than at the last deployment',
      from: queue('{QueueName: "{{ environment.outputs.Vpc }}-queue"}'),
      to: queue('{QueueName: "{{ environment.outputs.Vpc }}-queue"}'),
      thing: {
        names: {
          part: 'instance',
          instance: 'live',
          environment: { name: 'dev', accountId: '111122223333', outputs: { Vpc: 'vpc-2' } },
          service: { name: 'orders' },
        },
      },
      verdict: 'data-at-risk',
    },
    {
      name: 'an export that another stack imports',
      from: queue('{}', 'Outputs:\n  Url: {Value: !Ref Queue, Export: {Name: orders-queue}}\n'),
      to: queue('{}'),
      thing: { importedNames: ['orders-queue'] },
      verdict: 'fails',
      blocker: 'R-EXPORT',
    },
    {
      name: 'an output that somebody reads',
      from: queue('{}', 'Outputs:\n  Url: {Value: !Ref Queue}\n'),
      to: queue('{}'),
      thing: { outputReaders: [{ output: 'Url', reader: 'the pipeline of orders' }] },
      verdict: 'fails',
      blocker: 'I-OUT-REMOVE',
    },
  ];
  test.each(cases)('$name: $verdict', ({ verdict, blocker, ...given }) => {
    const { answer } = judge(given);
    expect(answer).toMatchObject({ known: true, verdict });
    expect(answer.known && answer.blocker?.code).toBe(blocker);
  });

  test('what is deployed and cannot be evaluated has no verdict', () => {
    const { answer } = judge({ to: timeout, thing: { template: '- no template' } });
    expect(answer).toMatchObject({
      known: false,
      why: expect.stringContaining('What is deployed cannot be evaluated'),
    });
  });
});

test('two stacks that were compared are not compared again', () => {
  const { answer, again } = judge({ to: queue('{VisibilityTimeout: 31}') });
  expect(answer).toMatchObject({ wasKnown: false });
  expect(again()).toEqual({ ...answer, wasKnown: true });
});

test('names and exports that it did not have before are told', () => {
  const to = queue('{QueueName: "{{ service.name }}-q"}', 'Outputs:\n  Url: {Value: !Ref Queue, Export: {Name: q}}\n');
  expect(judge({ to }).answer).toMatchObject({
    claims: [
      { type: 'AWS::SQS::Queue', name: 'orders-q' },
      { type: 'export', name: 'q' },
    ],
  });
});

test('secrets in use are in no answer, also where the inputs do not fit', () => {
  const secret = '{token: {type: string, format: password, default: none}}';
  const from = queue('{QueueName: "q-{{ service_instance.inputs.token }}"}');
  const inputs = '{token: "hunter2hunter2"}';
  const to = queue('{QueueName: "p-{{ service_instance.inputs.token }}"}');
  const changed = judge({ from, to, inputs, schemas: [secret, secret] }).answer;
  expect(changed).toMatchObject({ known: true, verdict: 'data-at-risk' });
  const refused = judge({ from, to, inputs, schemas: [secret, '{token: {type: string, maxLength: 3}}'] }).answer;
  expect(refused).toMatchObject({ known: true, verdict: 'fails' });
  const forgotten = judge({ from, to, inputs, schemas: ['{other: {type: string}}', secret] }).answer;
  expect(
    JSON.stringify([changed.known && changed.findings, refused, forgotten.known && forgotten.findings]),
  ).not.toContain('hunter2');
});

test('outputs that a template reads, without those that it can do without', () => {
  const template =
    "{{ environment.outputs.Vpc }} {{ environment.outputs.Extra | default('none') }} {{ service_instance.environment.outputs.Zone }}";
  expect(outputsReadBy(bundle(template), 'instance')).toEqual({ ofEnvironment: ['Vpc', 'Zone'], ofInstances: [] });
});
