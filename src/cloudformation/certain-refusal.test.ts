import { describe, expect, test } from 'vitest';
import { certainRefusal } from './certain-refusal.ts';

const pseudo = { accountId: '111122223333', region: 'us-east-1', stackName: 'orders' };

function refusalOf(text: string, parameters: Readonly<Record<string, string>> = {}) {
  return certainRefusal(text, { file: 'stack.yaml', parameters, pseudo });
}

const queue = '  Queue: {Type: AWS::SQS::Queue}\n';
const withProperties = (properties: string) =>
  `Resources:\n${queue}  A:\n    Type: Custom::A\n    Properties: ${properties}\n`;
const circle = (more: string) => `${more}Resources:
  A:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: a, SecurityGroupIngress: [{IpProtocol: tcp, SourceSecurityGroupId: !GetAtt B.GroupId}]}
  B:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: !If [Mutual, !Sub "peer of \${A}", b]}
`;
const mutual = (value: string) =>
  `Parameters: {M: {Type: String, Default: "${value}"}}\nConditions: {Mutual: !Equals [!Ref M, "yes"]}\n`;

describe('what the service certainly refuses', () => {
  test.each([
    { name: 'no YAML', text: 'Resources: [', says: 'YAML not well-formed', line: 1 },
    { name: 'a repeated key', text: `Resources:\n${queue}${queue}`, says: 'given twice', line: 3 },
    { name: 'a section of the wrong shape', text: `Resources:\n${queue}Outputs: []\n`, says: 'Outputs', line: 3 },
    { name: 'a Ref to nothing', text: withProperties('{P: !Ref Queu}'), says: 'dependencies [Queu]', line: 5 },
    { name: 'a Sub of nothing', text: withProperties('{P: !Sub "${Queu}"}'), says: 'dependencies [Queu]', line: 5 },
    {
      name: 'a GetAtt of nothing',
      text: withProperties('{P: !GetAtt Queu.Arn}'),
      says: 'undefined resource Queu',
      line: 5,
    },
    {
      name: 'a condition of nothing',
      text: withProperties('{P: !If [C, 1, 2]}'),
      says: 'condition dependency C',
      line: 5,
    },
    {
      name: 'a parameter without a value',
      text: `Parameters:\n  P: {Type: String}\nResources:\n${queue}`,
      says: 'Parameters: [P] must have values',
      line: 2,
    },
    {
      name: 'DependsOn itself',
      text: 'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    DependsOn: A\n',
      says: 'Circular dependency between resources: [A]',
      line: 4,
    },
    {
      name: 'F38: a circle that its condition closes',
      text: circle(mutual('yes')),
      says: 'Circular dependency between resources: [A, B]',
      line: 6,
    },
    {
      name: 'a circle of conditions',
      text: `Conditions:\n  A: !Not [!Condition B]\n  B: !Not [!Condition A]\nResources:\n${queue}`,
      says: 'Circular dependency between conditions',
      line: 3,
    },
    {
      name: 'a misspelt name beside SAM',
      text: `Transform: AWS::Serverless-2016-10-31\nResources:\n${queue}  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref Queu}}\n`,
      says: 'dependencies [Queu]',
      line: 4,
    },
  ])('$name', ({ text, says, line }) => {
    const refusal = refusalOf(text);
    expect(refusal?.message).toContain(says);
    expect(refusal?.position).toMatchObject({ file: 'stack.yaml', line });
    expect(refusal?.remedy).not.toBe('');
  });

  test('a circle names its steps in order, each with its line', () => {
    const refusal = refusalOf(circle(mutual('yes')));
    expect(refusal?.remedy).toBe(
      'Break one of these steps: A -> B (Fn::GetAtt GroupId, line 6); B -> A (Fn::Sub, line 9).',
    );
    expect(refusal?.steps?.map(({ line }) => line)).toEqual([6, 9]);
  });

  test('positions and the lines in words are those of the source, where the text was made from another one', () => {
    const originOf = ({ line }: { line: number }) => ({ file: 'author.yaml', line: line + 100, column: 1 });
    const stack = { originOf, parameters: {}, pseudo };
    expect(certainRefusal('Resources: [', stack)?.message).toContain('(line 101, column 1)');
    expect(certainRefusal(circle(mutual('yes')), stack)).toMatchObject({
      position: { file: 'author.yaml', line: 106 },
      remedy: expect.stringContaining('line 109'),
    });
  });
});

describe('what cannot be known is left to the service', () => {
  const bad = '{P: !Ref Nothing}';
  test.each([
    { name: 'a sound template', text: `Resources:\n${queue}` },
    { name: 'a type that was never published', text: 'Resources: {A: {Type: AWS::Tomorrow::Thing}}' },
    { name: 'an attribute that was never published', text: withProperties('{P: !GetAtt Queue.Tomorrow}') },
    {
      name: 'properties that the schema does not have',
      text: 'Resources: {Q: {Type: AWS::SQS::Queue, Properties: {X: 1}}}',
    },
    { name: 'a macro over the whole template', text: `Transform: [Mine]\n${withProperties(bad)}` },
    { name: 'a macro, and sections that only it knows', text: `Transform: Mine\nStages: {}\n${withProperties('{}')}` },
    { name: 'an include', text: `Transform: {Name: AWS::Include, Parameters: {Location: x}}\n${withProperties(bad)}` },
    { name: 'a macro inside', text: withProperties('{Fn::Transform: {Name: Mine}, P: !Ref Nothing}') },
    {
      name: 'a loop of the language extensions',
      text: `Transform: AWS::LanguageExtensions\nResources:\n${queue}  Fn::ForEach::X: [N, [A, B], {"T\${N}": {Type: AWS::SNS::Topic}}]\nOutputs: {O: {Value: !Ref TA}}\n`,
    },
    { name: 'a circle that its condition does not close', text: circle(mutual('no')) },
    {
      name: 'a circle whose condition hangs on a value of the account',
      text: circle(
        'Parameters: {M: {Type: "AWS::SSM::Parameter::Value<String>", Default: /mutual}}\nConditions: {Mutual: !Equals [!Ref M, "yes"]}\n',
      ),
    },
    {
      name: 'names that SAM generates',
      text: `Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs22.x, Handler: a.b, InlineCode: x}}\n  T: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref FTomorrowsThing, DisplayName: !Ref ServerlessRestApi}}\n`,
    },
    {
      name: 'a serverless resource that is not understood',
      text: `Transform: AWS::Serverless-2016-10-31\nResources:\n  F: {Type: AWS::Serverless::Tomorrow, Properties: {P: !Ref Nothing}}\n`,
    },
  ])('$name', ({ text }) => {
    expect(refusalOf(text)).toBeUndefined();
  });

  test('a macro excuses no broken YAML', () => {
    expect(refusalOf('Transform: Mine\nResources: [')?.code).toBe('stack-template-syntax');
  });
});

test('parameters are taken as they are given', () => {
  const text = circle('Parameters: {M: {Type: String}}\nConditions: {Mutual: !Equals [!Ref M, "yes"]}\n');
  expect(refusalOf(text)?.message).toContain('must have values');
  expect(refusalOf(text, { M: 'yes' })?.code).toBe('stack-template-circular');
  expect(refusalOf(text, { M: 'no' })).toBeUndefined();
});
