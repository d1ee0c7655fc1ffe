import { reprText } from '../python/printing.ts';
import { fail, Instance, Markup, TemplateFailure, Undefined, type Value } from '../python/values.ts';
import { parseSource } from '../syntax/parser.ts';
import { SourceText } from '../syntax/source-text.ts';
import type { Body } from '../syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from '../syntax/token.ts';
import { namesLoaded } from './names-loaded.ts';
import { Output } from './output.ts';
import type { KnownNames, Place } from './place.ts';
import { type BlockBody, Context, type Rendering, type Run, Scope, type Variable } from './rendering-state.ts';
import { capture, compileBody, type Execute } from './statements.ts';

export type LoadTemplate = (name: string) => string | undefined;

/** A template made ready to run. */
export interface Compiled {
  readonly source: SourceText;
  readonly run: Execute;
  readonly usesSelf: boolean;
  readonly blocks: ReadonlyMap<string, readonly BlockBody[]>;
}

/** Throws TemplateSyntaxFailure for what can be seen to be wrong without rendering. */
export function compileTemplate(statements: Body, source: SourceText, names: KnownNames): Compiled {
  const blocks = new Map<string, BlockBody>();
  const place: Place = {
    source,
    names,
    isSoft: false,
    escapes: false,
    isOutside: true,
    extension: { isKnown: false },
    isTop: true,
    blocks,
  };
  const run = compileBody(statements, place);
  return {
    source,
    run,
    usesSelf: namesLoaded(statements).has('self'),
    blocks: new Map(Array.from(blocks, ([name, body]) => [name, [body]])),
  };
}

/** Runs a template from its beginning to its end, and then what it extends. */
export function runTemplate(template: Compiled, rendering: Rendering, context: Context, out: Output): void {
  const run: Run = {};
  const scope = Scope.ofTemplate(rendering, context, run);
  if (template.usesSelf) scope.declare('self', { value: new TemplateReference(rendering, context), reads: [] });
  template.run(scope, out);
  const { parent } = run;
  if (parent) rendering.meter.nested(() => runTemplate(parent, rendering, context, out));
}

/** Another template of the same bundle; undefined where there is none of that name. */
export function findTemplate(rendering: Rendering, name: string, names: KnownNames): Compiled | undefined {
  const known = rendering.templates.get(name);
  if (known) return known;
  const text = rendering.load(name);
  if (text === undefined) return undefined;
  rendering.meter.step(text.length / 16);
  const source = new SourceText(text, name);
  try {
    const template = compileTemplate(parseSource(source), source, names);
    rendering.templates.set(name, template);
    return template;
  } catch (error) {
    if (!(error instanceof TemplateSyntaxFailure)) throw error;
    rendering.at(source, error.offset);
    throw new TemplateFailure('template-syntax', error.message);
  }
}

export function noSuchTemplate(name: string): never {
  throw new TemplateFailure(
    'template-forbidden',
    `There is no template ${reprText(name)}: a template can only use files of its own bundle.`,
  );
}

/** A template that has been run for the names that it sets. */
export class TemplateModule extends Instance {
  readonly typeName = 'TemplateModule';
  override readonly module = 'jinja2.environment';
  readonly output: Output;
  readonly #name: string;
  readonly #members: ReadonlyMap<string, Variable>;

  constructor(name: string, output: Output, members: ReadonlyMap<string, Variable>) {
    super();
    this.#name = name;
    this.output = output;
    this.#members = members;
  }

  get quotedName(): string {
    return reprText(this.#name);
  }

  variable(name: string): Variable | undefined {
    return this.#members.get(name);
  }

  override member(name: string): Value | undefined {
    return this.variable(name)?.value;
  }

  override shown(): string {
    return `<TemplateModule ${this.quotedName}>`;
  }

  override printed(): string {
    return this.output.text();
  }
}

/** Runs a template as a module. @param given the context to run it with; without one it runs once in a rendering */
export function moduleOf(
  template: Compiled,
  rendering: Rendering,
  given?: ReadonlyMap<string, Variable>,
): TemplateModule {
  const name = template.source.file;
  const known = given ? undefined : rendering.modules.get(name);
  if (known) return known;
  const context = new Context(given ?? new Map(), template.blocks);
  const out = new Output(rendering.meter);
  rendering.within(context, () => runTemplate(template, rendering, context, out));
  const members = new Map(Array.from(context.exported, (each) => [each, context.set.get(each) as Variable]));
  const module = new TemplateModule(name, out, members);
  if (!given) rendering.modules.set(name, module);
  return module;
}

/** `self`: the blocks of a template, to be run once more. */
class TemplateReference extends Instance {
  readonly typeName = 'TemplateReference';
  override readonly module = 'jinja2.runtime';
  readonly #rendering: Rendering;
  readonly #context: Context;

  constructor(rendering: Rendering, context: Context) {
    super();
    this.#rendering = rendering;
    this.#context = context;
  }

  override item(name: string): Value | undefined {
    const bodies = this.#context.blocks.get(name);
    return bodies && new BlockReference(this.#rendering, this.#context, bodies, 0);
  }
}

/** `self.name`, `super`: the body of a block, to be called. */
class BlockReference extends Instance {
  readonly typeName = 'BlockReference';
  override readonly module = 'jinja2.runtime';
  readonly #rendering: Rendering;
  readonly #context: Context;
  readonly #bodies: readonly BlockBody[];
  readonly #depth: number;

  constructor(rendering: Rendering, context: Context, bodies: readonly BlockBody[], depth: number) {
    super();
    this.#rendering = rendering;
    this.#context = context;
    this.#bodies = bodies;
    this.#depth = depth;
  }

  override member(name: string): Value | undefined {
    if (name === 'name') return this.#bodies[0]?.name ?? null;
    return name === 'super' ? superOf(this.#rendering, this.#context, this.#bodies, this.#depth) : undefined;
  }

  override call(args: readonly Value[], keywords: ReadonlyMap<string, Value>): Value {
    if (args.length + keywords.size > 0) return fail('BlockReference.__call__() takes no arguments');
    const body = this.#bodies[this.#depth] as BlockBody;
    const text = captureBlock(this.#rendering, this.#context, body);
    return this.#context.escaping.isOn ? new Markup(text) : text;
  }
}

function superOf(rendering: Rendering, context: Context, bodies: readonly BlockBody[], depth: number): Value {
  if (depth + 1 < bodies.length) return new BlockReference(rendering, context, bodies, depth + 1);
  return new Undefined(`there is no parent block called '${bodies[0]?.name}'.`);
}

function blockScope(rendering: Rendering, context: Context, body: BlockBody): Scope {
  const scope = Scope.ofBlock(rendering, context);
  if (body.usesSelf) scope.declare('self', { value: new TemplateReference(rendering, context), reads: [] });
  if (body.usesSuper) {
    const bodies = context.blocks.get(body.name) ?? [];
    scope.declare('super', { value: superOf(rendering, context, bodies, bodies.indexOf(body)), reads: [] });
  }
  return scope;
}

/** Runs the body of a block, which sees the context alone. */
export function runBlock(rendering: Rendering, context: Context, body: BlockBody, out: Output): void {
  rendering.within(context, () => body.run(blockScope(rendering, context, body), out));
}

function captureBlock(rendering: Rendering, context: Context, body: BlockBody): string {
  return rendering.within(context, () => capture(blockScope(rendering, context, body), body.run));
}
