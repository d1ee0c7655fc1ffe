import { type Finding, readBundleArchive } from '../bundles/index.ts';
import type { VersionReport } from '../changes/index.ts';
import { accept, type Refusal, type Result } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { type ExaminationTools, examineBundle } from './examine-bundle.ts';
import { type TemplateMissing, templateMissing } from './missing-template.ts';
import type { TemplateRef } from './template.ts';
import { templateFind } from './template-store.ts';
import { majorCounters } from './template-version-store.ts';
import { type NextVersionRefusal, nextVersion, type VersionNumber } from './version-number.ts';

export interface CheckedVersion extends VersionNumber {
  readonly findings: readonly Finding[];
  /** Absent for a bundle that would be refused. */
  readonly report?: VersionReport;
}

/**
 * What would be said of a bundle if it were registered now. Nothing is kept.
 * @param major as in a registration: absent for a new one
 * @refuses a template that is not there, a major that is neither there nor the next, an archive that cannot be read
 */
export async function checkTemplateVersion(
  tools: ExaminationTools & { readonly installation: Installation },
  template: TemplateRef,
  archive: Uint8Array,
  major?: number,
): Promise<Result<CheckedVersion, TemplateMissing | NextVersionRefusal | Refusal>> {
  const { db, installation } = tools;
  if (!(await templateFind(db, template))) return templateMissing(installation, template);
  const number = nextVersion(await majorCounters(db, template), major);
  if (!number.ok) return number;
  const bundle = await readBundleArchive(archive);
  if (!bundle.ok) return bundle;
  const ref = { kind: template.kind, templateName: template.name, ...number.value };
  const { findings, report } = await examineBundle(tools, ref, bundle.value);
  return accept({ ...number.value, findings, ...(report && { report }) });
}
