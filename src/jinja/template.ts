import { accept, type Result } from '../errors/index.ts';
import { Origins } from './evaluation/origins.ts';
import { Output } from './evaluation/output.ts';
import { Context, Rendering, type Variable } from './evaluation/rendering-state.ts';
import { type Compiled, compileTemplate, type LoadTemplate, runTemplate } from './evaluation/templates.ts';
import { collectionFilters } from './filters/collection-filters.ts';
import type { Filter } from './filters/filter.ts';
import { globals } from './filters/globals.ts';
import { protonFilters } from './filters/proton-filters.ts';
import { createTests } from './filters/tests.ts';
import { textFilters } from './filters/text-filters.ts';
import { valueFilters } from './filters/value-filters.ts';
import { webFilters } from './filters/web-filters.ts';
import { Meter, usualLimits } from './limits.ts';
import { type Asked, TemplateFailure } from './python/values.ts';
import type { Rendered, RenderLimits, TemplateRefusal, TemplateRefusalCode } from './rendering.ts';
import { parseSource } from './syntax/parser.ts';
import { SourceText } from './syntax/source-text.ts';
import type { Body } from './syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from './syntax/token.ts';

const filters: ReadonlyMap<string, Filter> = new Map([
  ...textFilters,
  ...valueFilters,
  ...collectionFilters,
  ...webFilters,
  ...protonFilters,
]);
const tests = createTests(() => ({ filters, tests }));
const globalVariables: ReadonlyMap<string, Variable> = new Map(
  Array.from(globals, ([name, value]) => [name, { value, reads: [] }]),
);

/** The names of all filters that a template may use. */
export const filterNames: ReadonlySet<string> = new Set(filters.keys());
export const testNames: ReadonlySet<string> = new Set(tests.keys());
/** The names that every template has without being given them. */
export const globalNames: ReadonlySet<string> = new Set(globals.keys());

/** A template that has been read. Rendering it does not change it. */
export interface Template {
  readonly source: SourceText;
  readonly statements: Body;
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
    const statements = parseSource(source);
    return accept({ source, statements, compiled: compileTemplate(statements, source, { filters, tests }) });
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(source, 0);
    if (!(error instanceof TemplateSyntaxFailure)) throw error;
    return refusal('template-syntax', error.message, { source, offset: error.offset });
  }
}

export interface RenderOptions {
  readonly limits?: Partial<RenderLimits>;
  /** The text of another file that `include`, `import` and `extends` name; undefined when there is none. */
  readonly load?: LoadTemplate;
}

/**
 * Renders a template on plain JSON data, in which integral numbers are ints and others floats.
 * @refuses template-undefined, template-runtime, template-limit, template-forbidden, and template-syntax for a file
 * that the template includes; each with its position and the inputs that were read there
 */
export function renderTemplate(
  template: Template,
  data: Readonly<Record<string, unknown>>,
  { limits, load = () => undefined }: RenderOptions = {},
): Result<Rendered, TemplateRefusal> {
  const meter = new Meter({ ...usualLimits, ...limits });
  const origins = new Origins();
  const { source, compiled } = template;
  const context = new Context(variablesOf(data, origins), compiled.blocks);
  const rendering = new Rendering({ meter, origins, filters, tests, globals: globalVariables, load, source, context });
  const out = new Output(meter);
  try {
    runTemplate(compiled, rendering, context, out);
  } catch (error) {
    if (error instanceof RangeError) return tooDeep(rendering.source, rendering.offset);
    if (!(error instanceof TemplateFailure)) throw error;
    return failed(error, rendering);
  }
  return accept({ text: out.text(), sourceMap: out.sourceMap() });
}

function variablesOf(data: Readonly<Record<string, unknown>>, origins: Origins): Map<string, Variable> {
  return new Map(
    Object.entries(data).map(([name, each]) => {
      const value = origins.valueOf(each, name);
      return [name, { value, reads: origins.pathOf(value) === undefined ? [name] : [] }];
    }),
  );
}

const remedies: Readonly<Record<TemplateRefusalCode, string>> = {
  'template-syntax': 'Correct the template at this place.',
  'template-undefined': "Give the input a value, or allow its absence with default(...) or 'is defined'.",
  'template-runtime': 'Correct the expression, or the input that it reads.',
  'template-limit': 'Make the template do less, or split it.',
  'template-forbidden': 'Use what the bundle itself contains.',
};

const kinds: Readonly<Record<TemplateRefusalCode, TemplateRefusal['kind']>> = {
  'template-syntax': 'invalid',
  'template-undefined': 'invalid',
  'template-runtime': 'invalid',
  'template-limit': 'limit',
  'template-forbidden': 'forbidden',
};

interface Where {
  readonly source: SourceText;
  readonly offset: number;
  readonly reads?: ReadonlySet<string>;
}

function refusal(
  code: TemplateRefusalCode,
  message: string,
  { source, offset, reads = new Set() }: Where,
  remedy = remedies[code],
): { readonly ok: false; readonly refusal: TemplateRefusal } {
  return {
    ok: false,
    refusal: {
      kind: kinds[code],
      code,
      message: message.endsWith('.') ? message : `${message}.`,
      remedy,
      position: source.position(offset),
      inputs: [...reads].sort(),
    },
  };
}

/** The engine's own stack, or the longest text it can hold, has come to an end. */
function tooDeep(source: SourceText, offset: number) {
  return refusal('template-limit', 'The template, or a value that it makes, is nested too deeply', { source, offset });
}

function failed({ code, message, asked }: TemplateFailure, rendering: Rendering) {
  const whole = asked?.path === undefined ? message : `${asked.path} is undefined: ${message}`;
  const names = asked && existingNames(asked);
  const failure = refusal(code, whole, rendering, names ? `${names} Otherwise: ${remedies[code]}` : remedies[code]);
  return asked?.path === undefined ? failure : { ...failure, refusal: { ...failure.refusal, missingName: asked.path } };
}

const namesMax = 10;

/** The name that may have been meant; where none is like it, those that there are. */
function existingNames(asked: Asked): string | undefined {
  const suggestion = asked.suggestion();
  if (suggestion) return `Did you mean ${suggestion}?`;
  const offered = asked.offered?.() ?? [];
  if (offered.length === 0) return undefined;
  const more = offered.length > namesMax ? ` and ${offered.length - namesMax} more` : '';
  return `There is ${offered.slice(0, namesMax).join(', ')}${more}.`;
}
