import { parseStackTemplate, resourcePosition, type StackTemplate } from '../../cloudformation/index.ts';
import { describeRefusal } from '../../errors/index.ts';
import { type DeploymentRendering, secretsIn } from '../renderings/rendering.ts';
import { withoutSecrets } from '../renderings/secrets.ts';
import { type Source, sourceOf } from '../renderings/source-lines.ts';
import type { Cause, Failure } from './ending.ts';

const inputsMax = 8;

/**
 * A failure for the person who deployed: each cause with the line of the author's template that made it and the inputs
 * that were read there, the provider's own words, and what to do next. Secret inputs are masked in these words.
 * @param rendering undefined when nothing was rendered
 */
export function failureMessage(failure: Failure, rendering: DeploymentRendering | undefined): string {
  const { refusal, causes } = failure;
  const secrets = rendering ? secretsIn(rendering) : [];
  if (causes.length === 0) {
    const source = refusal.position ? undefined : rendering && sourceOfWords(refusal.message, rendering);
    return describeRefusal({ ...refusal, ...source, message: withoutSecrets(refusal.message, secrets) });
  }
  const located = causes.map((cause) => describeCause(cause, rendering, secrets));
  const head = located.length === 1 ? '' : `${located.length} resources failed.\n`;
  return `${head}${located.join('\n')}\n${refusal.remedy}`;
}

function describeCause(cause: Cause, rendering: DeploymentRendering | undefined, secrets: readonly string[]): string {
  const { logicalId, type, reason } = cause;
  const source = rendering && (sourceOfResource(logicalId, reason, rendering) ?? sourceOfWords(reason, rendering));
  const what = `${logicalId} (${type}): ${withoutSecrets(reason, secrets)}`;
  if (!source) return what;
  const { file, line, column } = source.position;
  const inputs = source.inputs.slice(0, inputsMax);
  const more = source.inputs.length > inputs.length ? ', ...' : '';
  const read = inputs.length > 0 ? ` (inputs read there: ${inputs.join(', ')}${more})` : '';
  return `${file}:${line}:${column}: ${what}${read}`;
}

/** The line of a resource that the reason speaks of; else where it begins, with the inputs of all its lines. */
function sourceOfResource(logicalId: string, reason: string, rendering: DeploymentRendering): Source | undefined {
  if (rendering.method !== 'cloudformation') return undefined;
  const parsed = parseStackTemplate(rendering.template);
  if (!parsed.ok || !parsed.value.resources.has(logicalId)) return undefined;
  const first = resourcePosition(parsed.value, logicalId).line;
  const last = lastLineOf(parsed.value, first);
  return sourceOfWords(reason, rendering, first, last) ?? sourceOf(rendering.sourceLines, first, last);
}

/** The line before the next resource or section. */
function lastLineOf(template: StackTemplate, first: number): number {
  const resources = [...template.resources.keys()].map((id) => resourcePosition(template, id).line);
  const sections = Object.keys(template.body).map((name) => template.positions.along(template.body, [name]).line);
  const next = Math.min(...[...resources, ...sections].filter((line) => line > first));
  return Number.isFinite(next) ? next - 1 : template.text.split('\n').length;
}

/** Words that a provider's message takes from the template: names with a separator, or anything in quotes. */
const distinctive = /[A-Za-z0-9]+(?:[-_./:][A-Za-z0-9]+)+|(?<=["'[])[^"'[\]\s]{3,}(?=["'\]])/g;

/** The one line of the rendered template that has a word of the message; undefined when none or several have it. */
function sourceOfWords(
  message: string,
  { template, sourceLines }: DeploymentRendering,
  first = 1,
  last = Number.POSITIVE_INFINITY,
): Source | undefined {
  const lines = template.split('\n').map((text, index) => ({ text, number: index + 1 }));
  const among = lines.filter(({ number }) => number >= first && number <= last);
  for (const [word] of message.matchAll(distinctive)) {
    const [hit, ...others] = among.filter(({ text }) => text.includes(word));
    if (hit && others.length === 0) return sourceOf(sourceLines, hit.number);
  }
  return undefined;
}
