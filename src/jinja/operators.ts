import { escapeText } from './escape.ts';
import type { Meter } from './limits.ts';
import { formatPercent } from './percent-format.ts';
import { str } from './printing.ts';
import type { ArithmeticOperator, ComparisonOperator } from './syntax-tree.ts';
import {
  compare,
  Dict,
  defined,
  equal,
  fail,
  isNumber,
  isText,
  iterate,
  Markup,
  Range,
  Tuple,
  textOf,
  typeName,
  type Value,
  View,
} from './values.ts';

/** Bits an int may have: far beyond what a template needs, far below what makes a process slow. */
const integerBitsMax = 16_384;

export function arithmetic(operator: ArithmeticOperator, left: Value, right: Value, meter: Meter): Value {
  defined(left);
  defined(right);
  if (isNumber(left) && isNumber(right)) return numeric(operator, left, right);
  if (operator === '+') return added(left, right, meter);
  if (operator === '*') {
    if (isRepetition(left) && isInteger(right)) return repeated(left, BigInt(right), meter);
    if (isRepetition(right) && isInteger(left)) return repeated(right, BigInt(left), meter);
  }
  if (operator === '%' && isText(left)) {
    const text = formatPercent(textOf(left), right, meter);
    return left instanceof Markup ? new Markup(text) : text;
  }
  return unsupported(operator, left, right);
}

function unsupported(operator: string, left: Value, right: Value): never {
  const shown = operator === '**' ? '** or pow()' : operator;
  return fail(`unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`);
}

function isInteger(value: Value): value is bigint | boolean {
  return typeof value === 'bigint' || typeof value === 'boolean';
}

function numeric(
  operator: ArithmeticOperator,
  left: boolean | bigint | number,
  right: boolean | bigint | number,
): Value {
  if (typeof left !== 'number' && typeof right !== 'number') return integral(operator, BigInt(left), BigInt(right));
  const [a, b] = [toFloat(left), toFloat(right)];
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? fail('float division by zero') : a / b;
    case '//':
      return b === 0 ? fail('float floor division by zero') : Math.floor(a / b);
    case '%':
      return b === 0 ? fail('float modulo by zero') : floatModulo(a, b);
    case '**':
      return floatPower(a, b);
  }
}

export function toFloat(value: boolean | bigint | number): number {
  const float = Number(value);
  return typeof value === 'bigint' && !Number.isFinite(float) ? fail('int too large to convert to float') : float;
}

function floatModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 ? -0 : 0;
  return rest < 0 !== b < 0 ? rest + b : rest;
}

function floatPower(a: number, b: number): number {
  if (a === 0 && b < 0) return fail('0.0 cannot be raised to a negative power');
  if (a < 0 && !Number.isInteger(b)) return fail('a complex result is not supported');
  const power = a ** b;
  return Number.isFinite(power) || !Number.isFinite(a) || !Number.isFinite(b)
    ? power
    : fail('Numerical result out of range');
}

function integral(operator: ArithmeticOperator, a: bigint, b: bigint): Value {
  switch (operator) {
    case '+':
      return bounded(a + b);
    case '-':
      return bounded(a - b);
    case '*':
      return bounded(a * b);
    case '/':
      return b === 0n ? fail('division by zero') : dividedExactly(a, b);
    case '//':
      return b === 0n ? fail('integer division or modulo by zero') : floorDivide(a, b);
    case '%':
      return b === 0n ? fail('integer modulo by zero') : a - b * floorDivide(a, b);
    case '**':
      if (b < 0n) return a === 0n ? fail('0.0 cannot be raised to a negative power') : Number(a) ** Number(b);
      if (bits(a) * Number(b) > integerBitsMax && a !== 1n && a !== -1n && a !== 0n) return tooLarge();
      return a ** b;
  }
}

function dividedExactly(a: bigint, b: bigint): number {
  const quotient = Number(a) / Number(b);
  if (Number.isFinite(quotient)) return quotient;
  const whole = Number(a / b);
  return Number.isFinite(whole) ? whole : fail('integer division result too large for a float');
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function bits(value: bigint): number {
  return (value < 0n ? -value : value).toString(16).length * 4;
}

function bounded(value: bigint): bigint {
  return bits(value) > integerBitsMax ? tooLarge() : value;
}

function tooLarge(): never {
  return fail(`the result is an integer of more than ${integerBitsMax} bits`);
}

function added(left: Value, right: Value, meter: Meter): Value {
  if (isText(left) && isText(right)) {
    meter.length(textOf(left).length + textOf(right).length);
    if (typeof left === 'string' && typeof right === 'string') return left + right;
    return new Markup(escapeText(left) + escapeText(right));
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    meter.step(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof Tuple && right instanceof Tuple) {
    meter.step(left.items.length + right.items.length);
    return new Tuple([...left.items, ...right.items]);
  }
  if (isText(left)) return fail(`can only concatenate str (not "${typeName(right)}") to str`);
  if (Array.isArray(left)) return fail(`can only concatenate list (not "${typeName(right)}") to list`);
  if (left instanceof Tuple) return fail(`can only concatenate tuple (not "${typeName(right)}") to tuple`);
  return unsupported('+', left, right);
}

function isRepetition(value: Value): value is string | Markup | Value[] | Tuple {
  return isText(value) || Array.isArray(value) || value instanceof Tuple;
}

function repeated(value: string | Markup | Value[] | Tuple, times: bigint, meter: Meter): Value {
  const count = times < 0n ? 0 : Number(times);
  if (isText(value)) {
    meter.length(textOf(value).length * count);
    const text = textOf(value).repeat(textOf(value) === '' ? 0 : count);
    return value instanceof Markup ? new Markup(text) : text;
  }
  const items = Array.isArray(value) ? value : value.items;
  meter.step(items.length * count);
  const many = Array.from({ length: items.length === 0 ? 0 : count }, () => items).flat(1);
  return Array.isArray(value) ? many : new Tuple(many);
}

export function negated(value: Value): Value {
  defined(value);
  if (typeof value === 'number') return -value;
  if (isInteger(value)) return -BigInt(value);
  return fail(`bad operand type for unary -: '${typeName(value)}'`);
}

export function affirmed(value: Value): Value {
  defined(value);
  if (typeof value === 'number') return value;
  if (isInteger(value)) return BigInt(value);
  return fail(`bad operand type for unary +: '${typeName(value)}'`);
}

export function compared(operator: ComparisonOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equal(left, right);
    case '!=':
      return !equal(left, right);
    case '<':
      return compare(left, right, '<') < 0;
    case '<=':
      return compare(left, right, '<=') <= 0;
    case '>':
      return compare(left, right, '>') > 0;
    case '>=':
      return compare(left, right, '>=') >= 0;
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
  }
}

export function contains(container: Value, item: Value): boolean {
  defined(container);
  if (isText(container)) {
    defined(item);
    if (!isText(item)) return fail(`'in <string>' requires string as left operand, not ${typeName(item)}`);
    return textOf(container).includes(textOf(item));
  }
  if (container instanceof Dict) return container.has(item);
  if (
    Array.isArray(container) ||
    container instanceof Tuple ||
    container instanceof Range ||
    container instanceof View
  ) {
    return iterate(container).some((each) => each === item || equal(each, item));
  }
  return fail(`argument of type '${typeName(container)}' is not iterable`);
}

/** `~`: the printed forms, one behind the other. */
export function concatenated(parts: readonly Value[], meter: Meter): string {
  let length = 0;
  const texts = parts.map((part) => {
    const text = str(defined(part));
    length += text.length;
    meter.length(length);
    return text;
  });
  return texts.join('');
}
