import type { RenderJob } from '../bundles/index.ts';
import { type EvaluatedValue, isUnknown } from '../cloudformation/index.ts';

/** Texts of the templates that lie beside the one of a stack, by their path below its folder. Nobody renders them. */
export type ChildTemplates = Readonly<Record<string, string>>;

export interface ChildTemplate {
  readonly path: string;
  readonly text: string;
}

/** Whether a rendered template can have nested stacks; those of SAM are applications. */
export function mayNest(text: string): boolean {
  return /AWS::(?:CloudFormation::Stack|Serverless::Application)\b/.test(text);
}

/** What lies beside the template of a part; its nested stacks may be made of it. */
export function childTemplatesBeside({ file, neighbours }: Pick<RenderJob, 'file' | 'neighbours'>): ChildTemplates {
  return Object.fromEntries(Object.entries(neighbours).filter(([path]) => !file.endsWith(`/${path}`)));
}

/**
 * The template beside the parent's that a `TemplateURL` means: the one with whose whole path it ends, the longest if there
 * are several. Where the bucket is not known, what is known behind it is enough.
 */
export function childTemplateOf(url: EvaluatedValue | undefined, children: ChildTemplates): ChildTemplate | undefined {
  const known = isUnknown(url) ? endOf(url.expression) : url;
  if (typeof known !== 'string') return undefined;
  const path = `/${known.replace(/[?#].*$/s, '').replace(/^(?:\.\/)+/, '')}`;
  const found = Object.keys(children)
    .filter((each) => path.endsWith(`/${each}`))
    .sort((a, b) => b.length - a.length)[0];
  return found === undefined ? undefined : { path: found, text: children[found]! };
}

/** The last piece of a text that is put together. */
function endOf(expression: unknown): string | undefined {
  if (typeof expression !== 'object' || expression === null) return undefined;
  const [, pieces] = ((expression as { readonly 'Fn::Join'?: unknown })['Fn::Join'] ?? []) as readonly unknown[];
  const last = Array.isArray(pieces) ? pieces.at(-1) : undefined;
  return typeof last === 'string' && last.includes('/') ? last : undefined;
}
