import { foreignKeyUser, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { forgetRequests } from '../idempotency/index.ts';
import { tagsForget } from '../tags/index.ts';
import { bundleForget } from './bundle-store.ts';
import { templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { templateVersionFind, versionDelete, versionsListed } from './template-version-store.ts';
import { type DeleteVersionRefusal, mayDeleteVersion } from './version-number.ts';

export type DeleteTemplateVersionRefusal = DeleteVersionRefusal | Refusal<'template-version-in-use'>;

/**
 * What was deleted; undefined when there was nothing to delete, which is a success too.
 * @refuses a recommended version while others are there, and a version that something is deployed at
 */
export async function deleteTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
): Promise<Result<TemplateVersion | undefined, DeleteTemplateVersionRefusal>> {
  const { db, usersOf } = tools;
  try {
    return await transact<TemplateVersion | undefined, DeleteTemplateVersionRefusal>(db, async (tx) => {
      const template = { kind: ref.kind, name: ref.templateName };
      await templateLock(tx, template);
      const version = await templateVersionFind(tx, ref);
      if (!version) return accept(undefined);
      const may = mayDeleteVersion(await versionsListed(tx, template), ref);
      if (!may.ok) return may;
      await versionDelete(tx, ref);
      if (version.bundleDigest !== null) await bundleForget(tx, version.bundleDigest);
      await tagsForget(tx, version.arn);
      await forgetRequests(tx, version.arn);
      return accept(version);
    });
  } catch (error) {
    if (!foreignKeyUser(error)) throw error;
    const users = await usersOf(db, ref);
    return refuse({
      kind: 'conflict',
      code: 'template-version-in-use',
      message: `Version ${ref.major}.${ref.minor} of ${ref.templateName} is deployed, or being deployed, on ${users.join(', ') || 'something'}.`,
      remedy: 'Move these to another version, or delete them, first.',
    });
  }
}
