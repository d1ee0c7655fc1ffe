import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkStackTemplate, checkTemplateProperties } from './check-stack-template.ts';
import { creationOrder, evaluatedDependencies, writtenDependencies } from './dependency-graph.ts';
import { evaluateTemplate } from './evaluate-template.ts';
import { expandTransforms } from './expand-transforms.ts';
import { resolveParameters } from './parameters.ts';
import { parseStackTemplate } from './parse-stack-template.ts';
import type { StackTemplate } from './stack-template.ts';
import { normaliseProperties, validateProperties } from './validate-properties.ts';

/** Everything the room does with a template, one after the other. Returns how far it came. */
function useWholly(text: string): string {
  const parsed = parseStackTemplate(text, 'fuzz.yaml');
  if (!parsed.ok) return parsed.refusal.code;
  const expanded = expandTransforms(parsed.value);
  const template: StackTemplate = expanded.ok ? expanded.value : parsed.value;
  checkStackTemplate(template);
  checkTemplateProperties(template);
  creationOrder(writtenDependencies(template));
  const given = [...template.parameters.values()].map(({ name }): [string, string] => [name, '1']);
  const parameters = resolveParameters(template, new Map(given));
  const evaluated = evaluateTemplate(template, {
    parameters: parameters.ok ? parameters.value : new Map(),
    pseudo: { region: 'eu-central-1' },
  });
  if (!evaluated.ok) return evaluated.refusal.code;
  creationOrder(evaluatedDependencies(evaluated.value));
  for (const { type, properties } of evaluated.value.resources.values()) {
    validateProperties(type, properties);
    normaliseProperties(type, properties);
    JSON.stringify(properties);
  }
  return 'evaluated';
}

test('no text makes it throw', () => {
  const piece = fc.constantFrom(
    ...['Resources:', 'A', ': ', '\n', '  ', '- ', '{', '}', '[', ']', '"', "'", '!Ref ', '!Sub ', '!GetAtt ', '!If '],
    ...['&x ', '*x', '<<', '|', '>', '#', '!!int ', '%', '\t', '? ', '---', 'Type', '${A.B}', 'null', '\u0000', 'é'],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 50 }), (pieces) => {
      expect(useWholly(pieces.join(''))).not.toBe('');
    }),
    { numRuns: 1_000 },
  );
});

test.each([1_000, 1_500, 2_000, 3_000, 5_000, 10_000])('a text nested %i deep is refused', (count) => {
  expect(useWholly(`Resources: x\n${'? '.repeat(count)}`)).toMatch(/^stack-template-(limit|invalid)$/);
});

test.each([
  { text: 'Resources: {A: {Type: {}}}', code: 'stack-template-invalid' },
  { text: 'Parameters: {P: {Type: {}}}\nResources: {A: {Type: Custom::A}}', code: 'stack-template-invalid' },
  {
    text: 'Rules: {R: {Assertions: [{Assert: !Equals [a, b], AssertDescription: {}}]}}\nResources: {A: {Type: Custom::A}}',
    code: 'stack-parameter-invalid',
  },
])('a map where a text belongs is no reason to throw: $text', ({ text, code }) => {
  expect(useWholly(text)).toBe(code);
});

const names = fc.constantFrom(
  'A',
  'B',
  'C',
  'Fn',
  'P',
  'AWS::Region',
  'AWS::NoValue',
  'Nobody',
  'A.Arn',
  '',
  '__proto__',
);
const functions = fc.constantFrom(
  ...['Ref', 'Fn::GetAtt', 'Fn::Sub', 'Fn::Join', 'Fn::Select', 'Fn::Split', 'Fn::FindInMap', 'Fn::If', 'Fn::Base64'],
  ...[
    'Fn::Cidr',
    'Fn::GetAZs',
    'Fn::ImportValue',
    'Fn::Transform',
    'Fn::And',
    'Fn::Not',
    'Fn::Equals',
    'Condition',
    'Fn::Length',
  ],
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    names,
    fc.constantFrom('x', '${A}', '${A.Arn}/${P}', '10.0.0.0/16', 1, 0, -1, 1.5, true, false),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('Tags', 'QueueName', 'Key', 'Value', 'P', '__proto__'), tie('value'), { maxKeys: 3 }),
    fc.tuple(functions, tie('value')).map(([name, argument]) => ({ [name]: argument })),
    fc.tuple(functions, fc.array(tie('value'), { maxLength: 4 })).map(([name, list]) => ({ [name]: list })),
  ),
}));
const members = fc.constantFrom(
  ...[
    'Handler',
    'InlineCode',
    'CodeUri',
    'Events',
    'Policies',
    'Role',
    'Tags',
    'AutoPublishAlias',
    'StageName',
    'Cors',
  ],
  ...[
    'DefinitionBody',
    'PrimaryKey',
    'ContentUri',
    'Definition',
    'FunctionUrlConfig',
    'DeploymentPreference',
    'EventInvokeConfig',
  ],
);
const event = fc.record({
  Type: fc.constantFrom(
    'Api',
    'HttpApi',
    'Schedule',
    'SQS',
    'SNS',
    'S3',
    'EventBridgeRule',
    'ScheduleV2',
    'MSK',
    'CloudWatchLogs',
  ),
  Properties: fc.dictionary(
    fc.constantFrom(
      'Path',
      'Method',
      'RestApiId',
      'ApiId',
      'Schedule',
      'Queue',
      'Topic',
      'Bucket',
      'Events',
      'Pattern',
      'SqsSubscription',
    ),
    value,
    { maxKeys: 4 },
  ),
});
const resource = fc.record(
  {
    Type: fc.constantFrom(
      ...[
        'AWS::SQS::Queue',
        'AWS::S3::Bucket',
        'AWS::IAM::Role',
        'AWS::RDS::DBInstance',
        'Custom::X',
        'AWS::Nope::Nope',
      ],
      ...['Function', 'Api', 'HttpApi', 'SimpleTable', 'LayerVersion', 'StateMachine'].map(
        (kind) => `AWS::Serverless::${kind}`,
      ),
    ),
    Properties: fc.oneof(
      fc.dictionary(fc.oneof(fc.constantFrom('QueueName', 'Tags', 'DelaySeconds'), members), value, { maxKeys: 5 }),
      fc.record({
        InlineCode: fc.constant('x'),
        Events: fc.dictionary(fc.constantFrom('E', 'F'), event, { maxKeys: 2 }),
      }),
    ),
    DependsOn: fc.oneof(names, fc.array(names, { maxLength: 2 }), value),
    Condition: names,
    DeletionPolicy: fc.oneof(fc.constantFrom('Retain', 'Delete'), value),
  },
  { requiredKeys: ['Type'] },
);
const template = fc.record(
  {
    Transform: fc.constantFrom('AWS::Serverless-2016-10-31', 'AWS::LanguageExtensions', 'X'),
    Globals: fc.dictionary(fc.constantFrom('Function', 'Api'), fc.dictionary(members, value, { maxKeys: 2 }), {
      maxKeys: 2,
    }),
    Parameters: fc.dictionary(
      fc.constantFrom('P', 'Q'),
      fc.record({
        Type: fc.constantFrom('String', 'Number', 'CommaDelimitedList', 'AWS::SSM::Parameter::Value<String>'),
      }),
    ),
    Conditions: fc.dictionary(names, value, { maxKeys: 3 }),
    Mappings: fc.dictionary(
      names,
      fc.dictionary(names, fc.dictionary(names, fc.constant('v'), { maxKeys: 1 }), { maxKeys: 1 }),
      { maxKeys: 1 },
    ),
    Rules: fc.dictionary(names, value, { maxKeys: 1 }),
    Resources: fc.dictionary(fc.constantFrom('A', 'B', 'C', 'Fn'), resource, { minKeys: 1, maxKeys: 4 }),
    Outputs: fc.dictionary(
      names,
      fc.record({ Value: value, Condition: names, Export: fc.record({ Name: value }) }, { requiredKeys: ['Value'] }),
      { maxKeys: 2 },
    ),
  },
  { requiredKeys: ['Resources'] },
);

test('no template makes it throw', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(template, (given) => {
      reached.add(useWholly(JSON.stringify(given)));
    }),
    { numRuns: 1_000 },
  );
  expect(reached, 'the templates are not all refused at the door').toContain('evaluated');
});
