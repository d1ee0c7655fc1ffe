import { describe, expect, test } from 'vitest';
import { isUnknown, type UnknownValue } from './template-value.ts';
import { evaluated, evaluation, refusalOf, worthOf } from './testing/stack-template.ts';

const head = `
Parameters:
  Name: {Type: String, Default: shop}
  Port: {Type: Number, Default: 80}
  Zones: {Type: CommaDelimitedList, Default: "a, b,c"}
Mappings:
  Sizes: {small: {cpu: 256, zones: [x, y]}, large: {cpu: 1024}}
Conditions:
  IsShop: !Equals [!Ref Name, shop]
  NotShop: !Not [!Condition IsShop]
`;
const azs = (region: string) => [`${region}a`, `${region}b`];

const known = [
  { expression: '!Ref Name', value: 'shop' },
  { expression: '!Ref Port', value: '80', reason: 'parameters are text until a schema says otherwise' },
  { expression: '!Ref Zones', value: ['a', 'b', 'c'], reason: 'blanks around items are not part of them' },
  { expression: '!Ref AWS::Region', value: 'eu-central-1' },
  { expression: '!Ref AWS::Partition', value: 'aws' },
  { expression: '!Ref AWS::URLSuffix', value: 'amazonaws.com' },
  { expression: '!Sub "${Name}-${AWS::AccountId}"', value: 'shop-123456789012' },
  { expression: '!Sub "${!Literal} $${Name} ${ Name }"', value: '${Literal} $shop shop' },
  { expression: '!Sub ["${A}/${Name}", {A: !Ref Port}]', value: '80/shop' },
  { expression: '!Sub "${Zones}"', value: 'a,b,c' },
  { expression: '!Sub "$ { } plain"', value: '$ { } plain' },
  { expression: '!Join ["-", [a, 1, true, !Ref Name]]', value: 'a-1-true-shop' },
  { expression: '!Join [",", !Ref Zones]', value: 'a,b,c' },
  { expression: '!Join ["", []]', value: '' },
  { expression: '!Select [1, [a, b]]', value: 'b' },
  { expression: '!Select ["0", !GetAZs ""]', value: 'eu-central-1a' },
  { expression: '!Select [0, !Split [".", "x.y"]]', value: 'x' },
  { expression: '!Split [",", "a,,b"]', value: ['a', '', 'b'] },
  { expression: '!FindInMap [Sizes, small, cpu]', value: 256 },
  { expression: '!FindInMap [Sizes, !Select [0, [small]], zones]', value: ['x', 'y'] },
  { expression: '!If [IsShop, 1, 2]', value: 1 },
  { expression: '!If [NotShop, 1, !If [IsShop, 3, 4]]', value: 3 },
  { expression: '!Base64 héllo', value: 'aMOpbGxv' },
  { expression: '!GetAZs us-east-1', value: ['us-east-1a', 'us-east-1b'] },
  { expression: '!Cidr [10.0.0.0/16, 3, 8]', value: ['10.0.0.0/24', '10.0.1.0/24', '10.0.2.0/24'] },
  { expression: '!Select [1, !Cidr ["2001:db8::/56", 2, 64]]', value: '2001:db8:0:1::/64' },
  {
    expression: '{a: !Ref AWS::NoValue, b: [!Ref AWS::NoValue, 1]}',
    value: { b: [1] },
    reason: 'NoValue leaves nothing',
  },
  { expression: '{a: !If [NotShop, x, !Ref AWS::NoValue]}', value: {} },
  {
    expression: '"{{resolve:ssm:/app/image:3}}"',
    value: '{{resolve:ssm:/app/image:3}}',
    reason: 'left to the service',
  },
  { expression: '{Ref: Name, Other: 1}', value: { Ref: 'Name', Other: 1 }, reason: 'two keys are data, not a call' },
];
test.each(known)('$expression', ({ expression, value, reason }) => {
  expect(worthOf(expression, { head, resolve: { azs } }), reason).toEqual(value);
});

describe('what cannot be known yet', () => {
  const unknown = [
    { expression: '!Ref Queue', as: { Ref: 'Queue' }, reads: ['Queue'] },
    { expression: '!GetAtt Queue.Arn', as: { 'Fn::GetAtt': ['Queue', 'Arn'] }, reads: ['Queue.Arn'] },
    { expression: '!Sub "${Queue.Arn}"', as: { 'Fn::GetAtt': ['Queue', 'Arn'] }, reads: ['Queue.Arn'] },
    {
      expression: '!Sub "${Name}-${Queue.Arn}/${Topic}"',
      as: { 'Fn::Join': ['', ['shop-', { 'Fn::GetAtt': ['Queue', 'Arn'] }, '/', { Ref: 'Topic' }]] },
      reads: ['Queue.Arn', 'Topic'],
    },
    {
      expression: '!Join ["-", [!Ref Name, !GetAtt Queue.Arn, x]]',
      as: { 'Fn::Join': ['', ['shop-', { 'Fn::GetAtt': ['Queue', 'Arn'] }, '-x']] },
      reads: ['Queue.Arn'],
    },
    { expression: '!Select [0, [!Ref Queue, x]]', as: { Ref: 'Queue' }, reads: ['Queue'] },
    { expression: '!Base64 {Ref: Queue}', as: { 'Fn::Base64': { Ref: 'Queue' } }, reads: ['Queue'] },
    { expression: '!Split [",", !Ref Queue]', as: { 'Fn::Split': [',', { Ref: 'Queue' }] }, reads: ['Queue'] },
    { expression: '!ImportValue {Fn::Sub: "${Name}-vpc"}', as: { 'Fn::ImportValue': 'shop-vpc' }, reads: [] },
    { expression: '!GetAZs ""', as: { 'Fn::GetAZs': 'eu-central-1' }, reads: [] },
    {
      expression: '!Cidr [!GetAtt Queue.Block, 2, 8]',
      as: { 'Fn::Cidr': [{ 'Fn::GetAtt': ['Queue', 'Block'] }, 2, 8] },
      reads: ['Queue.Block'],
    },
  ];
  test.each(unknown)('$expression', ({ expression, as, reads }) => {
    const value = worthOf(expression, { head });
    expect(isUnknown(value)).toBe(true);
    expect(JSON.parse(JSON.stringify(value))).toEqual(as);
    const found = (value as UnknownValue).reads.map(({ logicalId, attribute }) =>
      attribute ? `${logicalId}.${attribute}` : logicalId,
    );
    expect(found).toEqual(reads);
  });

  test('the same value spelled otherwise has the same expression', () => {
    const spellings = [
      '!Sub "a-${Queue.Arn}-b"',
      '!Join ["-", [a, !GetAtt Queue.Arn, b]]',
      '!Join ["", ["a-", !Sub "${Queue.Arn}-b"]]',
    ];
    const expressions = spellings.map((spelling) => JSON.stringify(worthOf(spelling, { head })));
    expect(new Set(expressions).size).toBe(1);
  });

  test('an undecided condition keeps both branches, and a resource that hangs on it may be there', () => {
    const result = evaluated(`
Parameters: {Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /image}}
Conditions:
  Old: !Equals [!Ref Image, old]
  Never: !And [!Condition Old, !Equals [a, b]]
  Always: !Or [!Condition Old, !Equals [a, a]]
Resources:
  A: {Type: AWS::SQS::Queue, Condition: Old}
  B: {Type: AWS::SQS::Queue, Condition: Never}
  C: {Type: Custom::C, Condition: Always, Properties: {P: !If [Old, 1, 2]}}
`);
    expect([...result.resources.keys()]).toEqual(['A', 'C']);
    expect(isUnknown(result.resources.get('A')?.present)).toBe(true);
    expect(result.resources.get('C')?.present).toBe(true);
    expect(JSON.parse(JSON.stringify(result.resources.get('C')?.properties.P))).toEqual({
      'Fn::If': [{ 'Fn::Equals': ['{{resolve:ssm:/image}}', 'old'] }, 1, 2],
    });
  });
});

describe('answers of a resolver', () => {
  const resolve = {
    ref: (logicalId: string) => `physical-${logicalId}`,
    getAtt: (logicalId: string, attribute: string) => (attribute === 'Arn' ? `arn:${logicalId}` : undefined),
    importValue: (name: string) => (name === 'vpc' ? 'vpc-1' : undefined),
    dynamicReference: ({ service, key }: { service: string; key: string }) =>
      service === 'ssm' ? `value of ${key}` : undefined,
  };
  const answered = [
    { expression: '!Ref Queue', value: 'physical-Queue' },
    { expression: '!Sub "${Queue}/${Queue.Arn}"', value: 'physical-Queue/arn:Queue' },
    { expression: '!ImportValue vpc', value: 'vpc-1' },
    { expression: '"a {{resolve:ssm:/x:1}} b"', value: 'a value of /x:1 b' },
    {
      expression: '"{{resolve:secretsmanager:s:SecretString:k}}"',
      value: '{{resolve:secretsmanager:s:SecretString:k}}',
    },
  ];
  test.each(answered)('$expression', ({ expression, value }) => {
    expect(worthOf(expression, { resolve })).toEqual(value);
  });

  test('an attribute that the resource has not', () => {
    expect(refusalOf('!GetAtt Queue.Nope', { resolve }).message).toBe(
      'Template error: resource Queue does not support attribute type Nope in Fn::GetAtt',
    );
  });

  test('an export that nobody has', () => {
    expect(refusalOf('!ImportValue nope', { resolve }).message).toBe('No export named nope found.');
  });
});

const refused = [
  { expression: '!Ref Nobody', message: 'Unresolved resource dependencies [Nobody] in the Resources block' },
  { expression: '!Ref [Name]', message: 'every Ref object must have a single String value' },
  { expression: '!GetAtt Queue', message: 'every Fn::GetAtt object requires two non-empty parameters' },
  { expression: '!GetAtt Nobody.Arn', message: 'instance of Fn::GetAtt references undefined resource Nobody' },
  { expression: '!Sub "${Nobody.Arn}"', message: 'instance of Fn::Sub references undefined resource Nobody' },
  { expression: '!Sub "${a b}"', message: 'variable names in Fn::Sub syntax' },
  { expression: '!Sub {a: b}', message: "Fn::Sub intrinsic functions don't specify expected arguments" },
  { expression: '!Join ["-"]', message: 'every Fn::Join object requires two parameters' },
  { expression: '!Join ["-", [{a: b}]]', message: 'Fn::Join can only put texts together' },
  { expression: '!Select [2, [a, b]]', message: 'Fn::Select cannot select nonexistent value at index 2' },
  { expression: '!Select [x, [a]]', message: 'Fn::Select requires a list argument' },
  { expression: '!Split [",", [a]]', message: 'every Fn::Split object requires two parameters' },
  { expression: '!FindInMap [Nope, a, b]', message: "Mapping named 'Nope' is not present" },
  { expression: '!FindInMap [Sizes, tiny, cpu]', message: 'Unable to get mapping for Sizes::tiny::cpu' },
  { expression: '!FindInMap [Sizes, small]', message: 'every Fn::FindInMap object requires three parameters' },
  { expression: '!If [Nope, 1, 2]', message: 'unresolved condition dependency Nope in Fn::If' },
  { expression: '!If [IsShop, 1]', message: 'Fn::If requires a list argument with three elements' },
  { expression: '!Cidr [10.0.0.0/24, 3, 8]', message: 'Fn::Cidr cannot make 3 blocks' },
  { expression: '!Length [a]', message: 'Fn::Length needs Transform: AWS::LanguageExtensions' },
  { expression: '!Transform {Name: AWS::Include}', message: 'Fn::Transform is not expanded here' },
  { expression: '{Fn::Foo: x}', message: 'Fn::Foo is not an intrinsic function' },
];
test.each(refused)('refused: $expression', ({ expression, message }) => {
  const refusal = refusalOf(expression, { head });
  expect(refusal.message).toContain(message);
  expect(refusal.position?.file).toBe('stack.yaml');
});

test('language extensions, where the template asks for them', () => {
  const extended = `Transform: AWS::LanguageExtensions\n${head}`;
  expect(worthOf('!Length [a, b]', { head: extended })).toBe(2);
  expect(worthOf('!ToJsonString {a: !Ref Name}', { head: extended })).toBe('{"a":"shop"}');
  expect(worthOf('!FindInMap [Sizes, tiny, cpu, {DefaultValue: 1}]', { head: extended })).toBe(1);
});

test('a resource that its condition turns off is not there: for outputs, references, DependsOn', () => {
  const text = (reference: string) => `
Conditions: {Away: !Equals [a, b]}
Resources:
  A: {Type: AWS::SQS::Queue, Condition: Away}
  B: {Type: AWS::SQS::Queue, DependsOn: A, Properties: {QueueName: ${reference}}}
Outputs:
  O: {Value: !Ref A, Condition: Away}
`;
  const result = evaluated(text('x'));
  expect([...result.resources.keys()]).toEqual(['B']);
  expect(result.resources.get('B')?.dependsOn).toEqual([]);
  expect(result.outputs.size).toBe(0);
  expect(evaluation(text('!Ref A'))).toMatchObject({
    message: 'Template format error: Unresolved resource dependencies [A] in the Resources block of the template',
    position: { line: 5 },
  });
});

test('deletion policies, with the service’s defaults', () => {
  const result = evaluated(`
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Kept: {Type: AWS::SQS::Queue, DeletionPolicy: Retain, UpdateReplacePolicy: Snapshot}
  Cluster: {Type: AWS::RDS::DBCluster}
  Alone: {Type: AWS::RDS::DBInstance}
  Member: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster}}
`);
  const policies = [...result.resources.values()].map(({ deletionPolicy, updateReplacePolicy }) => [
    deletionPolicy,
    updateReplacePolicy,
  ]);
  expect(policies).toEqual([
    ['Delete', 'Delete'],
    ['Retain', 'Snapshot'],
    ['Snapshot', 'Delete'],
    ['Snapshot', 'Delete'],
    ['Delete', 'Delete'],
  ]);
  expect(evaluation('Resources: {A: {Type: AWS::SQS::Queue, DeletionPolicy: Keep}}')).toMatchObject({
    message: 'Template error: Unrecognized DeletionPolicy Keep for resource A',
  });
});

test('outputs, exports, and what an output may be', () => {
  const result = evaluated(`
Resources: {A: {Type: AWS::SQS::Queue}}
Outputs:
  Port: {Value: 80, Description: d, Export: {Name: !Sub "\${AWS::StackName}-port"}}
  Arn: {Value: !GetAtt A.Arn}
`);
  expect(result.outputs.get('Port')).toMatchObject({ value: '80', description: 'd', exportName: 'shop-port' });
  expect(isUnknown(result.outputs.get('Arn')?.value)).toBe(true);
  expect(evaluation('Resources: {A: {Type: AWS::SQS::Queue}}\nOutputs: {O: {Value: [a]}}')).toMatchObject({
    message: 'Template format error: The Value field of every Outputs member must evaluate to a String.',
    position: { line: 2 },
  });
});
