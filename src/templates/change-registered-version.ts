import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type VersionMissing, versionMissing } from './missing-template.ts';
import { templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import { type TemplateVersion, templateVersionCan, type VersionRef, versionCan } from './template-version.ts';
import { templateVersionFind, type VersionChange, versionUpdate } from './template-version-store.ts';

export type ChangeVersionRefusal = VersionMissing | Refusal<'version-not-ready' | 'version-withdrawn'>;

/**
 * Changes how a registered version may be used, while nobody else changes its template.
 * @param change what becomes of the version, or why not
 * @refuses an action that the status of the version does not allow
 */
export async function changeRegisteredVersion(
  { db, clock, installation }: TemplateTools,
  ref: VersionRef,
  action: 'recommend' | 'deprecate' | 'withdraw',
  change: (version: TemplateVersion, tx: Db) => Promise<Result<Omit<VersionChange, 'at'>, ChangeVersionRefusal>>,
): Promise<Result<TemplateVersion, ChangeVersionRefusal>> {
  return transact<TemplateVersion, ChangeVersionRefusal>(db, async (tx) => {
    await templateLock(tx, { kind: ref.kind, name: ref.templateName });
    const version = await templateVersionFind(tx, ref);
    if (!version) return versionMissing(installation, ref);
    if (!versionCan(action, version.status)) {
      return refuse({
        kind: 'conflict',
        code: 'version-not-ready',
        message: `The version ${version.arn} is ${version.status}; ${action} is possible while it is ${templateVersionCan[action].join(' or ')}.`,
        remedy: 'Publish it first, or delete it.',
      });
    }
    const changed = await change(version, tx);
    if (!changed.ok) return changed;
    await versionUpdate(tx, ref, { ...changed.value, at: clock.now() });
    return accept((await templateVersionFind(tx, ref)) as TemplateVersion);
  });
}
