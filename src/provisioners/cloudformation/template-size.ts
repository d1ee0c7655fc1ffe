import { accept, type Result, refuse } from '../../errors/index.ts';

/** Bytes of UTF-8, not characters. Source: AWS CloudFormation quotas. */
export const inlineTemplateBytesMax = 51_200;
export const storedTemplateBytesMax = 1_000_000;

/** How a template of this size reaches the service: in the request, or by a URL. */
export function templateCarriage(template: string): Result<'inline' | 'stored'> {
  const bytes = Buffer.byteLength(template);
  if (bytes <= inlineTemplateBytesMax) return accept('inline');
  if (bytes <= storedTemplateBytesMax) return accept('stored');
  return refuse({
    kind: 'invalid',
    code: 'template-too-large',
    message: `The rendered template has ${bytes} bytes; CloudFormation takes at most ${storedTemplateBytesMax}.`,
    remedy: 'Split the template, or render less into it: long literal texts are the usual cause.',
  });
}
