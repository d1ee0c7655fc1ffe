import type { VersionReport } from '../changes/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { type VersionMissing, versionMissing } from './missing-template.ts';
import { currentReport, type ReportTools } from './report-version.ts';
import type { VersionRef } from './template-version.ts';
import { templateVersionFind } from './template-version-store.ts';

/**
 * The report that was made when a version was registered or published. One that was registered before there were reports
 * gets it now; it is not kept.
 * @refuses a version that is not there or not registered
 */
export async function readVersionReport(
  tools: ReportTools & { readonly installation: Installation },
  ref: VersionRef,
): Promise<Result<VersionReport, VersionMissing | Refusal<'version-not-ready'>>> {
  const version = await templateVersionFind(tools.db, ref);
  if (!version) return versionMissing(tools.installation, ref);
  const report = version.report ?? (await currentReport(tools, version));
  if (report) return accept(report);
  return refuse({
    kind: 'conflict',
    code: 'version-not-ready',
    message: `The version ${version.arn} is ${version.status} and has no report.`,
    remedy:
      version.status === 'REGISTRATION_FAILED'
        ? 'Correct the bundle and register a new version; its status message says what is wrong.'
        : 'Wait until it is a draft.',
  });
}
