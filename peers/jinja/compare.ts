import { parseTemplate, renderTemplate } from '../../src/jinja/index.ts';
import type { Answer, Sample } from './jinja-peer.ts';

/** The answer of our own engine. */
export function ourAnswer({ template, context, files }: Sample): Answer {
  const parsed = parseTemplate(template, 'sample');
  const load = (name: string) => (Object.hasOwn(files, name) ? files[name] : undefined);
  if (!parsed.ok) return { failed: 'syntax', message: parsed.refusal.message };
  const rendered = renderTemplate(parsed.value, context, { load });
  if (rendered.ok) return { text: rendered.value.text };
  return { failed: 'rendering', message: rendered.refusal.message };
}

export function isSame(ours: Answer, theirs: Answer): boolean {
  if ('text' in ours && 'text' in theirs) return ours.text === theirs.text;
  if ('text' in ours || 'text' in theirs) return false;
  return (ours.failed === 'syntax') === (theirs.failed === 'syntax');
}
