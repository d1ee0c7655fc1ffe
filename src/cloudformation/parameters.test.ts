import { expect, test } from 'vitest';
import { resolveParameters } from './parameters.ts';
import { isUnknown } from './template-value.ts';
import { template } from './testing/stack-template.ts';

function declared(declaration: string) {
  return template(`Parameters: {P: ${declaration}}\nResources: {A: {Type: AWS::SQS::Queue}}`);
}

const accepted = [
  { declaration: '{Type: String}', given: 'x', value: 'x' },
  { declaration: '{Type: String, Default: 5}', given: undefined, value: '5' },
  { declaration: '{Type: Number, MinValue: 1, MaxValue: 10}', given: '10', value: '10' },
  { declaration: '{Type: Number, AllowedValues: [1, 2]}', given: '1.0', value: '1.0' },
  { declaration: '{Type: "List<Number>"}', given: '1, 2', value: ['1', '2'] },
  { declaration: '{Type: CommaDelimitedList}', given: '', value: [] },
  { declaration: '{Type: "AWS::EC2::VPC::Id"}', given: 'vpc-1', value: 'vpc-1' },
  { declaration: '{Type: "List<AWS::EC2::Subnet::Id>"}', given: 'a,b', value: ['a', 'b'] },
  { declaration: '{Type: String, AllowedPattern: "[a-z]+"}', given: 'abc', value: 'abc' },
  {
    declaration: '{Type: String, AllowedPattern: "(?i)[a-z]+"}',
    given: 'ABC',
    value: 'ABC',
    reason: 'a Java pattern is not ours to judge',
  },
];
test.each(accepted)('$declaration takes $given', ({ declaration, given, value, reason }) => {
  const resolved = resolveParameters(declared(declaration), given === undefined ? {} : { P: given });
  expect(resolved.ok && resolved.value.get('P')?.value, reason).toEqual(value);
});

const refused = [
  { declaration: '{Type: String}', given: {}, message: 'Parameters: [P] must have values' },
  { declaration: '{Type: String}', given: { P: 'x', Q: 'y' }, message: 'Parameters: [Q] do not exist in the template' },
  {
    declaration: '{Type: String, AllowedValues: [a, b]}',
    given: { P: 'c' },
    message: "Parameter 'P' must be one of AllowedValues",
  },
  { declaration: '{Type: Number}', given: { P: 'ten' }, message: "Parameter 'P' must be a number" },
  {
    declaration: '{Type: Number, MinValue: 2}',
    given: { P: '1' },
    message: "Parameter 'P' must be a number not less than 2",
  },
  {
    declaration: '{Type: Number, MaxValue: 2}',
    given: { P: '3' },
    message: "Parameter 'P' must be a number not greater than 2",
  },
  {
    declaration: '{Type: String, MinLength: 3}',
    given: { P: 'ab' },
    message: "Parameter 'P' must contain at least 3 characters",
  },
  {
    declaration: '{Type: String, MaxLength: 1}',
    given: { P: 'ab' },
    message: "Parameter 'P' must contain at most 1 characters",
  },
  {
    declaration: '{Type: String, AllowedPattern: "[a-z]+"}',
    given: { P: 'a1' },
    message: "Parameter 'P' must match pattern [a-z]+",
  },
  {
    declaration: '{Type: String, AllowedPattern: "[a-z]+", ConstraintDescription: letters only}',
    given: { P: '1' },
    message: 'Parameter P failed to satisfy constraint: letters only',
  },
  {
    declaration: '{Type: String}',
    given: { P: 'é'.repeat(2049) },
    message: "Parameter 'P' must contain at most 4096 bytes",
  },
  {
    declaration: '{Type: String, AllowedPattern: "(?!b)(a+)+"}',
    given: { P: `${'a'.repeat(50)}!` },
    message: "Parameter 'P' cannot be compared with pattern (?!b)(a+)+ in reasonable time",
  },
];
test.each(refused)('refused: $message', ({ declaration, given, message }) => {
  const resolved = resolveParameters(declared(declaration), given as Record<string, string>);
  expect(resolved).toMatchObject({ ok: false, refusal: { code: 'stack-parameter-invalid', message } });
});

test('an SSM parameter type is what the parameter store says, or unknown without one', () => {
  const stored = declared('{Type: "AWS::SSM::Parameter::Value<List<String>>", Default: /zones}');
  const given = (ssm?: (name: string) => string | undefined) => resolveParameters(stored, {}, { ssm });
  const known = given((name) => (name === '/zones' ? 'a,b' : undefined));
  expect(known.ok && known.value.get('P')).toMatchObject({ value: ['a', 'b'], text: '/zones', source: 'default' });
  const unknown = given();
  expect(unknown.ok && isUnknown(unknown.value.get('P')?.value)).toBe(true);
  expect(given(() => undefined)).toMatchObject({
    ok: false,
    refusal: { message: expect.stringContaining('[/zones]') },
  });
});

test('NoEcho is remembered', () => {
  const resolved = resolveParameters(declared('{Type: String, NoEcho: true}'), { P: 'secret' });
  expect(resolved.ok && resolved.value.get('P')?.noEcho).toBe(true);
});
