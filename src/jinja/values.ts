/**
 * Python's values in JavaScript. None is null, a bool a boolean, an int a bigint, a float a number, a str a string, a list
 * an array; the rest are the classes below. No value of a template is a plain object, so none has a prototype to climb.
 */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Tuple
  | Dict
  | Markup
  | Undefined
  | Callable
  | Range
  | Namespace
  | View;

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** Text that an escaping filter has made: it behaves as a str. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Any use of it but `is defined` and `default` fails (StrictUndefined). */
export class Undefined {
  readonly message: string;
  /** What was asked for, and what there is instead, for a remedy. */
  readonly asked?: { readonly path: string; readonly offered: readonly string[] };
  constructor(message: string, asked?: Undefined['asked']) {
    this.message = message;
    this.asked = asked;
  }
}

export type Keywords = ReadonlyMap<string, Value>;

/** Attributes that a template may read of a value which has some. */
export interface Attributes {
  get(name: string): Value | undefined;
}

export class Callable {
  readonly name: string;
  readonly call: (args: readonly Value[], keywords: Keywords) => Value;
  /** Attributes a template may read, e.g. those of a macro, a cycler, an imported template. */
  readonly attributes: Attributes | undefined;
  readonly typeName: string;
  constructor(name: string, call: Callable['call'], attributes?: Attributes, typeName = 'function') {
    this.name = name;
    this.call = call;
    this.attributes = attributes;
    this.typeName = typeName;
  }
}

export class Range {
  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;
  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;
  }
  get length(): number {
    const span = this.step > 0n ? this.stop - this.start : this.start - this.stop;
    const size = this.step > 0n ? this.step : -this.step;
    return span <= 0n ? 0 : Number((span + size - 1n) / size);
  }
}

/** What a dict's keys(), values() and items() give: walked over and counted, not indexed. */
export class View {
  readonly typeName: 'dict_keys' | 'dict_values' | 'dict_items';
  readonly items: readonly Value[];
  constructor(typeName: View['typeName'], items: readonly Value[]) {
    this.typeName = typeName;
    this.items = items;
  }
}

/** `namespace(...)`: the one value whose attributes a template may set. */
export class Namespace {
  readonly members = new Map<string, Value>();
}

/** A dict: keys are compared as Python does (1, 1.0 and True are one key), order is that of insertion. */
export class Dict {
  readonly #entries = new Map<string, [Value, Value]>();

  static from(pairs: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict();
    for (const [key, value] of pairs) dict.set(key, value);
    return dict;
  }
  get size(): number {
    return this.#entries.size;
  }
  get(key: Value): Value | undefined {
    return this.#entries.get(hashKey(key))?.[1];
  }
  has(key: Value): boolean {
    return this.#entries.has(hashKey(key));
  }
  set(key: Value, value: Value): void {
    const hash = hashKey(key);
    const known = this.#entries.get(hash);
    this.#entries.set(hash, [known ? known[0] : key, value]);
  }
  delete(key: Value): void {
    this.#entries.delete(hashKey(key));
  }
  clear(): void {
    this.#entries.clear();
  }
  keys(): Value[] {
    return [...this.#entries.values()].map(([key]) => key);
  }
  values(): Value[] {
    return [...this.#entries.values()].map(([, value]) => value);
  }
  entries(): [Value, Value][] {
    return [...this.#entries.values()];
  }
}

/** A failure that a template causes; the evaluator adds where. */
export class TemplateFailure extends Error {
  readonly code: 'template-undefined' | 'template-runtime' | 'template-limit' | 'template-forbidden';
  readonly asked: Undefined['asked'];
  /** Offset in the source; set by the innermost expression that knows it. */
  offset: number | undefined;
  file: string | undefined;
  constructor(code: TemplateFailure['code'], message: string, asked?: Undefined['asked']) {
    super(message);
    this.code = code;
    this.asked = asked;
  }
}

export function fail(message: string): never {
  throw new TemplateFailure('template-runtime', message);
}

/** Refuses undefined values where something is done with them. */
export function defined<V extends Value>(value: V): Exclude<V, Undefined> {
  if (value instanceof Undefined) throw new TemplateFailure('template-undefined', value.message, value.asked);
  return value as Exclude<V, Undefined>;
}

function hashKey(key: Value): string {
  if (typeof key === 'string') return `s${key}`;
  if (key instanceof Markup) return `s${key.text}`;
  if (key === null) return 'None';
  if (typeof key === 'boolean') return key ? 'n1' : 'n0';
  if (typeof key === 'bigint') return `n${key}`;
  if (typeof key === 'number') return Number.isInteger(key) ? `n${BigInt(key)}` : `f${key}`;
  if (key instanceof Tuple) return `t(${key.items.map((item) => JSON.stringify(hashKey(item))).join(',')})`;
  if (key instanceof Undefined) return defined(key);
  if (key instanceof Range) return `r${key.start},${key.stop},${key.step}`;
  if (key instanceof Callable) return fail(`unhashable value of type '${typeName(key)}'`);
  return fail(`unhashable type: '${typeName(key)}'`);
}

/** Plain JSON data as values: integral numbers are ints. */
export function fromJson(data: unknown): Value {
  if (data === undefined || data === null) return null;
  if (typeof data === 'string' || typeof data === 'boolean' || typeof data === 'bigint') return data;
  if (typeof data === 'number') return Number.isInteger(data) ? BigInt(data) : data;
  if (Array.isArray(data)) return data.map(fromJson);
  return Dict.from(Object.entries(data).map(([key, value]) => [key, fromJson(value)] as const));
}

/** The name of a value's Python type. */
export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float';
  if (typeof value === 'string') return 'str';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Dict) return 'dict';
  if (value instanceof Markup) return 'Markup';
  if (value instanceof Range) return 'range';
  if (value instanceof Namespace) return 'Namespace';
  if (value instanceof Undefined) return 'Undefined';
  return value.typeName;
}

/** How Jinja names the owner of a missing attribute. */
export function ownerName(value: Value): string {
  return value === null ? 'None' : `${typeName(value)} object`;
}

export function isText(value: Value): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup;
}

export function textOf(value: string | Markup): string {
  return typeof value === 'string' ? value : value.text;
}

export function isNumber(value: Value): value is boolean | bigint | number {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
}

export function truthy(value: Value): boolean {
  if (value === null || value === false || value === '' || value === 0n || value === 0) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple || value instanceof View) return value.items.length > 0;
  if (value instanceof Dict) return value.size > 0;
  if (value instanceof Markup) return value.text !== '';
  if (value instanceof Range) return value.length > 0;
  defined(value);
  return true;
}

/** The characters of a str: code points, as in Python. */
export function characters(text: string): string[] {
  return Array.from(text);
}

const surrogate = /[\ud800-\udfff]/;

export function textLength(text: string): number {
  return surrogate.test(text) ? characters(text).length : text.length;
}

/** What a `for` loop, `list()` or a filter walks over. */
export function iterate(value: Value): Value[] {
  defined(value);
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple || value instanceof View) return [...value.items];
  if (value instanceof Dict) return value.keys();
  if (isText(value)) return characters(textOf(value));
  if (value instanceof Range) {
    return Array.from({ length: value.length }, (_, index) => value.start + BigInt(index) * value.step);
  }
  return fail(`'${typeName(value)}' object is not iterable`);
}

export function lengthOf(value: Value): number {
  defined(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple || value instanceof View) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof Range) return value.length;
  if (isText(value)) return textLength(textOf(value));
  return fail(`object of type '${typeName(value)}' has no len()`);
}

export function equal(left: Value, right: Value): boolean {
  defined(left);
  defined(right);
  if (isNumber(left) && isNumber(right)) return Number(left) === Number(right) && exactlyEqual(left, right);
  if (isText(left) && isText(right)) return textOf(left) === textOf(right);
  if (Array.isArray(left) && Array.isArray(right)) return equalItems(left, right);
  if (left instanceof Tuple && right instanceof Tuple) return equalItems(left.items, right.items);
  if (left instanceof Range && right instanceof Range) return equalItems(iterate(left), iterate(right));
  if (left instanceof Dict && right instanceof Dict) {
    return (
      left.size === right.size &&
      left.entries().every(([key, value]) => {
        const other = right.get(key);
        return other !== undefined && equal(value, other);
      })
    );
  }
  return left === right;
}

function exactlyEqual(left: boolean | bigint | number, right: boolean | bigint | number): boolean {
  if (typeof left === 'number' || typeof right === 'number') {
    const [float, other] = typeof left === 'number' ? [left, right] : [right as number, left];
    if (typeof other === 'number') return float === other;
    return Number.isInteger(float) && BigInt(float) === BigInt(other);
  }
  return BigInt(left) === BigInt(right);
}

function equalItems(left: readonly Value[], right: readonly Value[]): boolean {
  return left.length === right.length && left.every((item, index) => equal(item, right[index] as Value));
}

/** Negative, zero or positive; fails for values that Python does not order. */
export function compare(left: Value, right: Value, operator = '<'): number {
  defined(left);
  defined(right);
  if (isNumber(left) && isNumber(right)) {
    if (typeof left === 'bigint' && typeof right === 'bigint') return left < right ? -1 : left > right ? 1 : 0;
    const [a, b] = [Number(left), Number(right)];
    return a < b ? -1 : a > b ? 1 : a === b ? 0 : Number.NaN;
  }
  if (isText(left) && isText(right)) return compareText(textOf(left), textOf(right));
  if (Array.isArray(left) && Array.isArray(right)) return compareItems(left, right, operator);
  if (left instanceof Tuple && right instanceof Tuple) return compareItems(left.items, right.items, operator);
  return fail(`'${operator}' not supported between instances of '${typeName(left)}' and '${typeName(right)}'`);
}

function compareText(left: string, right: string): number {
  if (!surrogate.test(left) && !surrogate.test(right)) return left < right ? -1 : left > right ? 1 : 0;
  const [a, b] = [characters(left), characters(right)];
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    const difference = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function compareItems(left: readonly Value[], right: readonly Value[], operator: string): number {
  for (let index = 0; index < Math.min(left.length, right.length); index += 1) {
    const [a, b] = [left[index] as Value, right[index] as Value];
    if (!equal(a, b)) return compare(a, b, operator);
  }
  return left.length - right.length;
}
