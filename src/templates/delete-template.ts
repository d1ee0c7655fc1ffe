import { foreignKeyUser, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import type { Template, TemplateRef } from './template.ts';
import { templateDelete, templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import { versionsListed } from './template-version-store.ts';
import { versionText } from './version-number.ts';

export type DeleteTemplateRefusal = Refusal<'template-not-empty' | 'template-in-use'>;

/** What was deleted; undefined when there was nothing to delete, which is a success too. */
export async function deleteTemplate(
  { db, clock }: TemplateTools,
  ref: TemplateRef,
): Promise<Result<Template | undefined, DeleteTemplateRefusal>> {
  try {
    return await transact<Template | undefined, DeleteTemplateRefusal>(db, async (tx) => {
      const template = await templateLock(tx, ref);
      if (!template) return accept(undefined);
      const versions = await versionsListed(tx, ref);
      if (versions.length > 0) {
        return refuse({
          kind: 'conflict',
          code: 'template-not-empty',
          message: `The ${ref.kind} template ${ref.name} still has versions: ${versions.map(versionText).join(', ')}.`,
          remedy: 'Delete its versions first.',
        });
      }
      await templateDelete(tx, ref);
      await tagsForget(tx, template.arn);
      await placementForget(tx, template.arn, clock.now());
      return accept(template);
    });
  } catch (error) {
    const user = foreignKeyUser(error);
    if (!user) throw error;
    return refuse({
      kind: 'conflict',
      code: 'template-in-use',
      message: `The ${ref.kind} template ${ref.name} is still used by a ${user.replaceAll('_', ' ')}.`,
      remedy: 'Delete what uses it first.',
    });
  }
}
