import { expect, test } from 'vitest';
import { positionIn, resourcePosition } from './stack-template.ts';
import { parseRefusal, template } from './testing/stack-template.ts';

const minimal = 'Resources: {A: {Type: AWS::SQS::Queue}}';

function property(text: string): unknown {
  return template(`Resources:\n  A:\n    Type: Custom::A\n    Properties:\n      P: ${text}\n`).resources.get('A')
    ?.properties.P;
}

const scalars = [
  { text: 'yes', value: true, reason: 'the service reads YAML 1.1' },
  { text: 'Off', value: false, reason: 'the service reads YAML 1.1' },
  { text: '"yes"', value: 'yes', reason: 'quotes make a text' },
  { text: '80', value: 80, reason: 'a number' },
  { text: '-1.5', value: -1.5, reason: 'a number' },
  { text: '012345678901', value: '012345678901', reason: 'an account id is not octal' },
  { text: '1.10', value: '1.10', reason: 'a version is not 1.1' },
  { text: '0x1F', value: '0x1F', reason: 'written as it is read' },
  { text: '1e3', value: '1e3', reason: 'written as it is read' },
  { text: '12:30', value: '12:30', reason: 'not base 60' },
  { text: '2012-10-17', value: '2012-10-17', reason: 'dates are text' },
  { text: '123456789012345678901', value: '123456789012345678901', reason: 'no digit is lost' },
  { text: '!!str 5', value: '5', reason: 'a tag that says text' },
];
test.each(scalars)('a scalar $text', ({ text, value, reason }) => {
  expect(property(text), reason).toBe(value);
});

const shortForms = [
  { text: '!Ref A', long: { Ref: 'A' } },
  { text: '!GetAtt A.Arn', long: { 'Fn::GetAtt': ['A', 'Arn'] } },
  { text: '!GetAtt [A, Arn]', long: { 'Fn::GetAtt': ['A', 'Arn'] } },
  { text: '!GetAtt A.Outputs.Url', long: { 'Fn::GetAtt': ['A', 'Outputs.Url'] } },
  { text: '!GetAtt [A, Outputs, Url]', long: { 'Fn::GetAtt': ['A', 'Outputs.Url'] } },
  { text: '{Fn::GetAtt: A.Arn}', long: { 'Fn::GetAtt': ['A', 'Arn'] } },
  { text: '!Sub "${A}-x"', long: { 'Fn::Sub': '${A}-x' } },
  { text: '!Sub ["${B}", {B: !Ref A}]', long: { 'Fn::Sub': ['${B}', { B: { Ref: 'A' } }] } },
  { text: '!Select [0, !GetAZs ""]', long: { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] } },
  { text: '!Sub "123"', long: { 'Fn::Sub': '123' } },
  { text: '!Ref "yes"', long: { Ref: 'yes' } },
  { text: '!Ref On', long: { Ref: 'On' } },
  { text: '!Sub 12', long: { 'Fn::Sub': '12' } },
  { text: '!GetAZs', long: { 'Fn::GetAZs': '' } },
  { text: '!If [C, 1, !Ref AWS::NoValue]', long: { 'Fn::If': ['C', 1, { Ref: 'AWS::NoValue' }] } },
  { text: '!ImportValue {Fn::Sub: x}', long: { 'Fn::ImportValue': { 'Fn::Sub': 'x' } } },
  { text: '!Condition C', long: { Condition: 'C' } },
  { text: '!Transform {Name: M}', long: { 'Fn::Transform': { Name: 'M' } } },
];
test.each(shortForms)('the long form of $text', ({ text, long }) => {
  expect(property(text)).toEqual(long);
});

test('YAML and JSON of the same template are the same data', () => {
  const yaml = template('Resources:\n  A:\n    Type: T::T::T\n    Properties: {P: !GetAtt B.C, Q: [1, "2", true]}');
  const json = template(
    '{"Resources": {"A": {"Type": "T::T::T", "Properties": {"P": {"Fn::GetAtt": "B.C"}, "Q": [1, "2", true]}}}}',
  );
  expect(json.body).toEqual(yaml.body);
  expect([yaml.format, json.format]).toEqual(['yaml', 'json']);
});

test('every entry has a position, also inside short forms and in JSON', () => {
  const yaml = template(
    'Resources:\n  A:\n    Type: Custom::A\n    Properties:\n      List:\n        - x\n        - !GetAtt B.C\n',
  );
  expect(resourcePosition(yaml, 'A')).toEqual({ file: 'stack.yaml', line: 2, column: 3 });
  expect(positionIn(yaml, ['Resources', 'A', 'Properties', 'List', 1])).toMatchObject({ line: 7, column: 19 });
  expect(positionIn(yaml, ['Resources', 'A', 'Properties', 'List', 1, 'Fn::GetAtt'])).toMatchObject({ line: 7 });
  expect(positionIn(yaml, ['Resources', 'A', 'Nothing', 'Here']), 'the nearest entry around').toMatchObject({
    line: 2,
  });
  const json = template('{\n "Resources": {\n  "A": {"Type": "Custom::A",\n   "Properties": {"P": 1}}}}');
  expect(positionIn(json, ['Resources', 'A', 'Properties', 'P'])).toMatchObject({ line: 4, column: 19 });
});

const resource = (rest: string) => `Resources:\n  A:\n    Type: AWS::SQS::Queue\n${rest}`;
const refusals = [
  { name: 'no text', text: '', message: 'Template format error: unsupported structure.', line: 1 },
  { name: 'a list', text: '- a', message: 'Template format error: unsupported structure.', line: 1 },
  {
    name: 'broken YAML',
    text: 'Resources:\n  A: [1\nB: 2',
    message: 'Template format error: YAML not well-formed. (line 3, column 1)',
    line: 3,
  },
  {
    name: 'broken JSON',
    text: '{"Resources": {"A" 1}}',
    message: 'Template format error: JSON not well-formed. (line 1, column 20)',
    line: 1,
  },
  {
    name: 'an unknown tag',
    text: 'Resources: !Foo x',
    message: 'Template format error: YAML not well-formed. (line 1, column 17)',
    line: 1,
  },
  { name: 'two functions on one value', text: 'Resources: !Ref !Sub x', message: 'YAML not well-formed', line: 1 },
  {
    name: 'F5: a repeated key, with both lines',
    text: resource('    DeletionPolicy: Delete\n    DeletionPolicy: Retain\n'),
    message: 'the key DeletionPolicy is given twice, in line 4 and in line 5',
    line: 5,
  },
  {
    name: 'F5: a repeated key in JSON',
    text: '{"Resources": {\n"A": {"Type": "x"},\n"A": {"Type": "y"}}}',
    message: 'the key A is given twice, in line 2 and in line 3',
    line: 3,
  },
  {
    name: 'F5: an alias',
    text: 'Metadata: &m {a: b}\nResources: {A: {Type: AWS::SQS::Queue, Metadata: *m}}',
    message: 'Template error: YAML aliases are not allowed in CloudFormation templates',
    line: 2,
  },
  {
    name: 'F5: a merge key',
    text: 'Resources: {A: {<<: {Type: AWS::SQS::Queue}}}',
    message: 'YAML merge keys (<<) are not allowed',
    line: 1,
  },
  {
    name: 'a null property, in the service’s spelling of the way to it',
    text: resource('    Properties:\n      Tags:\n        - Key:\n'),
    message: "[/Resources/A/Type/Tags/0/Key] 'null' values are not allowed in templates",
    line: 6,
  },
  {
    name: 'null properties',
    text: resource('    Properties:\n'),
    message: "[/Resources/A/Properties] 'null'",
    line: 4,
  },
  {
    name: 'a null section',
    text: `${minimal}\nOutputs:`,
    message: "[/Outputs] 'null' values are not allowed",
    line: 2,
  },
  { name: 'null in JSON', text: '{"Resources": {"A": null}}', message: "[/Resources/A] 'null' values", line: 1 },
  {
    name: 'an unknown section',
    text: `${minimal}\nResource: {}`,
    message: 'Invalid template property or properties [Resource]',
    line: 2,
  },
  {
    name: 'no resources',
    text: 'Resources: {}',
    message: 'Template format error: At least one Resources member must be defined.',
    line: 1,
  },
  {
    name: 'a resource without a type',
    text: 'Resources:\n  A: {Properties: {}}',
    message: 'Template format error: [/Resources/A] Every Resources object must contain a Type member.',
    line: 2,
  },
  {
    name: 'a property one level too high',
    text: resource('    QueueName: q\n'),
    message: "Invalid template resource property 'QueueName'",
    line: 4,
  },
  {
    name: 'a logical id with a dash',
    text: 'Resources: {my-queue: {Type: AWS::SQS::Queue}}',
    message: 'Template format error: Resource name my-queue is non alphanumeric.',
    line: 1,
  },
  {
    name: 'an output without a value',
    text: `${minimal}\nOutputs: {O: {Description: x}}`,
    message: 'Template format error: Every Outputs member must contain a Value object',
    line: 2,
  },
  {
    name: 'a parameter without a type',
    text: `${minimal}\nParameters: {P: {Default: x}}`,
    message: 'Template format error: Every Parameters object must contain a Type member.',
    line: 2,
  },
  {
    name: 'an unknown parameter type',
    text: `${minimal}\nParameters: {P: {Type: Text}}`,
    message: 'Template format error: Unrecognized parameter type: Text',
    line: 2,
  },
  {
    name: 'a misspelt parameter member',
    text: `${minimal}\nParameters: {P: {Type: String, AllowedValue: [x]}}`,
    message: "Invalid template parameter property 'AllowedValue'",
    line: 2,
  },
  {
    name: 'a mapping with one level',
    text: `${minimal}\nMappings: {M: {k: v}}`,
    message: 'Template format error: Every Mappings member k must be a map',
    line: 2,
  },
  {
    name: 'DependsOn that is an object',
    text: resource('    DependsOn: {Ref: B}\n'),
    message: 'Template format error: DependsOn must be a string or list of strings.',
    line: 4,
  },
  {
    name: 'a loop without the language extensions',
    text: 'Resources: {"Fn::ForEach::X": [a, [b], {}]}',
    message: 'Template error: Fn::ForEach::X needs Transform: AWS::LanguageExtensions',
    line: 1,
  },
  {
    name: 'a loop of parameters',
    text: 'Transform: AWS::LanguageExtensions\nParameters: {"Fn::ForEach::X": [a, [b], {}]}\nResources: {}',
    message: 'Template format error: Fn::ForEach::X cannot be used in the Parameters section.',
    line: 2,
  },
];
test.each([
  { name: 'a second template', text: `${minimal}\n---\n${minimal}`, line: 2 },
  { name: 'something behind the end', text: `${minimal}\n...\nx: y`, line: 3 },
  { name: 'an empty document first', text: `---\n---\n${minimal}`, line: 2 },
])('several documents are refused where the second begins: $name', ({ text, line }) => {
  const refusal = parseRefusal(text);
  expect(refusal).toMatchObject({ code: 'stack-template-syntax', position: { file: 'stack.yaml', line } });
  expect(refusal.remedy).toContain('a template is one document');
});

test('one document may be marked as such', () => {
  expect(template(`%YAML 1.1\n---\n${minimal}\n...\n`).resources.size).toBe(1);
});

test.each(refusals)('refused: $name', ({ text, message, line }) => {
  const refusal = parseRefusal(text);
  expect(refusal.message).toContain(message);
  expect(refusal.position).toMatchObject({ file: 'stack.yaml', line });
  expect(refusal.remedy).not.toBe('');
});

const queues = (count: number) => {
  const list = Array.from({ length: count }, (_, index) => `  Q${index}: {Type: AWS::SQS::Queue}`);
  return `Resources:\n${list.join('\n')}`;
};
const padded = (bytes: number) => {
  const head = `${minimal}\nMetadata: {k: "`;
  const filler = 'é'.repeat(Math.floor((bytes - Buffer.byteLength(head) - 2) / 2));
  const text = `${head}${filler}"}`;
  return text + ' '.repeat(bytes - Buffer.byteLength(text));
};

test('F34: limits are counted in bytes and entries, and named with both numbers', () => {
  expect(template(padded(999_999)).resources.size).toBe(1);
  expect(parseRefusal(padded(1_000_001))).toMatchObject({
    kind: 'limit',
    message: 'Template may not exceed 1000000 bytes in size; this one has 1000001.',
  });
  expect(template(queues(500)).resources.size).toBe(500);
  expect(parseRefusal(queues(501)).message).toBe(
    'Template format error: Number of resources, 501, is greater than maximum allowed, 500',
  );
  const description = `${minimal}\nOutputs: {Url: {Value: x, Description: "${'d'.repeat(1025)}"}}`;
  expect(parseRefusal(description).message).toContain('Description of output Url is longer than 1024 bytes');
});

const bombs = [
  { name: 'brackets without end', text: '['.repeat(100_000) },
  { name: 'dashes without end', text: '- '.repeat(50_000) },
  { name: 'JSON without end', text: '{"a":'.repeat(100_000) },
  { name: 'questions without end', text: '? '.repeat(50_000) },
];
test.each(bombs)('a bomb is a limit: $name', ({ text }) => {
  expect(parseRefusal(text)).toMatchObject({ code: 'stack-template-limit' });
});

test('keys named like members of every object are only keys', () => {
  const { body } = template(`${minimal}\nMetadata: {__proto__: {a: 1}, constructor: c, toString: t}`);
  expect(Object.keys(body.Metadata as object)).toEqual(['__proto__', 'constructor', 'toString']);
  expect(({} as { a?: number }).a).toBeUndefined();
});
