import { accept, type Result } from '../errors/index.ts';
import { type ChangeVersionRefusal, changeRegisteredVersion } from './change-registered-version.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';

/** Takes back that a version was deprecated or withdrawn. An open one stays as it is. @refuses one that is not registered */
export async function reinstateTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
): Promise<Result<TemplateVersion, ChangeVersionRefusal>> {
  return changeRegisteredVersion(tools, ref, 'withdraw', async () =>
    accept({ availability: 'open', availabilityReason: null }),
  );
}
