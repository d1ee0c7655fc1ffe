import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type CompatibleEnvironmentRefusal, checkEnvironments } from './compatible-environments.ts';
import { type VersionMissing, versionMissing } from './missing-template.ts';
import { templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import { type CompatibleEnvironment, type TemplateVersion, type VersionRef, versionCan } from './template-version.ts';
import { templateVersionFind, versionUpdate } from './template-version-store.ts';
import type { VersionStatus } from './version-number.ts';

export interface UpdateVersionRequest {
  readonly description?: string;
  readonly status?: VersionStatus;
  readonly compatibleEnvironments?: readonly CompatibleEnvironment[];
  readonly supportedComponentSources?: readonly string[];
}

export type UpdateVersionRefusal =
  | VersionMissing
  | CompatibleEnvironmentRefusal
  | Refusal<'version-status-not-possible' | 'version-not-ready'>;

/** Publishing is the only change of status there is; it never goes back. Changed lists never touch what runs. */
export async function updateTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
  request: UpdateVersionRequest,
): Promise<Result<TemplateVersion, UpdateVersionRefusal>> {
  const { db, clock, installation } = tools;
  return transact<TemplateVersion, UpdateVersionRefusal>(db, async (tx) => {
    await templateLock(tx, { kind: ref.kind, name: ref.templateName });
    const version = await templateVersionFind(tx, ref);
    if (!version) return versionMissing(installation, ref);
    if (request.status !== undefined && request.status !== 'PUBLISHED') {
      return refuse({
        kind: 'invalid',
        code: 'version-status-not-possible',
        message: `The status ${request.status} cannot be set.`,
        remedy: 'A draft can be set to PUBLISHED; nothing goes back.',
      });
    }
    if (request.status === 'PUBLISHED' && !versionCan('publish', version.status)) {
      return refuse({
        kind: 'conflict',
        code: 'version-not-ready',
        message: `The version ${version.arn} is ${version.status} and cannot be published.`,
        remedy:
          version.status === 'REGISTRATION_FAILED'
            ? 'Correct the bundle and register a new version.'
            : 'Wait until it is a draft.',
      });
    }
    const environments = await checkEnvironments(tx, installation, request.compatibleEnvironments ?? []);
    if (!environments.ok) return environments;
    await versionUpdate(tx, ref, { ...request, at: clock.now() });
    return accept((await templateVersionFind(tx, ref)) as TemplateVersion);
  });
}
