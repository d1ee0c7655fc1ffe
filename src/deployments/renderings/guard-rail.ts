import { certainRefusal } from '../../cloudformation/index.ts';
import { accept, placeOf, type Result, type SourcePosition } from '../../errors/index.ts';
import type { DeploymentRendering } from './rendering.ts';
import { inputsReadAt, sourceAtOrBefore } from './source-lines.ts';

/** A check of what was rendered, before any call to the provider. */
export interface GuardRail {
  readonly name: string;
  readonly check: (rendering: DeploymentRendering) => Promise<Result<void>>;
}

/** @refuses as the first that says no */
export async function checkGuardRails(
  guardRails: readonly GuardRail[],
  rendering: DeploymentRendering,
): Promise<Result<void>> {
  for (const { check } of guardRails) {
    const checked = await check(rendering);
    if (!checked.ok) return checked;
  }
  return accept(undefined);
}

/** Proton fills in templates; it gives stacks no parameters. */
const parameterRemedy =
  'Stacks are given no parameters: give it a Default, or write an input of the schema in its place.';

/** What CloudFormation would certainly refuse is refused here, with the line of the author's template. */
export const stackTemplateIsTaken: GuardRail = {
  name: 'stack-template-is-taken',
  async check({ method, template, sourceLines, stackName, placements }) {
    if (method !== 'cloudformation') return accept(undefined);
    const originOf = (place: SourcePosition) => sourceAtOrBefore(sourceLines, place.line)?.position ?? place;
    for (const { accountId, region } of placements) {
      const pseudo = { accountId, region, stackName };
      const found = certainRefusal(template, { file: 'the rendered template', originOf, parameters: {}, pseudo });
      if (!found) continue;
      const { firstPosition, steps = [], ...refusal } = found;
      const inputs = inputsReadAt(
        sourceLines,
        [refusal.position, ...steps].filter((at) => at !== undefined),
      );
      const message = firstPosition
        ? `${refusal.message} The first comes from ${placeOf(firstPosition)}.`
        : refusal.message;
      const remedy = refusal.code === 'stack-parameter-invalid' ? parameterRemedy : refusal.remedy;
      return { ok: false, refusal: { ...refusal, message, remedy, inputs } };
    }
    return accept(undefined);
  },
};
