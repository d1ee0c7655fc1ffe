import { parseStackTemplate } from '../cloudformation/index.ts';
import { accept, placeOf, type Result } from '../errors/index.ts';
import type { DeploymentRendering } from './rendering.ts';
import { sourceOf } from './source-lines.ts';

/** A check of what was rendered, before any call to the provider. */
export interface GuardRail {
  readonly name: string;
  readonly check: (rendering: DeploymentRendering) => Promise<Result<void>>;
}

/** A rendered stack template has the structure that CloudFormation demands; what has not is refused at its source. */
export const stackTemplateParses: GuardRail = {
  name: 'stack-template-parses',
  async check({ method, template, sourceLines }) {
    if (method !== 'cloudformation') return accept(undefined);
    const parsed = parseStackTemplate(template);
    if (parsed.ok) return accept(undefined);
    const { refusal } = parsed;
    const { firstPosition, ...rest } = refusal;
    const source = refusal.position && sourceOf(sourceLines, refusal.position.line);
    const first = firstPosition && sourceOf(sourceLines, firstPosition.line);
    const message = first ? `${refusal.message} The first comes from ${placeOf(first.position)}.` : refusal.message;
    return { ok: false, refusal: { ...rest, message, position: source?.position, inputs: source?.inputs } };
  },
};
