import type { VersionReport } from '../changes/index.ts';
import { compareVersions, type ListedVersion, type VersionNumber } from './version-number.ts';

/**
 * The version that another one follows on: of its major the last below it that is published, else the last that is
 * registered; of a new major the same of the majors before. Withdrawn ones do not count. Undefined for the first of all.
 */
export function predecessorOf(versions: readonly ListedVersion[], version: VersionNumber): VersionNumber | undefined {
  const below = versions
    .filter((each) => compareVersions(each, version) < 0 && each.availability !== 'withdrawn')
    .toSorted(compareVersions);
  const own = below.filter(({ major }) => major === version.major);
  for (const candidates of [own, below]) {
    for (const status of ['PUBLISHED', 'DRAFT'] as const) {
      const found = candidates.findLast((each) => each.status === status);
      if (found) return { major: found.major, minor: found.minor };
    }
  }
  return undefined;
}

/** Whether a report is about the step from this version, as others may have been published since. */
export function isReportOn(report: VersionReport | null, before: VersionNumber | undefined): report is VersionReport {
  if (!report) return false;
  if (report.kind === 'first') return before === undefined;
  return before !== undefined && compareVersions(report.against, before) === 0;
}
