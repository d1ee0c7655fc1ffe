import {
  type ComparisonJson,
  changesMarkdown,
  decidingFinding,
  describeChanges,
  shownComparison,
} from '../changes/index.ts';
import { compareVersions, type ListedVersion, type VersionNumber, versionText } from './version-number.ts';

/** What a version does to whoever comes to it from the version before, said when it is registered. */
export type VersionReport =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'compared';
      readonly against: VersionNumber;
      /** What the number says: the step from `against`. */
      readonly bump: 'minor' | 'major';
      readonly comparison: ComparisonJson;
    };

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

export function bumpBetween(before: VersionNumber, after: VersionNumber): 'minor' | 'major' {
  return before.major === after.major ? 'minor' : 'major';
}

/** Whether a report is about the step from this version, as others may have been published since. */
export function isReportOn(report: VersionReport | null, before: VersionNumber | undefined): report is VersionReport {
  if (!report) return false;
  if (report.kind === 'first') return before === undefined;
  return before !== undefined && compareVersions(report.against, before) === 0;
}

/** What is wrong with the number of a version; undefined when it says enough. */
export interface BumpTooSmall {
  readonly message: string;
  readonly remedy: string;
}

/** Whether the number of a version says less than the version does: then what forces a larger step, and which. */
export function bumpTooSmall(version: VersionNumber, report: VersionReport): BumpTooSmall | undefined {
  if (report.kind === 'first' || report.bump === 'major' || report.comparison.requiredBump !== 'major')
    return undefined;
  const { against, comparison } = report;
  const finding = decidingFinding(comparison);
  const why = finding ? `${finding.part}: ${finding.code} ${finding.message}` : comparison.notes.join(' ');
  return {
    message: `Version ${versionText(version)} is ${comparison.versionClass} for whoever comes from ${versionText(against)}, which a minor version must not be. ${why.replace(/\.?$/, '.')}`,
    remedy: `Register the bundle as a new major version, or take back what forces one.`,
  };
}

/** For a person at a terminal. */
export function describeReport(version: VersionNumber, report: VersionReport): string {
  if (report.kind === 'first')
    return `${versionText(version)} is the first version: there is nothing to compare it with.`;
  const { against, bump, comparison } = report;
  const head = `${versionText(version)} after ${versionText(against)}: a ${bump} version, at least a ${comparison.requiredBump} one is needed.`;
  return [head, describeChanges(shownComparison(comparison)), ...verdictLines(version, report)].join('\n');
}

/** For a pull request. */
export function reportMarkdown(version: VersionNumber, report: VersionReport): string {
  if (report.kind === 'first')
    return `### Version ${versionText(version)}\n\nThe first one: there is nothing to compare it with.`;
  const { against, comparison } = report;
  const verdict = verdictLines(version, report).map(
    (line) => `> ${line.replaceAll('<', '&lt;').replaceAll('\n', ' ')}`,
  );
  const head = [`### Version ${versionText(version)} after ${versionText(against)}`, '', ...verdict];
  return [
    ...head,
    ...(verdict.length > 0 ? [''] : []),
    changesMarkdown(shownComparison(comparison)).replace(/^### /, '#### '),
  ].join('\n');
}

function verdictLines(version: VersionNumber, report: VersionReport): string[] {
  const tooSmall = bumpTooSmall(version, report);
  return tooSmall ? [`${tooSmall.message} ${tooSmall.remedy}`] : [];
}
