import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { contentHash } from '../identifiers/index.ts';
import {
  type Origin,
  originIn,
  parseTemplate,
  type RenderLimits,
  renderTemplate,
  type SourceMapPiece,
  type TemplateRefusal,
} from '../jinja/index.ts';
import { type Bundle, bundleText, manifestPath, type PartName, partDirectories, pathIn } from './bundle.ts';
import { readManifest } from './manifest.ts';
import type { RenderingData } from './namespaces.ts';

/** The text that a part renders to, and the way back to its template. */
export interface RenderedPart {
  readonly text: string;
  readonly digest: string;
  readonly sourceMap: readonly SourceMapPiece[];
}

/** What rendering reads: plain data, so that it can be sent to a worker. */
export interface RenderJob {
  readonly file: string;
  readonly text: string;
  /** The other files of the same directory, for include and import. */
  readonly neighbours: Readonly<Record<string, string>>;
  readonly data: RenderingData;
  readonly limits?: Partial<RenderLimits>;
}

export type RenderJobRefusal = Refusal<'part-missing' | 'part-not-rendered'>;

/**
 * What is to be rendered for a part.
 * @refuses a part that the bundle does not have, and one whose method renders no template (Terraform, CodeBuild)
 */
export function renderJob(bundle: Bundle, part: PartName, data: RenderingData): Result<RenderJob, RenderJobRefusal> {
  const directory = partDirectories[part];
  const manifestText = bundleText(bundle, manifestPath(directory));
  const { manifest } = manifestText === undefined ? {} : readManifest(manifestText, manifestPath(directory));
  if (!manifest) {
    return refuse({
      kind: 'invalid',
      code: 'part-missing',
      message: `The bundle has no usable ${directory}/manifest.yaml.`,
      remedy: 'Deploy another version of the template, or register a corrected one.',
    });
  }
  if (manifest.method !== 'cloudformation') {
    return refuse({
      kind: 'invalid',
      code: 'part-not-rendered',
      message: `The ${part} part of the bundle is provisioned by ${manifest.method}, which this version of Deuteron cannot do yet.`,
      remedy: 'Use a version whose manifest says "rendering_engine: jinja".',
    });
  }
  const file = pathIn(directory, manifest.file);
  const text = bundleText(bundle, file);
  if (text === undefined) {
    return refuse({
      kind: 'invalid',
      code: 'part-missing',
      message: `The bundle has no file ${file}, which its manifest names.`,
      remedy: 'Deploy another version of the template, or register a corrected one.',
    });
  }
  return accept({ file, text, neighbours: neighboursOf(bundle, directory), data });
}

/** The texts of a directory by the names that `include` and `import` use. */
export function neighboursOf(bundle: Bundle, directory: string): Record<string, string> {
  const paths = [...bundle.files.keys()].filter((path) => path.startsWith(`${directory}/`));
  return Object.fromEntries(
    paths.flatMap((path) => {
      const text = bundleText(bundle, path);
      return text === undefined ? [] : [[path.slice(directory.length + 1), text]];
    }),
  );
}

/** Renders in this thread. Safe within the limits, but it holds the thread: servers use a RenderPool. */
export function runRenderJob(job: RenderJob): Result<RenderedPart, TemplateRefusal> {
  const template = parseTemplate(job.text, job.file);
  if (!template.ok) return template;
  const load = (name: string) => (Object.hasOwn(job.neighbours, name) ? job.neighbours[name] : undefined);
  const rendered = renderTemplate(template.value, job.data, { limits: job.limits, load });
  if (!rendered.ok) return rendered;
  const { text, sourceMap } = rendered.value;
  return accept({ text, digest: contentHash(Buffer.from(text)), sourceMap });
}

/** The place in the template, and the inputs, behind a line and column of the rendered text. */
export function originOf(rendered: RenderedPart, line: number, column: number): Origin | undefined {
  return originIn(rendered.text, rendered.sourceMap, line, column);
}
