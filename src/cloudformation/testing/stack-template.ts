import { type EvaluatedTemplate, evaluateTemplate } from '../evaluate-template.ts';
import type { Resolver } from '../evaluation.ts';
import { resolveParameters } from '../parameters.ts';
import { parseStackTemplate } from '../parse-stack-template.ts';
import type { StackRefusal } from '../stack-refusal.ts';
import type { StackTemplate } from '../stack-template.ts';
import type { EvaluatedValue } from '../template-value.ts';

/** A template that must parse. */
export function template(text: string): StackTemplate {
  const parsed = parseStackTemplate(text, 'stack.yaml');
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  return parsed.value;
}

/** The refusal of a text that must not parse. */
export function parseRefusal(text: string): StackRefusal {
  const parsed = parseStackTemplate(text, 'stack.yaml');
  if (parsed.ok) throw new Error('The template parses.');
  return parsed.refusal;
}

export const pseudo = {
  accountId: '123456789012',
  region: 'eu-central-1',
  stackName: 'shop',
  stackId: 'arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1',
};

export interface Given {
  readonly parameters?: Record<string, string>;
  readonly resolve?: Resolver;
}

/** A template evaluated with everything it needs; a refusal on the way instead. */
export function evaluation(text: string, { parameters = {}, resolve }: Given = {}): EvaluatedTemplate | StackRefusal {
  const parsed = template(text);
  const values = resolveParameters(parsed, parameters);
  if (!values.ok) return values.refusal;
  const evaluated = evaluateTemplate(parsed, { parameters: values.value, pseudo, resolve });
  return evaluated.ok ? evaluated.value : evaluated.refusal;
}

export function evaluated(text: string, given?: Given): EvaluatedTemplate {
  const result = evaluation(text, given);
  if ('code' in result) throw new Error(result.message);
  return result;
}

/** What an expression, written as YAML, is worth inside a property. */
export function worthOf(expression: string, given?: Given & { readonly head?: string }): EvaluatedValue | undefined {
  const result = evaluated(propertyTemplate(expression, given?.head), given);
  return result.resources.get('Subject')?.properties.Value;
}

export function refusalOf(expression: string, given?: Given & { readonly head?: string }): StackRefusal {
  const result = evaluation(propertyTemplate(expression, given?.head), given);
  if (!('code' in result)) throw new Error('The expression has a value.');
  return result;
}

function propertyTemplate(expression: string, head = ''): string {
  return `${head}
Resources:
  Queue: {Type: AWS::SQS::Queue}
  Topic: {Type: AWS::SNS::Topic}
  Subject:
    Type: Custom::Subject
    Properties:
      Value: ${expression}
`;
}
