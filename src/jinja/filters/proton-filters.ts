import type { Evaluator } from '../python/evaluator.ts';
import { str } from '../python/printing.ts';
import { Dict, defined, fail, isNumber, isText, Markup, typeName, type Value } from '../python/values.ts';
import { type Filter, filter } from './filter.ts';

/** The filters of AWS Proton. Source: AWS Proton user guide, "CloudFormation parameter filters". */

const plainText = /^[a-zA-Z0-9_-]*$/;
const policyArn = /^arn:[a-zA-Z-]+:iam::\d{12}:policy\//;
const anyArn = /^arn:[a-zA-Z-]+:[a-zA-Z0-9-]*:[a-z0-9-]*:(?:\d{12})?:[^\s"'{}]+$/;

/** The members of a dict as texts, in the order in which the data has them. */
function members(name: string, target: Value, evaluator: Evaluator): readonly (readonly [string, string])[] {
  const value = defined(target);
  if (!(value instanceof Dict)) return fail(`${name} needs a dict, not ${typeName(value)}`);
  return Array.from(value.entries(), ([key, member]) => [str(key, evaluator), str(member, evaluator)] as const);
}

function illegal(text: string, orElse: string): never {
  return fail(`Illegal character(s) detected in "${text}". Must match regex ^[a-zA-Z0-9_-]*$${orElse}`);
}

/** Variables as a list or map; with `raw=False` each value must be plain. */
function variables(name: string, entry: (key: string, value: string) => readonly string[]): readonly [string, Filter] {
  return filter(name, ['raw?'], (target, call, evaluator) => {
    const isRaw = call.flag('raw', true);
    const lines = members(name, target, evaluator).flatMap(([key, value]) => {
      if (!isRaw && !plainText.test(value)) return illegal(value, '');
      return entry(yamlString(key), yamlString(value));
    });
    return indented(lines, evaluator);
  });
}

/** Words that YAML 1.1 reads as something else than a string. */
const yamlWords = /^(?:true|false|yes|no|on|off|null|y|n)$/i;

/** As YAML: plain where that reads back as the same string, else in double quotes. */
function yamlString(text: string): string {
  const isPlain = /^[A-Za-z_/](?:[A-Za-z0-9_./@+:-]*[A-Za-z0-9_./@+-])?$/.test(text) && !yamlWords.test(text);
  if (isPlain) return text;
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines behind the first take over the column at which the `{{` stands. */
function indented(lines: readonly string[], { indentation = 0, meter }: Evaluator): Markup {
  meter.items(lines.length);
  meter.text(lines.reduce((sum, line) => sum + line.length + indentation + 1, 0));
  return new Markup(lines.join(`\n${' '.repeat(indentation)}`));
}

export const protonFilters: readonly (readonly [string, Filter])[] = [
  variables('proton_cfn_ecs_task_definition_formatted_env_vars', (key, value) => [
    `- Name: ${key}`,
    `  Value: ${value}`,
  ]),
  variables('proton_cfn_lambda_function_formatted_env_vars', (key, value) => [`${key}: ${value}`]),
  filter('proton_cfn_iam_policy_arns', [], (target, _call, evaluator) => {
    const arns = members('proton_cfn_iam_policy_arns', target, evaluator)
      .map(([, value]) => value)
      .filter((value) => policyArn.test(value));
    return indented(
      arns.map((arn) => `- ${yamlString(arn)}`),
      evaluator,
    );
  }),
  filter('proton_cfn_sanitize', [], (target, _call, evaluator) => {
    const value = defined(target);
    if (!isText(value) && !isNumber(value)) return fail(`proton_cfn_sanitize needs a str, not ${typeName(value)}`);
    const text = str(value, evaluator);
    return plainText.test(text) || anyArn.test(text) ? text : illegal(text, ' or be a valid ARN');
  }),
];
