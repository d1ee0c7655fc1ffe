import { accept, type Result } from '../errors/index.ts';
import { Evaluation, type EvaluationContext, type Truth } from './evaluation.ts';
import { evaluateValue, noValue } from './intrinsics.ts';
import type { StackRefusal } from './stack-refusal.ts';
import type { StackTemplate } from './stack-template.ts';
import {
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
  isScalar,
  isTemplateList,
  isTemplateObject,
  isUnknown,
  scalarText,
  type TemplateValue,
} from './template-value.ts';
import { expressionOf, isWhollyKnown, unknownCall } from './unknown-expressions.ts';

/**
 * Decides every condition of the template. They may name each other in any order; a circle is refused.
 * @refuses stack-template-invalid, stack-template-circular, stack-evaluation-failed
 */
export function decideConditions(
  template: StackTemplate,
  context: EvaluationContext,
): Result<ReadonlyMap<string, Truth>, StackRefusal> {
  const evaluation = new Evaluation(template, context, new Map());
  for (const name of template.conditions.keys()) {
    namedTruth({ evaluation, underway: [] }, name, template.body, 'Conditions');
    if (evaluation.refusal) return { ok: false, refusal: evaluation.refusal };
  }
  return accept(evaluation.truths);
}

interface Deciding {
  readonly evaluation: Evaluation;
  /** Conditions that wait for the one being decided, outermost first. */
  readonly underway: readonly string[];
}

function namedTruth({ evaluation, underway }: Deciding, name: string, at: object, key: string): Truth {
  const decided = evaluation.truths.get(name);
  if (decided !== undefined) return decided;
  const expression = evaluation.template.conditions.get(name);
  if (expression === undefined) {
    const message = `Template format error: Unresolved condition dependency ${name} in the Conditions block of the template`;
    return evaluation.refuse(message, at, key, 'stack-template-invalid');
  }
  if (underway.includes(name)) {
    const circle = [...underway.slice(underway.indexOf(name)), name].join(' -> ');
    const message = `Template format error: Circular dependency between conditions: [${circle}]`;
    return evaluation.refuse(message, at, key, 'stack-template-circular');
  }
  const truth = truthOf({ evaluation, underway: [...underway, name] }, expression);
  evaluation.truths.set(name, truth);
  return truth;
}

const notBoolean =
  'Template format error: Conditions can only be boolean operations on parameters and other conditions';

/** Truth of an expression with unknown values: `Fn::And` with one false member is false whatever the rest. */
function truthOf(deciding: Deciding, expression: TemplateValue): Truth {
  const { evaluation } = deciding;
  if (typeof expression === 'boolean') return expression;
  if (!isTemplateObject(expression)) {
    if (expression === 'true' || expression === 'false') return expression === 'true';
    return evaluation.refuse(notBoolean, evaluation.template.body, 'Conditions', 'stack-template-invalid');
  }
  const keys = Object.keys(expression);
  const name = keys[0] ?? '';
  const argument = expression[name];
  const decide = keys.length === 1 && Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!decide || argument === undefined) {
    return evaluation.refuse(notBoolean, expression, name, 'stack-template-invalid');
  }
  return decide(deciding, argument, expression);
}

type Operation = (deciding: Deciding, argument: TemplateValue, call: object) => Truth;

const operations: Readonly<Record<string, Operation>> = {
  Condition: (deciding, argument, call) => {
    if (typeof argument === 'string') return namedTruth(deciding, argument, call, 'Condition');
    return deciding.evaluation.refuse(
      'Template format error: Every Condition member must be a string.',
      call,
      'Condition',
    );
  },
  'Fn::And': (deciding, argument, call) => allOrAny(deciding, 'Fn::And', argument, call),
  'Fn::Or': (deciding, argument, call) => allOrAny(deciding, 'Fn::Or', argument, call),
  'Fn::Not': (deciding, argument, call) => {
    if (!isTemplateList(argument) || argument.length !== 1) {
      return deciding.evaluation.refuse(
        'Template error: every Fn::Not object requires one boolean parameter.',
        call,
        'Fn::Not',
      );
    }
    const truth = truthOf(deciding, argument[0]!);
    return isUnknown(truth) ? unknownCall('Fn::Not', [truth]) : !truth;
  },
  'Fn::Equals': ({ evaluation }, argument, call) => {
    if (!isTemplateList(argument) || argument.length !== 2) {
      const message = 'Template error: every Fn::Equals object requires a list of 2 string parameters.';
      return evaluation.refuse(message, call, 'Fn::Equals');
    }
    const [left, right] = argument.map((side) => {
      const value = evaluateValue(evaluation, side);
      return value === noValue ? '' : value;
    });
    return equalTruth(left!, right!);
  },
};

function allOrAny(deciding: Deciding, name: 'Fn::And' | 'Fn::Or', argument: TemplateValue, call: object): Truth {
  if (!isTemplateList(argument) || argument.length < 2 || argument.length > 10) {
    const message = `Template error: every ${name} object requires a list of at least 2 and at most 10 boolean parameters.`;
    return deciding.evaluation.refuse(message, call, name);
  }
  const decisive = name === 'Fn::Or';
  const truths = argument.map((member) => truthOf(deciding, member));
  if (truths.includes(decisive)) return decisive;
  const open = truths.filter(isUnknown);
  if (open.length === 0) return !decisive;
  return open.length === 1 ? open[0]! : unknownCall(name, open);
}

/** Equal expressions are equal values even while unknown; different unknown ones stay open. */
function equalTruth(left: EvaluatedValue, right: EvaluatedValue): Truth {
  if (comparable(left) === comparable(right)) return true;
  if (isWhollyKnown(left) && isWhollyKnown(right)) return false;
  return unknownCall('Fn::Equals', left, right);
}

function comparable(value: EvaluatedValue): string {
  return JSON.stringify(asTexts(expressionOf(value)));
}

/** The service compares texts: `true` equals "true". */
function asTexts(value: EvaluatedValue): unknown {
  if (isScalar(value)) return scalarText(value);
  if (isEvaluatedList(value)) return value.map(asTexts);
  if (isEvaluatedObject(value)) {
    return Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, asTexts(member)]);
  }
  return value;
}
