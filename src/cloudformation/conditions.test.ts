import { expect, test } from 'vitest';
import { evaluated, evaluation } from './testing/stack-template.ts';

const template = (conditions: string, parameters = '') => `
Parameters:
  Stage: {Type: String, Default: test}
  Flag: {Type: String, Default: "true"}
  ${parameters}
Conditions: ${conditions}
Resources: {A: {Type: AWS::SQS::Queue}}
`;

const decided = [
  { condition: '!Equals [!Ref Stage, test]', truth: true },
  { condition: '!Equals [!Ref Stage, Test]', truth: false, reason: 'letters count' },
  { condition: '!Equals [!Ref Flag, true]', truth: true, reason: 'true and "true" are the same text' },
  { condition: '!Equals [!Ref AWS::Region, eu-central-1]', truth: true },
  { condition: '!Equals [[a, 1], [a, "1"]]', truth: true },
  { condition: '!Not [!Equals [a, b]]', truth: true },
  { condition: '!And [!Equals [a, a], !Equals [a, b]]', truth: false },
  { condition: '!Or [!Equals [a, b], !Equals [a, a]]', truth: true },
  { condition: '!Or [!Condition Other, !Equals [a, b]]', truth: true },
  { condition: '!Equals [!Join ["-", [a, !Ref Stage]], a-test]', truth: true },
];
test.each(decided)('$condition', ({ condition, truth, reason }) => {
  const result = evaluated(template(`{C: ${condition}, Other: !Equals [a, a]}`));
  expect(result.conditions.get('C'), reason).toBe(truth);
});

const refused = [
  { conditions: '{C: !Condition D}', message: 'Unresolved condition dependency D in the Conditions block' },
  {
    conditions: '{C: !Not [!Condition D], D: !Not [!Condition C]}',
    message: 'Circular dependency between conditions: [C -> D -> C]',
  },
  { conditions: '{C: !Equals [a]}', message: 'every Fn::Equals object requires a list of 2 string parameters' },
  {
    conditions: '{C: !And [!Equals [a, a]]}',
    message: 'every Fn::And object requires a list of at least 2 and at most 10',
  },
  {
    conditions: '{C: !Not [!Equals [a, a], !Equals [a, a]]}',
    message: 'every Fn::Not object requires one boolean parameter',
  },
  { conditions: '{C: maybe}', message: 'Conditions can only be boolean operations' },
  { conditions: '{C: !Contains [[a], a]}', message: 'Conditions can only be boolean operations' },
];
test.each(refused)('refused: $conditions', ({ conditions, message }) => {
  expect(evaluation(template(conditions))).toMatchObject({
    message: expect.stringContaining(message),
    position: { file: 'stack.yaml' },
  });
});

test('conditions that use conditions twice do not grow beyond bounds, long chains end', () => {
  const unknown = 'Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /image}';
  const doubled = Array.from(
    { length: 60 },
    (_, n) => `C${n + 1}: !And [!Not [!Condition C${n}], !Or [!Condition C${n}, !Condition C0]]`,
  );
  const result = evaluated(template(`{C0: !Equals [!Ref Image, x], ${doubled.join(', ')}}`, unknown));
  expect(JSON.stringify(result.conditions.get('C60')).length).toBeLessThan(100_000);
  const chain = Array.from({ length: 5_000 }, (_, n) => `C${n}: !Not [!Condition C${n + 1}]`);
  expect(evaluation(template(`{${chain.join(', ')}, C5000: !Equals [a, a]}`))).toMatchObject({
    code: 'stack-template-limit',
  });
});

const rules = [
  { rule: '{Assertions: [{Assert: !Contains [[test, prod], !Ref Stage], AssertDescription: stage}]}', broken: false },
  { rule: '{Assertions: [{Assert: !Contains [[dev, prod], !Ref Stage], AssertDescription: stage}]}', broken: true },
  {
    rule: '{RuleCondition: !Equals [!Ref Stage, prod], Assertions: [{Assert: !Equals [a, b]}]}',
    broken: false,
    reason: 'the rule does not apply',
  },
  {
    rule: '{Assertions: [{Assert: {"Fn::EachMemberIn": [[a], {"Fn::RefAll": "AWS::EC2::VPC::Id"}]}}]}',
    broken: false,
    reason: 'only the service knows the account',
  },
];
test.each(rules)('rule $rule', ({ rule, broken, reason }) => {
  const result = evaluation(`${template('{}')}\nRules: {R: ${rule}}`);
  expect('code' in result && result.code === 'stack-parameter-invalid', reason).toBe(broken);
});
