import { accept, type Result, refuse } from '../errors/index.ts';
import { type ChangeVersionRefusal, changeRegisteredVersion } from './change-registered-version.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';

/**
 * Nothing new comes to the version from now on. What is at it can be updated, also at this version.
 * @param reason for people; shown in the status message
 * @refuses a version that is not published, and one that was withdrawn, which is more
 */
export async function deprecateTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
  reason?: string,
): Promise<Result<TemplateVersion, ChangeVersionRefusal>> {
  return changeRegisteredVersion(tools, ref, 'deprecate', async ({ arn, availability }) => {
    if (availability === 'withdrawn') {
      return refuse({
        kind: 'conflict',
        code: 'version-withdrawn',
        message: `The version ${arn} was withdrawn, which is more than deprecated.`,
        remedy: 'Reinstate it first, if something may be deployed at it again.',
      });
    }
    return accept({ availability: 'deprecated', availabilityReason: reason ?? null, isRecommended: false });
  });
}
