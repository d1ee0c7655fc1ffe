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
 * Decides one condition expression of a rule, where members of a list can be asked about, too.
 * Source: CloudFormation user guide, "Rules": rule-specific intrinsic functions.
 */
export function decideRule(evaluation: Evaluation, expression: TemplateValue): Truth {
  return truthOf({ evaluation, underway: [] }, expression);
}

/**
 * Decides every condition of the template. They may name each other in any order; a circle is refused.
 * @refuses stack-template-invalid, stack-template-circular, stack-evaluation-failed
 */
export function decideConditions(
  template: StackTemplate,
  context: EvaluationContext,
): Result<ReadonlyMap<string, Truth>, StackRefusal> {
  const evaluation = new Evaluation(template, context, new Map(), { block: 'Conditions', path: ['Conditions'] });
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
  if (underway.length >= chainLengthMax) {
    const message = `Conditions depend on each other in a chain longer than ${chainLengthMax}.`;
    return evaluation.refuse(message, at, key, 'stack-template-limit');
  }
  const truth = truthOf({ evaluation, underway: [...underway, name] }, expression);
  const kept = isUnknown(truth) && isLarge(truth.expression) ? unknownCall('Condition', name) : truth;
  evaluation.truths.set(name, kept);
  return kept;
}

/** Longest chain of conditions that name each other. Ours: conditions have no limit of their own. */
const chainLengthMax = 100;

/**
 * An undecided condition is written out where it is used, so one that uses others twice, which use others twice,
 * would grow beyond all bounds. A large one is only named.
 */
function isLarge(expression: TemplateValue): boolean {
  const pending = [expression];
  for (let count = 0; count < 1_000; count++) {
    const value = pending.pop();
    if (value === undefined) return false;
    if (isTemplateList(value)) pending.push(...value);
    else if (isTemplateObject(value)) pending.push(...Object.values(value));
  }
  return true;
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
  'Fn::Contains': (deciding, argument, call) =>
    membership(deciding, 'Fn::Contains', argument, call, (list, values) =>
      values.some((value) => list.includes(value)),
    ),
  'Fn::EachMemberEquals': (deciding, argument, call) =>
    membership(deciding, 'Fn::EachMemberEquals', argument, call, everyIn),
  'Fn::EachMemberIn': (deciding, argument, call) => membership(deciding, 'Fn::EachMemberIn', argument, call, everyIn),
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

/** The functions of rules that compare a list with a value or another list. */
function membership(
  { evaluation }: Deciding,
  name: string,
  argument: TemplateValue,
  call: object,
  holds: (list: readonly string[], values: readonly string[]) => boolean,
): Truth {
  if (evaluation.block !== 'Rules') return evaluation.refuse(notBoolean, call, name, 'stack-template-invalid');
  const [list, values] = (isTemplateList(argument) ? argument : []).map((side) => evaluateValue(evaluation, side));
  if (list === undefined || values === undefined || list === noValue || values === noValue) {
    return evaluation.refuse(`Template error: every ${name} object requires a list and a value or list.`, call, name);
  }
  if (!isWhollyKnown(list) || !isWhollyKnown(values)) return unknownCall(name, list, values);
  return holds(asList(list), asList(values));
}

function everyIn(list: readonly string[], values: readonly string[]): boolean {
  return list.every((item) => values.includes(item));
}

function asList(value: EvaluatedValue): readonly string[] {
  const list = isEvaluatedList(value) ? value : [value];
  return list.map((item) => (isScalar(item) ? scalarText(item) : comparable(item)));
}

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
