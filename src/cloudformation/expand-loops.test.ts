import { describe, expect, test } from 'vitest';
import {
  evaluateTemplate,
  expandTransforms,
  parseStackTemplate,
  resolveParameters,
  type StackTemplate,
} from './index.ts';

function expand(text: string, given?: Record<string, string>) {
  const parsed = parseStackTemplate(`Transform: AWS::LanguageExtensions\n${text}`, 'stack.yaml');
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  const values = given && resolveParameters(parsed.value, given);
  return expandTransforms(parsed.value, values?.ok ? { parameters: values.value } : {});
}

function expanded(text: string, given?: Record<string, string>): StackTemplate {
  const result = expand(text, given);
  if (!result.ok) throw new Error(result.refusal.message);
  return result.value;
}

const written = (value: unknown) => JSON.parse(JSON.stringify(value));
const topic = 'Type: AWS::SNS::Topic';

describe('what a loop writes', () => {
  test('a resource for each item, its name and the identifier wherever they stand', () => {
    const { resources } = expanded(`Resources:
  Fn::ForEach::Topics:
    - Name
    - [Orders, Bills]
    - Topic\${Name}:
        ${topic}
        DependsOn: Key\${Name}
        Properties: {TopicName: !Sub "\${Name}-\${AWS::Region}", DisplayName: !Ref Name, KmsMasterKeyId: !GetAtt "Key\${Name}.Arn"}
      Key\${Name}: {Type: AWS::KMS::Key}
`);
    expect([...resources.keys()]).toEqual(['TopicOrders', 'KeyOrders', 'TopicBills', 'KeyBills']);
    expect(written(resources.get('TopicBills'))).toMatchObject({
      dependsOn: ['KeyBills'],
      properties: {
        TopicName: { 'Fn::Sub': 'Bills-${AWS::Region}' },
        DisplayName: 'Bills',
        KmsMasterKeyId: { 'Fn::GetAtt': ['KeyBills', 'Arn'] },
      },
    });
  });

  test('names of letters and digits alone, where the items have others', () => {
    const { resources } = expanded(`Resources:
  Fn::ForEach::Topics: [Ip, ["10.0.0.1", "10.0.0.2"], {"Topic&{Ip}": {${topic}, Properties: {TopicName: !Ref Ip}}}]
`);
    expect([...resources.values()].map(({ logicalId, properties }) => [logicalId, properties.TopicName])).toEqual([
      ['Topic10001', '10.0.0.1'],
      ['Topic10002', '10.0.0.2'],
    ]);
  });

  test('loops in loops, whose collections hang on the item around them', () => {
    const { resources } = expanded(`Mappings: {Zones: {eu: {Names: [a, b]}, us: {Names: [c]}}}
Resources:
  Fn::ForEach::Regions:
    - Region
    - [eu, us]
    - Fn::ForEach::Zones:
        - Zone
        - !FindInMap [Zones, !Ref Region, Names]
        - Topic\${Region}\${Zone}: {${topic}}
`);
    expect([...resources.keys()]).toEqual(['Topiceua', 'Topiceub', 'Topicusc']);
  });

  test('conditions, outputs, and properties of a resource', () => {
    const template = expanded(`Conditions:
  Fn::ForEach::Are: [N, [A, B], {"Is\${N}": !Equals [!Ref N, A]}]
Resources:
  Topic:
    ${topic}
    Properties:
      Fn::ForEach::Names: [P, [TopicName, DisplayName], {"\${P}": !Sub "\${P} of it"}]
Outputs:
  Fn::ForEach::Out: [N, [A, B], {"Out\${N}": {Condition: "Is\${N}", Value: !Ref Topic}}]
`);
    const evaluated = evaluateTemplate(template, { parameters: new Map(), pseudo: {} });
    if (!evaluated.ok) throw new Error(evaluated.refusal.message);
    expect([...evaluated.value.conditions]).toEqual([
      ['IsA', true],
      ['IsB', false],
    ]);
    expect([...evaluated.value.outputs.keys()]).toEqual(['OutA']);
    expect(written(evaluated.value.resources.get('Topic')?.properties)).toEqual({
      TopicName: 'TopicName of it',
      DisplayName: 'DisplayName of it',
    });
  });

  test.each([
    { name: 'its default', given: undefined, ids: ['Ta', 'Tb'] },
    { name: 'what is given', given: { Names: 'x' }, ids: ['Tx'] },
  ])('for the items of a parameter: $name', ({ given, ids }) => {
    const text = `Parameters: {Names: {Type: CommaDelimitedList, Default: "a, b"}}
Resources:
  Kept: {${topic}}
  Fn::ForEach::T: [N, !Ref Names, {"T\${N}": {${topic}}}]
`;
    expect([...expanded(text, given).resources.keys()]).toEqual(['Kept', ...ids]);
  });

  test('what it writes stands where its fragment does', () => {
    const { positions, body } = expanded(`Resources:
  Fn::ForEach::T:
    - N
    - [a]
    - T\${N}:
        ${topic}
        Properties:
          TopicName: !Ref N
`);
    expect(positions.along(body, ['Resources', 'Ta', 'Properties', 'TopicName'])).toMatchObject({
      line: 9,
      column: 11,
    });
  });
});

const loop = (members: string) => `Resources:\n  Kept: {${topic}}\n  Fn::ForEach::T: ${members}\n`;

test.each([
  {
    name: 'a loop that is not a list of three',
    text: loop('[N, [a]]'),
    code: 'stack-template-invalid',
    says: 'Fn::ForEach::T needs a list of three',
  },
  {
    name: 'the same key for two items',
    text: loop(`[N, [a, b], {Topic: {${topic}}}]`),
    code: 'stack-template-invalid',
    says: 'a loop writes the key Topic twice',
  },
  {
    name: 'a key that is there already',
    text: loop(`[N, [Kept], {"\${N}": {${topic}}}]`),
    code: 'stack-template-invalid',
    says: 'a loop writes the key Kept twice',
  },
  {
    name: 'a name with other characters',
    text: loop(`[N, [a-b], {"T\${N}": {${topic}}}]`),
    code: 'stack-template-invalid',
    says: 'Ta-b is non alphanumeric',
  },
  {
    name: 'a collection that hangs on a resource',
    text: loop(`[N, !Split [",", !GetAtt Kept.TopicName], {"T\${N}": {${topic}}}]`),
    code: 'stack-template-unsupported',
    says: 'no list of texts that is known before the stack is made',
  },
  {
    name: 'a collection of a parameter without a value',
    text: `Parameters: {Names: {Type: CommaDelimitedList}}\n${loop(`[N, !Ref Names, {"T\${N}": {${topic}}}]`)}`,
    code: 'stack-template-unsupported',
    says: 'no list of texts that is known before the stack is made',
  },
  {
    name: 'more resources than a template may have',
    text: loop(`[N, [${Array.from({ length: 500 }, (_, n) => n).join(', ')}], {"T\${N}": {${topic}}}]`),
    code: 'stack-template-limit',
    says: 'Number of resources, 501',
  },
  {
    name: 'loops that write without end',
    text: loop(
      Array.from({ length: 9 }).reduce<string>(
        (inner, _, n) =>
          `[N${n}, [${Array.from({ length: 9 }, (__, m) => m).join(', ')}], {"Fn::ForEach::L${n}": ${inner}}]`,
        `[N, [a], {"T${Array.from({ length: 9 }, (_, n) => `\${N${n}}`).join('')}": {${topic}}}]`,
      ),
    ),
    code: 'stack-template-limit',
    says: 'Loops write more than',
  },
])('refused: $name', ({ text, code, says }) => {
  const result = expand(text);
  expect(result).toMatchObject({ ok: false, refusal: { code } });
  expect(result.ok || result.refusal.message).toContain(says);
});

test('loops are not evaluated before they were expanded', () => {
  const parsed = parseStackTemplate(`Transform: AWS::LanguageExtensions\n${loop(`[N, [a], {"T\${N}": {${topic}}}]`)}`);
  expect(parsed.ok && evaluateTemplate(parsed.value, { parameters: new Map(), pseudo: {} })).toMatchObject({
    ok: false,
    refusal: { code: 'stack-template-unsupported' },
  });
});
