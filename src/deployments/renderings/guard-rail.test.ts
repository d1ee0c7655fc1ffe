import { describe, expect, test } from 'vitest';
import { parseTemplate, renderTemplate } from '../../jinja/index.ts';
import { stackTemplateIsTaken } from './guard-rail.ts';
import type { DeploymentRendering } from './rendering.ts';
import { sourceLines } from './source-lines.ts';

const file = 'instance_infrastructure/cloudformation.yaml';

function rendering(source: string, inputs: Readonly<Record<string, unknown>>): DeploymentRendering {
  const template = parseTemplate(source, file);
  if (!template.ok) throw new Error(template.refusal.message);
  const rendered = renderTemplate(template.value, { service_instance: { inputs } });
  if (!rendered.ok) throw new Error(rendered.refusal.message);
  return {
    method: 'cloudformation',
    stackName: 'AWSProton-orders',
    placements: [{ accountId: '111122223333', region: 'us-east-1' }],
    bundleDigest: '',
    part: 'instance',
    template: rendered.value.text,
    templateDigest: '',
    inputs,
    secrets: [],
    inputsDigest: '',
    tags: {},
    sourceLines: sourceLines(rendered.value.text, rendered.value.sourceMap),
  };
}

const circle = `Resources:
{% for copy in service_instance.inputs.copies %}
  Topic{{ copy }}: {Type: AWS::SNS::Topic}
{% endfor %}
  A:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: !Sub "{{ service_instance.inputs.note }} of \${B}"
  B:
    Type: AWS::EC2::SecurityGroup
{% if service_instance.inputs.mutual %}
    DependsOn: {{ service_instance.inputs.peer }}
{% endif %}
    Properties: {GroupDescription: b}
`;
const inputs = { copies: [1, 2, 3], note: 'peer', peer: 'A', mutual: true };

test('F38: a circle of some inputs, in order, with the lines of the template and the inputs of every step', async () => {
  const found = await stackTemplateIsTaken.check(rendering(circle, inputs));
  expect(found).toEqual({
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'stack-template-circular',
      message: 'Circular dependency between resources: [A, B]',
      remedy: 'Break one of these steps: A -> B (Fn::Sub, line 8); B -> A (DependsOn, line 12).',
      position: { file, line: 8, column: 7 },
      inputs: ['service_instance.inputs.note', 'service_instance.inputs.peer'],
    },
  });
  expect(await stackTemplateIsTaken.check(rendering(circle, { ...inputs, mutual: false }))).toMatchObject({ ok: true });
});

describe('each leads back to the template', () => {
  test.each([
    {
      name: 'a name that an input made',
      source: `# one\n# two\nResources:\n  A:\n    Type: Custom::A\n    Properties:\n      P: !Ref {{ service_instance.inputs.target }}\n`,
      line: 7,
      reads: ['service_instance.inputs.target'],
    },
    {
      name: 'a key that a loop repeats',
      source: `Resources:\n{% for each in [1, 2] %}\n  A{{ service_instance.inputs.target }}:\n    Type: AWS::SQS::Queue\n{% endfor %}\n`,
      line: 3,
      reads: ['service_instance.inputs.target'],
    },
    {
      name: 'YAML that an input breaks',
      source: `Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties: {{ service_instance.inputs.broken }}\n`,
      line: 4,
      reads: ['service_instance.inputs.broken'],
    },
    {
      name: 'an output of nothing',
      source: `Resources: {A: {Type: AWS::SQS::Queue}}\nOutputs:\n  O:\n    Value: !GetAtt B.Arn\n`,
      line: 4,
      reads: [],
    },
  ])('$name', async ({ source, line, reads }) => {
    const found = await stackTemplateIsTaken.check(rendering(source, { target: 'Nothing', broken: '{a: [b' }));
    expect(found).toMatchObject({ ok: false, refusal: { position: { file, line }, inputs: reads } });
  });
});

test('a parameter without a value is told how templates get theirs', async () => {
  const source = 'Parameters:\n  P: {Type: String}\nResources: {A: {Type: AWS::SQS::Queue}}\n';
  expect(await stackTemplateIsTaken.check(rendering(source, {}))).toMatchObject({
    ok: false,
    refusal: { remedy: expect.stringContaining('give it a Default'), position: { file, line: 2 } },
  });
});

test('what is no stack template is not looked at', async () => {
  const other = { ...rendering('nothing', {}), method: 'terraform' } as const;
  expect(await stackTemplateIsTaken.check(other)).toMatchObject({ ok: true });
});
