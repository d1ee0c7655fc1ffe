import type { Filter, Test } from '../filters/filter.ts';
import { notFound } from '../filters/filter.ts';
import type { Meter } from '../limits.ts';
import type { Evaluator } from '../python/evaluator.ts';
import { attributeOf } from '../python/members.ts';
import { defined, fail, Instance, isText, type Keywords, textOf, typeName, type Value } from '../python/values.ts';
import type { SourceText } from '../syntax/source-text.ts';
import type { Origins } from './origins.ts';
import type { Compiled, LoadTemplate, TemplateModule } from './templates.ts';

/** A name that is bound to a value. */
export interface Variable {
  readonly value: Value;
  /** The inputs that were read to make the value, unless the value knows itself where it comes from. */
  readonly reads: readonly string[];
}

/** Runs the body of a `block`. */
export type RunBlock = (context: Context) => string;

/** What a template was given, and what it has set outside of loops, macros and the like. */
export class Context {
  readonly given: ReadonlyMap<string, Variable>;
  readonly set = new Map<string, Variable>();
  /** The names that another template gets when it imports this one. */
  readonly exported = new Set<string>();
  /** The bodies of each block: that of the template first, then those of the templates that it extends. */
  readonly blocks: Map<string, BlockBody[]>;
  /** Whether `autoescape` is on. Shared by the contexts derived from one another. */
  readonly escaping: { isOn: boolean };

  constructor(
    given: ReadonlyMap<string, Variable>,
    blocks: ReadonlyMap<string, readonly BlockBody[]>,
    escaping = { isOn: false },
  ) {
    this.given = given;
    this.blocks = new Map(Array.from(blocks, ([name, bodies]) => [name, [...bodies]]));
    this.escaping = escaping;
  }

  find(name: string): Variable | undefined {
    return this.set.get(name) ?? this.given.get(name);
  }

  /** Everything there is by name, for a template that is included with its context. */
  all(): Map<string, Variable> {
    return new Map([...this.given, ...this.set]);
  }
}

/** The body of a block as a template has it. */
export interface BlockBody {
  readonly name: string;
  readonly run: (scope: Scope, out: import('./output.ts').Output) => void;
  readonly usesSelf: boolean;
  readonly usesSuper: boolean;
}

/** One run of a template from its beginning to its end. */
export interface Run {
  /** Set as soon as the template has said what it extends: from then on it writes nothing itself. */
  parent?: Compiled;
}

/** The names visible in a part of a template; what is not bound here is looked for further out. */
export class Scope {
  readonly rendering: Rendering;
  readonly context: Context;
  readonly run: Run;
  readonly #outer: Scope | undefined;
  /** Whether what is set here is set in the context. */
  readonly #isTop: boolean;
  #variables: Map<string, Variable> | undefined;

  private constructor(rendering: Rendering, context: Context, run: Run, isTop: boolean, outer?: Scope) {
    this.rendering = rendering;
    this.context = context;
    this.run = run;
    this.#isTop = isTop;
    this.#outer = outer;
  }

  static ofTemplate(rendering: Rendering, context: Context, run: Run): Scope {
    return new Scope(rendering, context, run, true);
  }

  static ofBlock(rendering: Rendering, context: Context): Scope {
    return new Scope(rendering, context, {}, false);
  }

  inner(): Scope {
    return new Scope(this.rendering, this.context, this.run, false, this);
  }

  find(name: string): Variable | undefined {
    for (let scope: Scope | undefined = this; scope; scope = scope.#outer) {
      const variable = scope.#variables?.get(name);
      if (variable) return variable;
    }
    return this.context.find(name);
  }

  /** What a template assigns. */
  set(name: string, variable: Variable): void {
    if (!this.#isTop) return this.declare(name, variable);
    this.context.set.set(name, variable);
    if (!name.startsWith('_')) this.context.exported.add(name);
  }

  /** What a template imports: it is not passed on to those that import the template. */
  setImported(name: string, variable: Variable): void {
    this.set(name, variable);
    if (this.#isTop) this.context.exported.delete(name);
  }

  /** What is there without having been assigned: parameters, `loop`, `self`. */
  declare(name: string, variable: Variable): void {
    this.#variables ??= new Map();
    this.#variables.set(name, variable);
  }

  /** Everything visible from here, by name. */
  all(): Map<string, Variable> {
    const names = this.#outer?.all() ?? this.context.all();
    for (const [name, variable] of this.#variables ?? []) names.set(name, variable);
    return names;
  }
}

export interface RenderingParts {
  readonly meter: Meter;
  readonly origins: Origins;
  readonly filters: ReadonlyMap<string, Filter>;
  readonly tests: ReadonlyMap<string, Test>;
  readonly globals: ReadonlyMap<string, Variable>;
  readonly load: LoadTemplate;
  readonly source: SourceText;
  readonly context: Context;
}

/** One rendering: what it may use, and where it is. */
export class Rendering implements Evaluator {
  readonly meter: Meter;
  readonly origins: Origins;
  readonly globals: ReadonlyMap<string, Variable>;
  readonly load: LoadTemplate;
  readonly templates = new Map<string, Compiled>();
  readonly modules = new Map<string, TemplateModule>();
  readonly #filters: ReadonlyMap<string, Filter>;
  readonly #tests: ReadonlyMap<string, Test>;
  /** The context of the template at work. */
  context: Context;
  /** The inputs read since the present piece of output began. */
  reads = new Set<string>();
  /** Where the evaluation is: for the position of a failure. */
  source: SourceText;
  offset = 0;
  indentation: number | undefined;

  constructor({ meter, origins, filters, tests, globals, load, source, context }: RenderingParts) {
    this.meter = meter;
    this.origins = origins;
    this.globals = globals;
    this.load = load;
    this.source = source;
    this.context = context;
    this.#filters = filters;
    this.#tests = tests;
  }

  get escapes(): boolean {
    return this.context.escaping.isOn;
  }

  /** Notes where the evaluation is, before something that may fail. */
  at(source: SourceText, offset: number): void {
    this.source = source;
    this.offset = offset;
  }

  /** Does something of the template that a context belongs to. */
  within<T>(context: Context, work: () => T): T {
    const before = this.context;
    this.context = context;
    const result = this.meter.nested(work);
    this.context = before;
    return result;
  }

  attributeOf(owner: Value, name: string): Value | undefined {
    return attributeOf(owner, name);
  }

  call(target: Value, args: readonly Value[], keywords: Keywords): Value {
    if (!(target instanceof Instance) || !target.call) {
      return fail(`'${typeName(defined(target))}' object is not callable`);
    }
    this.meter.step();
    return target.call(args, keywords, this);
  }

  applyFilter(name: string, target: Value, args: readonly Value[], keywords: Keywords): Value {
    const filter = this.#filters.get(name) ?? notFound('filter', name);
    this.#visit(target);
    return filter(target, args, keywords, this);
  }

  applyTest(name: string, target: Value, args: readonly Value[], keywords: Keywords): boolean {
    const test = this.#tests.get(name) ?? notFound('test', name);
    this.#visit(target);
    return test(target, args, keywords, this);
  }

  /** What is done to a text may look at each of its characters. */
  #visit(target: Value): void {
    this.meter.step();
    if (isText(target)) this.meter.text(0, textOf(target).length);
  }

  /** Does something and tells which inputs were read for it. */
  reading<T>(work: () => T): { readonly result: T; readonly reads: ReadonlySet<string> } {
    const before = this.reads;
    const reads = new Set<string>();
    this.reads = reads;
    const result = work();
    this.reads = before;
    for (const read of reads) before.add(read);
    return { result, reads };
  }

  /** A value with the inputs that were read for it. */
  variable(value: Value, reads: Iterable<string>): Variable {
    return { value, reads: this.origins.pathOf(value) === undefined ? [...reads] : [] };
  }
}
