import { accept, type Result, refuse } from '../errors/index.ts';
import { type ChangeVersionRefusal, changeRegisteredVersion } from './change-registered-version.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { recommendationForget } from './template-version-store.ts';

/**
 * Makes a published version the recommended one of its major, in place of the highest, until a higher one is published.
 * @refuses a version that is not published, and one that is deprecated or withdrawn
 */
export async function recommendTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
): Promise<Result<TemplateVersion, ChangeVersionRefusal>> {
  return changeRegisteredVersion(tools, ref, 'recommend', async ({ arn, availability }, tx) => {
    if (availability !== 'open') {
      return refuse({
        kind: 'conflict',
        code: 'version-not-ready',
        message: `The version ${arn} is ${availability} and cannot be recommended.`,
        remedy: 'Reinstate it first, or recommend another one.',
      });
    }
    await recommendationForget(tx, ref);
    return accept({ isRecommended: true });
  });
}
