import { type Bundle, environmentTexts } from '../bundles/index.ts';
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
export async function reportVersion(tools: ReportTools, ref: ReportedVersion, bundle: Bundle): Promise<VersionReport> {
  return reportAgainst(await versionBefore(tools.db, ref), tools, ref, bundle);
}

async function versionBefore(db: Db, ref: VersionRef): Promise<VersionNumber | undefined> {
  return predecessorOf(await versionsListed(db, { kind: ref.kind, name: ref.templateName }), ref);
}

async function reportAgainst(
  against: VersionNumber | undefined,
  { db, analysis = analysisInThisThread }: ReportTools,
  ref: ReportedVersion,
  bundle: Bundle,
): Promise<VersionReport> {
  if (!against) return { kind: 'first' };
  const { kind, templateName, compatibleEnvironments: is } = ref;
  const bump = bumpBetween(against, ref);
  const former = await templateVersionFind(db, { kind, templateName, ...against });
  const before = former && (await templateVersionBundle(db, former));
  if (!before?.ok) return { kind: 'compared', against, bump, comparison: bundleGone(against) };
  const compared = await analysis.compare({ kind, before: before.value, after: bundle });
  const was = former?.compatibleEnvironments;
  const comparison = was && is ? withEnvironments(compared, environmentTexts(was), environmentTexts(is)) : compared;
  return { kind: 'compared', against, bump, comparison };
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
  const before = await versionBefore(db, version);
  if (isReportOn(version.report, before)) return version.report;
  const bundle = await templateVersionBundle(db, version);
  return bundle.ok ? reportAgainst(before, tools, version, bundle.value) : undefined;
}
