import { accept, type Result } from '../errors/index.ts';
import { readJsonTemplate } from './read-json-template.ts';
import { readYamlTemplate } from './read-yaml-template.ts';
import { type PlaceOrigin, SourcePositions } from './source-positions.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import { templateBytesMax } from './template-text-rules.ts';
import type { TemplateValue } from './template-value.ts';

export interface TemplateText {
  readonly format: 'yaml' | 'json';
  readonly root: TemplateValue;
  readonly positions: SourcePositions;
}

/**
 * Reads the text of a template as data with positions, intrinsic functions in long form.
 * A text that begins with `{` is JSON; everything else, and what is not JSON, is YAML.
 * @refuses stack-template-limit, stack-template-syntax (also for a repeated key, with both lines),
 * stack-template-invalid for null values and for aliases and merge keys, which the service does not take.
 */
export function readTemplateText(
  text: string,
  file: string,
  originOf?: PlaceOrigin,
): Result<TemplateText, StackRefusal> {
  const bytes = Buffer.byteLength(text);
  if (bytes > templateBytesMax) {
    return {
      ok: false,
      refusal: stackRefusal(
        'stack-template-limit',
        `Template may not exceed ${templateBytesMax} bytes in size; this one has ${bytes}.`,
      ),
    };
  }
  const positions = new SourcePositions(file, text, originOf);
  if (/^\uFEFF?\s*\{/.test(text)) {
    const json = readJsonTemplate(text, positions);
    if (json.ok) return accept({ format: 'json', root: json.value, positions });
    if (json.refusal.code !== 'stack-template-syntax' || !looksLikeFlowYaml(text)) return json;
  }
  const yaml = readYamlTemplate(text, positions);
  return yaml.ok ? accept({ format: 'yaml', root: yaml.value, positions }) : yaml;
}

/** A flow mapping without the quotes of JSON, e.g. `{Resources: {…}}`. */
function looksLikeFlowYaml(text: string): boolean {
  return !/^\uFEFF?\s*\{\s*"/.test(text);
}
