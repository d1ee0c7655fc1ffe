import { decideRule } from './conditions.ts';
import { Evaluation, type EvaluationContext } from './evaluation.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import { positionIn, type StackTemplate } from './stack-template.ts';
import { describeValue, isTemplateList, isTemplateObject, type TemplateValue } from './template-value.ts';

/**
 * The first rule of the template that the parameters break. What cannot be known counts as kept: `Fn::RefAll` and
 * `Fn::ValueOf` ask the account and are the service's own.
 * Source: CloudFormation user guide, "Rules section structure".
 */
export function brokenRule(template: StackTemplate, context: EvaluationContext): StackRefusal | undefined {
  for (const [name, rule] of Object.entries(template.rules ?? {})) {
    if (!isTemplateObject(rule)) continue;
    const evaluation = new Evaluation(template, context, new Map(), { block: 'Rules', path: ['Rules', name] });
    const applies = rule.RuleCondition === undefined || decideRule(evaluation, rule.RuleCondition) === true;
    const broken = applies
      ? assertionsOf(rule.Assertions).find(({ assert }) => decideRule(evaluation, assert) === false)
      : undefined;
    // A function that only the service evaluates leaves the rule to the service.
    if (evaluation.refusal) continue;
    if (broken) {
      const message = `Template error: Rule ${name} is broken: ${broken.description}`;
      return stackRefusal('stack-parameter-invalid', message, positionIn(template, ['Rules', name]));
    }
  }
  return undefined;
}

function assertionsOf(
  assertions: TemplateValue | undefined,
): readonly { assert: TemplateValue; description: string }[] {
  if (!isTemplateList(assertions)) return [];
  return assertions.flatMap((assertion) => {
    if (!isTemplateObject(assertion) || assertion.Assert === undefined) return [];
    return [
      {
        assert: assertion.Assert,
        description: describeValue(assertion.AssertDescription ?? 'an assertion does not hold'),
      },
    ];
  });
}
