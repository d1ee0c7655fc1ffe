import type { Result } from '../errors/index.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { type UpdateVersionRefusal, updateTemplateVersion } from './update-template-version.ts';

/**
 * Makes a draft a version for everybody. Publishing what is published changes nothing.
 * @refuses what is no draft, what was withdrawn, and what is more than its number says, unless the template only warns
 */
export async function publishTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
): Promise<Result<TemplateVersion, UpdateVersionRefusal>> {
  return updateTemplateVersion(tools, ref, { status: 'PUBLISHED' }, 'as-set');
}
