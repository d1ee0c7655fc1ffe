import { transact } from '../database/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { type TemplateMissing, templateMissing } from './missing-template.ts';
import type { Template, TemplateRef } from './template.ts';
import { type TemplateChange, templateFind, templateLock, templateUpdate } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';

export async function updateTemplate(
  { db, clock, installation }: TemplateTools,
  ref: TemplateRef,
  change: Omit<TemplateChange, 'at'>,
): Promise<Result<Template, TemplateMissing>> {
  return transact<Template, TemplateMissing>(db, async (tx) => {
    if (!(await templateLock(tx, ref))) return templateMissing(installation, ref);
    await templateUpdate(tx, ref, { ...change, at: clock.now() });
    return accept((await templateFind(tx, ref)) as Template);
  });
}
