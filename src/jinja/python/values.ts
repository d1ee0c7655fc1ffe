import type { TemplateRefusalCode } from '../rendering.ts';
import type { Evaluator } from './evaluator.ts';

/**
 * Python's values in JavaScript. None is null, a bool a boolean, an int a bigint, a float a number, a str a string, a
 * list an array; the rest are classes of this folder. No value is a plain object, and none is asked for a JavaScript
 * property by a name that a template gives: there is no prototype to climb.
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
  | View
  | Markup
  | Range
  | Lazy
  | Undefined
  | Instance;

export type Keywords = ReadonlyMap<string, Value>;

export const noKeywords: Keywords = new Map();

export class Tuple {
  readonly items: readonly Value[];
  /** How much it is made of, counted as often as it occurs in it: what hashing it costs. */
  readonly weight: number;
  constructor(items: readonly Value[]) {
    this.items = items;
    let weight = 1 + items.length;
    for (const item of items) {
      if (item instanceof Tuple) weight += item.weight;
      else if (isText(item)) weight += textOf(item).length / 64;
    }
    this.weight = weight;
  }
}

/** What groupby gives: a tuple whose items have names too. */
export class GroupTuple extends Tuple {
  constructor(grouper: Value, list: Value) {
    super([grouper, list]);
  }

  member(name: string): Value | undefined {
    if (name === 'grouper') return this.items[0];
    return name === 'list' ? this.items[1] : undefined;
  }
}

/** Text that has been escaped: a str that escapes what is joined to it. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
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

  at(index: number): bigint {
    return this.start + BigInt(index) * this.step;
  }
}

/** How large a tuple may be that is used as a key. */
const keyWeightMax = 1_000;

/** Stands for a key in the map: equal keys have the same one. */
type Hash = string | bigint | number | null | symbol | Instance | Lazy | View;

const undefinedHash = Symbol('Undefined');

/** A dict. Keys are the same when Python says so (1, 1.0 and True are one key); the order is that of insertion. */
export class Dict {
  readonly #entries = new Map<Hash, [Value, Value]>();
  /** Keys that are compared by their parts: tuples and ranges. */
  #compound: Map<string, symbol> | undefined;

  static from(pairs: Iterable<readonly [Value, Value]>): Dict {
    const dict = new Dict();
    for (const [key, value] of pairs) dict.set(key, value);
    return dict;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    return this.#entries.get(this.#hash(key))?.[1];
  }

  has(key: Value): boolean {
    return this.#entries.has(this.#hash(key));
  }

  /** A key that is there stays as it was first written. */
  set(key: Value, value: Value): void {
    const hash = this.#hash(key);
    const entry = this.#entries.get(hash);
    if (entry) entry[1] = value;
    else this.#entries.set(hash, [key, value]);
  }

  delete(key: Value): boolean {
    return this.#entries.delete(this.#hash(key));
  }

  clear(): void {
    this.#entries.clear();
  }

  entries(): IterableIterator<readonly [Value, Value]> {
    return this.#entries.values();
  }

  *keys(): IterableIterator<Value> {
    for (const [key] of this.#entries.values()) yield key;
  }

  #hash(key: Value): Hash {
    if (typeof key === 'string') return key;
    if (!(key instanceof Tuple) && !(key instanceof Range)) return hashOf(key);
    const parts = compoundHash(key);
    this.#compound ??= new Map();
    let hash = this.#compound.get(parts);
    if (!hash) {
      hash = Symbol(typeName(key));
      this.#compound.set(parts, hash);
    }
    return hash;
  }
}

function hashOf(key: Value): Hash {
  if (key === null || typeof key === 'string' || typeof key === 'bigint') return key;
  if (typeof key === 'boolean') return key ? 1n : 0n;
  if (typeof key === 'number') return Number.isInteger(key) ? BigInt(key) : key;
  if (key instanceof Markup) return key.text;
  if (key instanceof Undefined) return key.lenient ? undefinedHash : defined(key);
  if (key instanceof Instance || key instanceof Lazy || (key instanceof View && key.shows === 'values')) return key;
  return fail(`unhashable type: '${typeName(key)}'`);
}

/** Whether a value can be a key at all. */
export function isHashable(value: Value): boolean {
  if (value instanceof Tuple) return value.weight <= keyWeightMax && value.items.every(isHashable);
  return !Array.isArray(value) && !(value instanceof Dict) && !(value instanceof View && value.shows !== 'values');
}

/** The parts of a tuple or range as text; values that are the same only to themselves get a number. */
function compoundHash(key: Tuple | Range): string {
  if (key instanceof Range) return rangeHash(key);
  if (key.weight > keyWeightMax) return fail(`a tuple of more than ${keyWeightMax} parts cannot be a key`);
  const parts = key.items.map((item) => {
    if (item instanceof Tuple || item instanceof Range) return compoundHash(item);
    const hash = hashOf(item);
    if (typeof hash === 'object' && hash !== null) return `object ${identityNumber(hash)}`;
    return typeof hash === 'string' ? JSON.stringify(hash) : String(hash);
  });
  return `(${parts.join(',')})`;
}

function rangeHash(range: Range): string {
  const { length } = range;
  return length === 0 ? 'range' : `range ${range.start},${range.at(length - 1)},${length}`;
}

const identityNumbers = new WeakMap<object, number>();
let lastIdentityNumber = 0;

function identityNumber(object: object): number {
  const known = identityNumbers.get(object);
  if (known !== undefined) return known;
  lastIdentityNumber += 1;
  identityNumbers.set(object, lastIdentityNumber);
  return lastIdentityNumber;
}

/** What a dict's keys(), values() and items() give: it shows the dict as it is at the moment. */
export class View {
  readonly dict: Dict;
  readonly shows: 'keys' | 'values' | 'items';
  constructor(dict: Dict, shows: View['shows']) {
    this.dict = dict;
    this.shows = shows;
  }

  get typeName(): string {
    return `dict_${this.shows}`;
  }

  items(): Value[] {
    return [...this.walk()];
  }

  *walk(): IterableIterator<Value> {
    const size = this.dict.size;
    for (const [key, value] of this.dict.entries()) {
      yield this.shows === 'keys' ? key : this.shows === 'values' ? value : new Tuple([key, value]);
      if (this.dict.size !== size) fail('dictionary changed size during iteration');
    }
  }
}

/** Values that are made when they are asked for, once: a generator or another of Python's iterators. */
export class Lazy {
  readonly typeName: string;
  readonly iterator: Iterator<Value>;
  constructor(iterator: Iterator<Value>, typeName = 'generator') {
    this.iterator = iterator;
    this.typeName = typeName;
  }
}

/** What was asked for and does not exist. */
export interface Asked {
  /** The whole dotted name, where it is known. */
  readonly path: string | undefined;
  /** The existing name that is most like it. */
  suggestion(): string | undefined;
  /** What there is beside it, by whole names. */
  offered?(): readonly string[];
}

/** A value that does not exist. Nearly every use but `is defined` and `default` fails (StrictUndefined). */
export class Undefined {
  readonly message: string;
  readonly asked: Asked | undefined;
  /** The one kind that prints as nothing: that of an inline `if` without `else`. */
  readonly lenient: boolean;
  constructor(message: string, { asked, lenient = false }: { asked?: Asked; lenient?: boolean } = {}) {
    this.message = message;
    this.asked = asked;
    this.lenient = lenient;
  }
}

/** Anything else that a template can hold: functions, methods, macros, `loop`, namespaces. */
export abstract class Instance {
  /** Python's `type(x).__name__`. */
  abstract readonly typeName: string;
  /** Where Python keeps the type; '' for built-in ones. Messages name it. */
  readonly module: string = '';

  /** The attributes that a template may read; there are no others. */
  member(_name: string): Value | undefined {
    return undefined;
  }

  /** The items that a template may read; absent where Python says "object is not subscriptable". */
  item?(name: string): Value | undefined;

  /** Absent where Python says "object is not callable". */
  call?(args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Value;

  /** Python's len(); absent where there is none. */
  length?(): number;

  /** Python's repr(). It has no address, as a rendering is repeatable. */
  shown(_evaluator: Evaluator): string {
    return `<${this.module === '' ? '' : `${this.module}.`}${this.typeName} object>`;
  }

  /** Python's str(). */
  printed(evaluator: Evaluator): string {
    return this.shown(evaluator);
  }
}

export type FunctionBody = (args: readonly Value[], keywords: Keywords, evaluator: Evaluator) => Value;

/** A function of ours that templates may call. */
export class BuiltinFunction extends Instance {
  readonly typeName: string;
  readonly name: string;
  readonly #body: FunctionBody;
  constructor(name: string, body: FunctionBody, typeName = 'builtin_function_or_method') {
    super();
    this.name = name;
    this.typeName = typeName;
    this.#body = body;
  }

  override call(args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Value {
    return this.#body(args, keywords, evaluator);
  }

  override shown(): string {
    return `<${this.typeName === 'type' ? `class '${this.name}'` : `built-in method ${this.name}`}>`;
  }
}

/** A failure that a template causes. It never leaves the room: the rendering turns it into a refusal with its place. */
export class TemplateFailure extends Error {
  readonly code: TemplateRefusalCode;
  readonly asked: Asked | undefined;
  constructor(code: TemplateRefusalCode, message: string, asked?: Asked) {
    super(message);
    this.code = code;
    this.asked = asked;
  }
}

export function fail(message: string): never {
  throw new TemplateFailure('template-runtime', message);
}

/** A value that is there (None is), or a failure. */
export function present(value: Value | undefined, message: () => string): Value {
  return value === undefined ? fail(message()) : value;
}

export function failUndefined(value: Undefined): never {
  throw new TemplateFailure('template-undefined', value.message, value.asked);
}

/** Refuses an undefined value where something is done with it. */
export function defined<V extends Value>(value: V): Exclude<V, Undefined> {
  if (value instanceof Undefined) failUndefined(value);
  return value as Exclude<V, Undefined>;
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

/** An int, or a bool, which Python takes for one. */
export function isInteger(value: Value): value is boolean | bigint {
  return typeof value === 'bigint' || typeof value === 'boolean';
}

/** Python's `type(value).__name__`. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'str';
  }
  if (value === null) return 'NoneType';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Tuple) return 'tuple';
  if (value instanceof Dict) return 'dict';
  if (value instanceof Markup) return 'Markup';
  if (value instanceof Range) return 'range';
  if (value instanceof Undefined) return value.lenient ? 'Undefined' : 'StrictUndefined';
  if (value instanceof View || value instanceof Lazy || value instanceof Instance) return value.typeName;
  return value satisfies never;
}

/** How Jinja names the owner of a missing member: `dict object`, `None`, `jinja2.utils.Namespace object`. */
export function ownerName(value: Value): string {
  if (value === null) return 'None';
  const module = value instanceof Markup ? 'markupsafe' : value instanceof Instance ? value.module : '';
  return `${module === '' ? '' : `${module}.`}${typeName(value)} object`;
}
