import { describe, expect, test } from 'vitest';
import { makeBundle } from '../bundles/index.ts';
import { UnknownValue } from '../cloudformation/index.ts';
import { childTemplateOf } from './child-templates.ts';
import { compareBundles } from './compare-bundles.ts';
import { stackState } from './stack-state.ts';

describe('the template that an address means', () => {
  const children = { 'queue.yaml': 'plain', 'nested/queue.yaml': 'nested', 'topic.yaml': 'topic' };
  test.each([
    { name: 'its name', url: 'queue.yaml', path: 'queue.yaml' },
    { name: 'a relative path', url: './nested/queue.yaml', path: 'nested/queue.yaml' },
    { name: 'the longest path', url: 'https://s3.amazonaws.com/b/nested/queue.yaml', path: 'nested/queue.yaml' },
    { name: 'before a query', url: 'https://b.s3.amazonaws.com/v1/topic.yaml?versionId=1', path: 'topic.yaml' },
    { name: 'nothing of that name', url: 'https://b.s3.amazonaws.com/other.yaml', path: undefined },
    { name: 'the end of a name', url: 'https://b.s3.amazonaws.com/my-topic.yaml', path: undefined },
  ])('$name', ({ url, path }) => {
    expect(childTemplateOf(url, children)?.path).toBe(path);
  });

  test('in a bucket that is not known', () => {
    const url = new UnknownValue(
      { 'Fn::Join': ['', ['https://', { Ref: 'Bucket' }, '.s3.amazonaws.com/topic.yaml']] },
      [],
    );
    expect(childTemplateOf(url, children)?.path).toBe('topic.yaml');
    expect(childTemplateOf(new UnknownValue({ Ref: 'Url' }, []), children)).toBeUndefined();
  });
});

const schema = `schema:
  format: {openapi: "3.0.0"}
  service_input_type: Input
  types:
    Input: {type: object, properties: {delay: {type: integer, minimum: 0, maximum: 900, default: 0}}}
`;
const manifest =
  'infrastructure: {templates: [{file: cloudformation.yaml, rendering_engine: jinja, template_language: cloudformation}]}';
const parent = `Resources:
  Work:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/queue.yaml
      Parameters: {Delay: "{{ service_instance.inputs.delay }}"}
  Address: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !GetAtt Work.Outputs.Arn}}
`;
const queue = (properties: string, more = '') => `Parameters: {Delay: {Type: Number}}
Resources:
  Queue: {Type: AWS::SQS::Queue, Properties: ${properties}}
${more}Outputs:
  Arn: {Value: !GetAtt Queue.Arn}
`;

function bundle(files: Record<string, string>) {
  const folder = 'instance_infrastructure';
  const all = { 'cloudformation.yaml': parent, 'manifest.yaml': manifest, ...files };
  const entries = Object.entries(all).map(([name, text]) => [`${folder}/${name}`, Buffer.from(text)] as const);
  return makeBundle(new Map([['schema/schema.yaml', Buffer.from(schema)], ...entries]));
}

function compared(before: Record<string, string>, after: Record<string, string>) {
  const [part] = compareBundles(bundle(before), bundle(after), 'service', { instance: { delay: 3 } }).parts;
  if (!part?.instance) throw new Error('nothing was compared');
  const impacts = part.version.resources.map(({ logicalId, impact }) => [logicalId, impact]);
  return { ...part, impacts: Object.fromEntries(impacts) };
}

const plain = queue('{DelaySeconds: !Ref Delay}');

test('a bundle that carries the template of a nested stack is found to change by it', () => {
  const { version, instance, impacts } = compared(
    { 'queue.yaml': plain },
    { 'queue.yaml': queue('{DelaySeconds: !Ref Delay, FifoQueue: true}') },
  );
  expect(version).toMatchObject({ versionClass: 'data-affecting', requiredBump: 'major' });
  expect(instance?.verdict).toBe('data-at-risk');
  expect(impacts).toEqual({ Work: 'update-interrupt', 'Work.Queue': 'replace', Address: 'update-in-place' });
  expect(instance?.findings.find(({ code }) => code === 'D-REPL')).toMatchObject({
    logicalId: 'Work.Queue',
    message: expect.stringContaining('in the nested stack Work: replaces the Queue Queue because FifoQueue is set'),
    position: { file: 'queue.yaml' },
  });
});

test('the same template is the same, however it is written', () => {
  const { version } = compared({ 'queue.yaml': plain }, { 'queue.yaml': `# a queue\n${plain}` });
  expect(version).toMatchObject({ requiredBump: 'patch', findings: [] });
});

test('what a condition of the nested template decides is tried with both its outcomes', () => {
  const conditioned = (properties: string) => `Conditions: {Slow: !Equals [!Ref Delay, 777]}\n${queue(properties)}`;
  const { version, instance } = compared(
    { 'queue.yaml': conditioned('{DelaySeconds: !Ref Delay}') },
    { 'queue.yaml': conditioned('{DelaySeconds: !Ref Delay, FifoQueue: !If [Slow, true, !Ref "AWS::NoValue"]}') },
  );
  expect(version.versionClass).toBe('data-affecting');
  expect(instance?.verdict).toBe('no-change');
});

test('roles of the nested template need their capability', () => {
  const role = '  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}\n';
  const { version } = compared({ 'queue.yaml': plain }, { 'queue.yaml': queue('{DelaySeconds: !Ref Delay}', role) });
  expect(version.findings.filter(({ code }) => code === 'R-CAP').map(({ message }) => message)).toEqual([
    'CAPABILITY_IAM must be acknowledged',
  ]);
});

test.each([
  { name: 'that is not in the bundle', files: {} as Record<string, string> },
  { name: 'that is no template', files: { 'queue.yaml': 'Resources: [' } },
  { name: 'that does not take its parameters', files: { 'queue.yaml': 'Resources: {Q: {Type: AWS::SQS::Queue}}' } },
])('a nested stack $name is not looked into', ({ files }) => {
  const changed = parent.replace('/templates/', '/templates/v2/');
  const { version, impacts } = compared(files, { ...files, 'cloudformation.yaml': changed });
  expect(version.versionClass).toBe('breaking');
  expect(impacts).toMatchObject({ Work: 'conditional-replace' });
});

test('a template that calls itself has an end', () => {
  const own = 'Resources:\n  Inner: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: own.yaml}}\n';
  const state = stackState({ text: own, file: 'a.yaml', secrets: [], children: { 'own.yaml': own } });
  let depth = 0;
  for (let inner = state.ok ? state.value : undefined; inner; inner = inner.nested?.get('Inner')) depth += 1;
  expect(depth).toBe(6);
});
