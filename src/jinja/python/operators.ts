import { contains, equal, isInOrder, type OrderOperator } from './comparison.ts';
import type { Evaluator } from './evaluator.ts';
import { escapeText } from './markup.ts';
import { calculate, type NumberOperator } from './numbers.ts';
import { formatMarkup, formatPercent } from './percent-format.ts';
import { str } from './printing.ts';
import { defined, fail, isInteger, isNumber, isText, Markup, Tuple, textOf, typeName, type Value } from './values.ts';

export type ComparisonOperator = '==' | '!=' | OrderOperator | 'in' | 'not in';

/** Python's binary operators. */
export function operate(operator: NumberOperator, left: Value, right: Value, evaluator: Evaluator): Value {
  if (isNumber(left) && isNumber(right)) return calculate(operator, left, right);
  if (operator === '%' && isText(left)) {
    return left instanceof Markup
      ? new Markup(formatMarkup(left.text, right, evaluator))
      : formatPercent(left, right, evaluator);
  }
  defined(left);
  defined(right);
  if (operator === '+') return added(left, right, evaluator);
  if (operator === '*') {
    if (isRepeatable(left) && isInteger(right)) return repeated(left, BigInt(right), evaluator);
    if (isRepeatable(right) && isInteger(left)) return repeated(right, BigInt(left), evaluator);
  }
  return unsupported(operator, left, right);
}

function unsupported(operator: NumberOperator, left: Value, right: Value): never {
  const shown = operator === '**' ? '** or pow()' : operator;
  return fail(`unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`);
}

function added(left: Value, right: Value, { meter }: Evaluator): Value {
  if (isText(left) && isText(right)) {
    const [a, b] = [textOf(left), textOf(right)];
    meter.text(a.length + b.length, Math.min(a.length, b.length));
    if (typeof left === 'string' && typeof right === 'string') return a + b;
    return new Markup((left instanceof Markup ? a : escapeText(a)) + (right instanceof Markup ? b : escapeText(b)));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.items(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Tuple && right instanceof Tuple) {
    meter.items(left.items.length + right.items.length);
    return new Tuple([...left.items, ...right.items]);
  }
  if (isText(left) || Array.isArray(left) || left instanceof Tuple) {
    const kind = typeName(left);
    return fail(`can only concatenate ${kind} (not "${typeName(right)}") to ${kind}`);
  }
  return unsupported('+', left, right);
}

type Repeatable = string | Markup | Value[] | Tuple;

function isRepeatable(value: Value): value is Repeatable {
  return isText(value) || Array.isArray(value) || value instanceof Tuple;
}

function repeated(value: Repeatable, times: bigint, { meter }: Evaluator): Value {
  if (times >= 2n ** 63n) return fail("cannot fit 'int' into an index-sized integer");
  const count = times < 0n ? 0 : Number(times);
  if (isText(value)) {
    const text = textOf(value);
    if (text !== '') meter.text(text.length * count);
    const many = text === '' ? '' : text.repeat(count);
    return value instanceof Markup ? new Markup(many) : many;
  }
  const items = Array.isArray(value) ? value : value.items;
  if (items.length > 0) meter.items(items.length * count);
  const many: Value[] = [];
  for (let round = 0; items.length > 0 && round < count; round += 1) for (const item of items) many.push(item);
  return Array.isArray(value) ? many : new Tuple(many);
}

export function negated(value: Value): Value {
  if (typeof value === 'number') return -value;
  if (isInteger(value)) return -BigInt(value);
  return fail(`bad operand type for unary -: '${typeName(defined(value))}'`);
}

export function affirmed(value: Value): Value {
  if (typeof value === 'number') return value;
  if (isInteger(value)) return BigInt(value);
  return fail(`bad operand type for unary +: '${typeName(defined(value))}'`);
}

export function compared(operator: ComparisonOperator, left: Value, right: Value, { meter }: Evaluator): boolean {
  switch (operator) {
    case '==':
      return equal(left, right, meter);
    case '!=':
      return !equal(left, right, meter);
    case 'in':
      return contains(right, left, meter);
    case 'not in':
      return !contains(right, left, meter);
    default:
      return isInOrder(operator, left, right, meter);
  }
}

/** `~`: the printed forms, one behind the other; escaped as soon as one of them is, where text is being escaped. */
export function concatenated(parts: readonly Value[], evaluator: Evaluator): Value {
  const { meter } = evaluator;
  let text = '';
  const append = (piece: string) => {
    meter.text(text.length + piece.length, piece.length);
    text += piece;
  };
  const isMarkup = evaluator.escapes && parts.some((part) => part instanceof Markup);
  for (const part of parts) {
    const printed = str(part, evaluator);
    append(isMarkup && !(part instanceof Markup) ? escapeText(printed) : printed);
  }
  return isMarkup ? new Markup(text) : text;
}
