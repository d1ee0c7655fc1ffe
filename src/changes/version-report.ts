import { type ComparisonJson, decidingFinding, shownComparison } from './comparison-json.ts';
import { changesMarkdown, describeChanges } from './describe-changes.ts';
import type { Version } from './upgrade/upgrade-path.ts';

/** What a version does to whoever comes to it from the version before, said when it is registered. */
export type VersionReport =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'compared';
      readonly against: Version;
      /** What the number says: the step from `against`. */
      readonly bump: 'minor' | 'major';
      readonly comparison: ComparisonJson;
    };

export function bumpBetween(before: Version, after: Version): 'minor' | 'major' {
  return before.major === after.major ? 'minor' : 'major';
}

/** What is wrong with the number of a version; undefined when it says enough. */
export interface BumpTooSmall {
  readonly message: string;
  readonly remedy: string;
}

/** Whether the number of a version says less than the version does: then what forces a larger step, and which. */
export function bumpTooSmall(version: Version, report: VersionReport): BumpTooSmall | undefined {
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
export function describeReport(version: Version, report: VersionReport): string {
  if (report.kind === 'first')
    return `${versionText(version)} is the first version: there is nothing to compare it with.`;
  const { against, bump, comparison } = report;
  const head = `${versionText(version)} after ${versionText(against)}: a ${bump} version, at least a ${comparison.requiredBump} one is needed.`;
  return [head, describeChanges(shownComparison(comparison)), ...verdictLines(version, report)].join('\n');
}

/** For a pull request. */
export function reportMarkdown(version: Version, report: VersionReport): string {
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

function verdictLines(version: Version, report: VersionReport): string[] {
  const tooSmall = bumpTooSmall(version, report);
  return tooSmall ? [`${tooSmall.message} ${tooSmall.remedy}`] : [];
}

function versionText({ major, minor }: Version): string {
  return `${major}.${minor}`;
}
