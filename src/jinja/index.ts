/**
 * Jinja: the template language of Proton bundles, with Python's semantics and with positions (pure).
 *
 * Lives here: lexer, parser, evaluator, sandbox, limits, source map, the question which names a template reads.
 * Never here: files, clocks beyond the time limit, Proton's schema. Callers bring text and data.
 * Start at template.ts; values are Python's (values.ts). Why our own: decisions/0006.
 */
export { namesRead } from './analysis/names-read.ts';
export {
  type NameRead,
  type Rendered,
  type RenderLimits,
  type TemplateRefusal,
  type TemplateRefusalCode,
  templateRefusalCodes,
} from './rendering.ts';
export { type Origin, originIn, type SourceMapPiece } from './source-map.ts';
export {
  filterNames,
  globalNames,
  parseTemplate,
  type RenderOptions,
  renderTemplate,
  type Template,
  testNames,
} from './template.ts';
