import { accept, type Result } from '../errors/index.ts';
import { type ChangeVersionRefusal, changeRegisteredVersion } from './change-registered-version.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';

/**
 * Nothing is deployed at the version any more, neither something new nor what is at it; that stays as it is, can move to
 * another version and can be deleted. Deployments under way go on.
 * @param reason for people; shown in the status message
 * @refuses a version that is not registered
 */
export async function withdrawTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
  reason?: string,
): Promise<Result<TemplateVersion, ChangeVersionRefusal>> {
  return changeRegisteredVersion(tools, ref, 'withdraw', async () =>
    accept({ availability: 'withdrawn', availabilityReason: reason ?? null, isRecommended: false }),
  );
}
