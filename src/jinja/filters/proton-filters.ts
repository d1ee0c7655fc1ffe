import type { Evaluator } from '../python/evaluator.ts';
import { str } from '../python/printing.ts';
import { Dict, defined, fail, isText, Markup, textOf, typeName, type Value } from '../python/values.ts';
import { type Filter, filter } from './filter.ts';

/** Source: AWS Proton user guide, "CloudFormation parameter filters". */
const plainText = /^[a-zA-Z0-9_-]*$/;
const policyArn = /^arn:[a-zA-Z-]+:iam::\d{12}:policy\//;
const anyArn = /^arn:[a-zA-Z-]+:[a-zA-Z0-9-]*:[a-z0-9-]*:(?:\d{12})?:[^\s"'{}]+$/;

/** The members of a dict, in its order. */
function members(name: string, target: Value, evaluator: Evaluator): readonly (readonly [string, Value])[] {
  const value = defined(target);
  if (!(value instanceof Dict)) return fail(`${name} needs a dict, not ${typeName(value)}`);
  return Array.from(value.entries(), ([key, member]) => [str(key, evaluator), defined(member)] as const);
}

function checked(text: string): string {
  return plainText.test(text) || anyArn.test(text)
    ? text
    : fail(`Illegal character(s) detected in "${text}". Must match regex ^[a-zA-Z0-9_-]*$ or be a valid ARN`);
}

/** With `raw=False` each value must be plain. */
function valueText(value: Value, raw: boolean, evaluator: Evaluator): string {
  const text = str(value, evaluator);
  if (!raw && !plainText.test(text)) {
    return fail(`Illegal character(s) detected in "${text}". Must match regex ^[a-zA-Z0-9_-]*$`);
  }
  return text;
}

/** As YAML: plain where that reads back as the same string, else in double quotes. */
function yamlString(text: string): string {
  const reads = /^[A-Za-z_/][A-Za-z0-9_./@+-]*$/.test(text) && !/^(?:true|false|yes|no|on|off|null|y|n)$/i.test(text);
  if (reads) return text;
  const escaped = JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped;
}

/** Lines behind the first take over the column at which the `{{` stands. */
function indented(lines: readonly string[], { indentation = 0, meter }: Evaluator): Markup {
  meter.items(lines.length);
  meter.text(lines.reduce((sum, line) => sum + line.length + indentation + 1, 0));
  return new Markup(lines.join(`\n${' '.repeat(indentation)}`));
}

export const protonFilters: readonly (readonly [string, Filter])[] = [
  filter('proton_cfn_ecs_task_definition_formatted_env_vars', ['raw?'], (target, call, evaluator) => {
    const raw = call.flag('raw', true);
    const lines = members('proton_cfn_ecs_task_definition_formatted_env_vars', target, evaluator).flatMap(
      ([key, value]) => [`- Name: ${yamlString(key)}`, `  Value: ${yamlString(valueText(value, raw, evaluator))}`],
    );
    return indented(lines, evaluator);
  }),
  filter('proton_cfn_lambda_function_formatted_env_vars', ['raw?'], (target, call, evaluator) => {
    const raw = call.flag('raw', true);
    const lines = members('proton_cfn_lambda_function_formatted_env_vars', target, evaluator).map(
      ([key, value]) => `${yamlString(key)}: ${yamlString(valueText(value, raw, evaluator))}`,
    );
    return indented(lines, evaluator);
  }),
  filter('proton_cfn_iam_policy_arns', [], (target, _call, evaluator) => {
    const arns = members('proton_cfn_iam_policy_arns', target, evaluator)
      .map(([, value]) => str(value, evaluator))
      .filter((value) => policyArn.test(value));
    return indented(
      arns.map((arn) => `- ${arn}`),
      evaluator,
    );
  }),
  filter('proton_cfn_sanitize', [], (target) => {
    const value = defined(target);
    return isText(value) ? checked(textOf(value)) : fail(`proton_cfn_sanitize needs a str, not ${typeName(value)}`);
  }),
];
