import type { Bundle } from '../bundles/index.ts';
import { bumpBetween, type ComparisonJson, type VersionReport, withEnvironments } from '../changes/index.ts';
import type { Db } from '../database/index.ts';
import { templateVersionBundle } from './find-bundle.ts';
import { isReportOn, predecessorOf } from './predecessor.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { templateVersionFind, versionsListed } from './template-version-store.ts';
import { analysisInThisThread, type VersionAnalysis } from './version-analysis.ts';
import { type VersionNumber, versionText } from './version-number.ts';

export interface ReportTools {
  readonly db: Db;
  /** Who compares; absent: this thread. */
  readonly analysis?: VersionAnalysis;
}

/** A version, with the environments that it can live in; without them they are not compared. */
export type ReportedVersion = VersionRef & Partial<Pick<TemplateVersion, 'compatibleEnvironments'>>;

/** What a bundle does as this version, compared with the version before it. */
export async function reportVersion(
  { db, analysis = analysisInThisThread }: ReportTools,
  ref: ReportedVersion,
  bundle: Bundle,
): Promise<VersionReport> {
  const { kind, templateName } = ref;
  const against = predecessorOf(await versionsListed(db, { kind, name: templateName }), ref);
  const former = against && (await templateVersionFind(db, { kind, templateName, ...against }));
  const before = former && (await templateVersionBundle(db, former));
  if (!against) return { kind: 'first' };
  if (!before?.ok)
    return { kind: 'compared', against, bump: bumpBetween(against, ref), comparison: bundleGone(against) };
  const [was, is] = [environmentsOf(former), environmentsOf(ref)];
  const compared = await analysis.compare({ kind, before: before.value, after: bundle });
  const comparison = was && is ? withEnvironments(compared, was, is) : compared;
  return { kind: 'compared', against, bump: bumpBetween(against, ref), comparison };
}

function environmentsOf(version: Partial<Pick<TemplateVersion, 'compatibleEnvironments'>> | undefined) {
  return version?.compatibleEnvironments?.map(({ templateName, majorVersion }) => `${templateName}:${majorVersion}`);
}

function bundleGone(against: VersionNumber): ComparisonJson {
  const note = `The bundle of version ${versionText(against)} is gone. What is not known counts as breaking.`;
  return { versionClass: 'breaking', requiredBump: 'major', parts: [], notes: [note] };
}

/**
 * The report on a version as things are now: the stored one as long as the version before it is the same, else made anew.
 * Undefined for a version that is not registered.
 */
export async function currentReport(tools: ReportTools, version: TemplateVersion): Promise<VersionReport | undefined> {
  const { db } = tools;
  const before = predecessorOf(await versionsListed(db, { kind: version.kind, name: version.templateName }), version);
  if (isReportOn(version.report, before)) return version.report;
  const bundle = await templateVersionBundle(db, version);
  return bundle.ok ? reportVersion(tools, version, bundle.value) : undefined;
}
