import { expect, test } from 'vitest';
import { creationOrder, evaluatedDependencies, writtenDependencies } from './dependency-graph.ts';
import { evaluated, template } from './testing/stack-template.ts';

test('an order in which everything comes after what it needs, by every kind of reference', () => {
  const { template: parsed } = evaluated(`
Resources:
  A: {Type: AWS::SQS::Queue, DependsOn: B, Properties: {QueueName: !Sub "\${C.Arn}-\${D}"}}
  B: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref C}}
  C: {Type: AWS::SNS::Topic}
  D: {Type: AWS::SQS::Queue, Properties: {QueueName: !GetAtt B.TopicName}}
`);
  expect(creationOrder(writtenDependencies(parsed))).toEqual({ ok: true, value: ['C', 'B', 'D', 'A'] });
});

test('F38: a circle over Ref, GetAtt, Sub and DependsOn, in order and with the lines of its steps', () => {
  const circle = template(`Resources:
  A:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: a
      SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !GetAtt B.GroupId}]
  B:
    Type: AWS::EC2::SecurityGroup
    DependsOn: C
    Properties: {GroupDescription: b}
  C:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: !Sub "peer of \${D}"}
  D:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: d, VpcId: !Ref A}
  E:
    Type: AWS::SQS::Queue
`);
  expect(creationOrder(writtenDependencies(circle))).toMatchObject({
    ok: false,
    refusal: {
      code: 'stack-template-circular',
      message: 'Circular dependency between resources: [A, B, C, D]',
      position: { file: 'stack.yaml', line: 6 },
      remedy:
        'Break one of these steps: A -> B (Fn::GetAtt GroupId, line 6); B -> C (DependsOn, line 9); C -> D (Fn::Sub, line 13); D -> A (Ref, line 16).',
    },
  });
});

test('F38: a circle that exists for some inputs only is found with those inputs', () => {
  const text = `
Parameters: {Mutual: {Type: String, Default: "no"}}
Conditions: {Mutual: !Equals [!Ref Mutual, "yes"]}
Resources:
  A: {Type: Custom::A, Properties: {P: !Ref B}}
  B: {Type: Custom::B, Properties: {P: !If [Mutual, !Ref A, x]}}
`;
  const order = (Mutual: string) => creationOrder(evaluatedDependencies(evaluated(text, { parameters: { Mutual } })));
  expect(order('no')).toEqual({ ok: true, value: ['B', 'A'] });
  expect(order('yes')).toMatchObject({
    ok: false,
    refusal: { message: 'Circular dependency between resources: [A, B]' },
  });
});

test('a chain of as many resources as there may be', () => {
  const chain = Array.from({ length: 499 }, (_, n) => `  R${n}: {Type: Custom::R, DependsOn: R${n + 1}}`);
  const parsed = template(`Resources:\n${chain.join('\n')}\n  R499: {Type: Custom::R}`);
  const order = creationOrder(writtenDependencies(parsed));
  expect(order.ok && [order.value[0], order.value.at(-1)]).toEqual(['R499', 'R0']);
});
