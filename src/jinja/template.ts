import { accept, type Result } from '../errors/index.ts';
import { collectionFilters } from './collection-filters.ts';
import { type Compiled, compileTemplate, runTemplate } from './compile-statements.ts';
import type { Filter } from './filter.ts';
import { createGlobals } from './globals.ts';
import { TemplateSyntaxFailure } from './lexer.ts';
import { Meter, usualLimits } from './limits.ts';
import { nearestName } from './nearest-name.ts';
import { parseSource } from './parser.ts';
import { protonFilters } from './proton-filters.ts';
import type { Rendered, RenderLimits, TemplateRefusal } from './rendering.ts';
import { Output, type Rendering, Scope } from './rendering-state.ts';
import { SourceText } from './source-text.ts';
import type { Statement } from './syntax-tree.ts';
import { createTests } from './tests.ts';
import { textFilters } from './text-filters.ts';
import { valueFilters } from './value-filters.ts';
import { fromJson, TemplateFailure } from './values.ts';

const filters: ReadonlyMap<string, Filter> = new Map([
  ...textFilters,
  ...valueFilters,
  ...collectionFilters,
  ...protonFilters,
]);
const tests = createTests(() => ({ filters, tests }));

/** The names of all filters that a template may use. */
export const filterNames: ReadonlySet<string> = new Set(filters.keys());
export const testNames: ReadonlySet<string> = new Set(tests.keys());

/** A template that has been read. Rendering it does not change it. */
export interface Template {
  readonly source: SourceText;
  readonly statements: readonly Statement[];
  readonly compiled: Compiled;
}

/**
 * Reads a template.
 * @param file names it in positions
 * @refuses template-syntax
 */
export function parseTemplate(text: string, file: string): Result<Template, TemplateRefusal> {
  const source = new SourceText(text, file);
  try {
    const statements = parseSource(source, { filters, tests });
    return accept({ source, statements, compiled: compileTemplate(statements, source, compileNamed) });
  } catch (error) {
    return { ok: false, refusal: syntaxRefusal(error, source) };
  }
}

/** Another template of the bundle, by the file name it has there. */
function compileNamed(name: string, text: string): Compiled {
  const source = new SourceText(text, name);
  try {
    return compileTemplate(parseSource(source, { filters, tests }), source, compileNamed);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxFailure)) throw error;
    const { line, column } = source.position(error.offset);
    throw new TemplateFailure('template-runtime', `${name}:${line}:${column}: ${error.message}`);
  }
}

function syntaxRefusal(error: unknown, source: SourceText): TemplateRefusal {
  if (error instanceof RangeError) return stackRefusal(source, 0);
  if (!(error instanceof TemplateSyntaxFailure)) throw error;
  return {
    kind: 'invalid',
    code: 'template-syntax',
    message: error.message.endsWith('.') ? error.message : `${error.message}.`,
    remedy: 'Correct the template at this place.',
    position: source.position(error.offset),
    inputs: [],
  };
}

function stackRefusal(source: SourceText, offset: number): TemplateRefusal {
  return {
    kind: 'limit',
    code: 'template-limit',
    message: 'The template is nested too deeply.',
    remedy: 'Make the nesting flatter.',
    position: source.position(offset),
    inputs: [],
  };
}

export interface RenderOptions {
  readonly limits?: Partial<RenderLimits>;
  /** The text of another file that `include`, `import` and `extends` name; undefined when there is none. */
  readonly load?: (name: string) => string | undefined;
}

/**
 * Renders a template on plain JSON data, in which integral numbers are ints and others floats.
 * @refuses template-undefined, template-runtime, template-limit, template-forbidden; each with its position and the
 * inputs that were read there
 */
export function renderTemplate(
  template: Template,
  context: Readonly<Record<string, unknown>>,
  options: RenderOptions = {},
): Result<Rendered, TemplateRefusal> {
  const meter = new Meter({ ...usualLimits, ...options.limits });
  const rendering: Rendering = {
    meter,
    context: new Map(Object.entries(context).map(([name, data]) => [name, fromJson(data)])),
    globals: createGlobals(meter),
    filters,
    tests,
    load: options.load ?? (() => undefined),
    reads: new Set(),
    source: template.source,
    offset: 0,
    indentation: undefined,
  };
  const out = new Output(meter);
  try {
    runTemplate(template.compiled, new Scope(rendering), out, compileNamed);
  } catch (error) {
    if (error instanceof RangeError) return { ok: false, refusal: stackRefusal(rendering.source, rendering.offset) };
    if (!(error instanceof TemplateFailure)) throw error;
    return { ok: false, refusal: failureRefusal(error, rendering) };
  }
  return accept({ text: out.text(), sourceMap: out.sourceMap() });
}

const remedies = {
  'template-undefined': "Give the input a value, or allow its absence with default(...) or 'is defined'.",
  'template-runtime': 'Correct the expression, or the input that it reads.',
  'template-limit': 'Make the template do less, or split it.',
  'template-forbidden': 'Use what the bundle itself contains.',
} as const;

function failureRefusal(failure: TemplateFailure, rendering: Rendering): TemplateRefusal {
  const { code, asked } = failure;
  const inputs = [...rendering.reads].sort();
  const nearest = asked && nearestName(asked.path, asked.offered);
  const isWholePath = asked?.path.includes('.') ?? false;
  return {
    kind: code === 'template-limit' ? 'limit' : code === 'template-forbidden' ? 'forbidden' : 'invalid',
    code,
    message: isWholePath
      ? `${asked?.path} is undefined: ${failure.message}.`
      : `${failure.message.replace(/\.$/, '')}.`,
    remedy: nearest ? `Did you mean ${nearest}? Otherwise: ${remedies[code]}` : remedies[code],
    position: rendering.source.position(rendering.offset),
    inputs,
  };
}
