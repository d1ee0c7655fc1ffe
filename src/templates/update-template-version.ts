import { bumpTooSmall, type VersionReport } from '../changes/index.ts';
import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type CompatibleEnvironmentRefusal, checkEnvironments } from './compatible-environments.ts';
import { type VersionMissing, versionMissing } from './missing-template.ts';
import { isReportOn, predecessorOf } from './predecessor.ts';
import { currentReport } from './report-version.ts';
import { registeredMessage } from './status-message.ts';
import type { Template } from './template.ts';
import { templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import { type CompatibleEnvironment, type TemplateVersion, type VersionRef, versionCan } from './template-version.ts';
import {
  recommendationForget,
  templateVersionFind,
  type VersionChange,
  versionsListed,
  versionUpdate,
} from './template-version-store.ts';
import { type ListedVersion, mayDeploy, type VersionStatus } from './version-number.ts';

export interface UpdateVersionRequest {
  readonly description?: string;
  readonly status?: VersionStatus;
  readonly compatibleEnvironments?: readonly CompatibleEnvironment[];
  readonly supportedComponentSources?: readonly string[];
}

export type UpdateVersionRefusal =
  | VersionMissing
  | CompatibleEnvironmentRefusal
  | Refusal<'version-status-not-possible' | 'version-not-ready' | 'version-bump-too-small'>
  | Refusal<'version-deprecated' | 'version-withdrawn'>;

/** What becomes of a number that says too little: what the template says, or a warning whatever it says. */
export type BumpRule = 'as-set' | 'warn';

/** How often others may publish a version in between; each time the report is made anew. */
const attemptsMax = 5;

/**
 * Publishing is the only change of status there is; it never goes back. Changed lists never touch what runs.
 * @refuses to publish what is no draft or was withdrawn, and where the rule says so, what its number says too little of
 */
export async function updateTemplateVersion(
  tools: TemplateTools,
  ref: VersionRef,
  request: UpdateVersionRequest,
  bumpRule: BumpRule = 'warn',
): Promise<Result<TemplateVersion, UpdateVersionRefusal>> {
  if (request.status !== undefined && request.status !== 'PUBLISHED') {
    return refuse({
      kind: 'invalid',
      code: 'version-status-not-possible',
      message: `The status ${request.status} cannot be set.`,
      remedy: 'A draft can be set to PUBLISHED; nothing goes back.',
    });
  }
  for (let attempt = 1; ; attempt += 1) {
    // takes its time, and so is made outside the transaction
    const version = request.status && (await templateVersionFind(tools.db, ref));
    const report = version?.status === 'DRAFT' ? await currentReport(tools, version) : undefined;
    const updated = await update(tools, ref, request, bumpRule, report);
    if (!updated.ok) return updated;
    if (updated.value !== 'report-outdated') return accept(updated.value);
    if (attempt === attemptsMax) throw new Error(`others publish versions of ${ref.templateName} without end`);
  }
}

async function update(
  { db, clock, installation }: TemplateTools,
  ref: VersionRef,
  request: UpdateVersionRequest,
  bumpRule: BumpRule,
  report: VersionReport | undefined,
): Promise<Result<TemplateVersion | 'report-outdated', UpdateVersionRefusal>> {
  return transact<TemplateVersion | 'report-outdated', UpdateVersionRefusal>(db, async (tx) => {
    const template = await templateLock(tx, { kind: ref.kind, name: ref.templateName });
    const version = await templateVersionFind(tx, ref);
    if (!version || !template) return versionMissing(installation, ref);
    let published: Pick<VersionChange, 'report' | 'statusMessage'> = {};
    if (request.status === 'PUBLISHED' && version.status !== 'PUBLISHED') {
      const listed = await versionsListed(tx, template);
      const isReported = version.bundleDigest === null || isReportOn(report ?? null, predecessorOf(listed, ref));
      if (!isReported) return accept('report-outdated');
      const may = mayPublish(version, listed, report, bumpRule === 'as-set' ? template : undefined);
      if (!may.ok) return may;
      published = may.value;
      await forgetLowerRecommendation(tx, ref, listed);
    }
    const environments = await checkEnvironments(tx, installation, request.compatibleEnvironments ?? []);
    if (!environments.ok) return environments;
    const isOtherwise = version.status === 'DRAFT' && request.compatibleEnvironments !== undefined;
    await versionUpdate(tx, ref, { ...request, ...(isOtherwise && { report: null }), ...published, at: clock.now() });
    return accept((await templateVersionFind(tx, ref)) as TemplateVersion);
  });
}

/** @param template whose rule counts; undefined where a number that says too little only warns */
function mayPublish(
  version: TemplateVersion,
  listed: readonly ListedVersion[],
  report: VersionReport | undefined,
  template: Template | undefined,
): Result<Pick<VersionChange, 'report' | 'statusMessage'>, UpdateVersionRefusal> {
  if (!versionCan('publish', version.status)) {
    return refuse({
      kind: 'conflict',
      code: 'version-not-ready',
      message: `The version ${version.arn} is ${version.status} and cannot be published.`,
      remedy:
        version.status === 'REGISTRATION_FAILED'
          ? 'Correct the bundle and register a new version.'
          : 'Wait until it is a draft.',
    });
  }
  const open = mayDeploy(listed, version, version);
  if (!open.ok) return open;
  const tooSmall = report && bumpTooSmall(version, report);
  if (tooSmall && template?.versionEnforcement === 'refuse')
    return refuse({ kind: 'conflict', code: 'version-bump-too-small', ...tooSmall });
  return accept(report ? { report, statusMessage: registeredMessage(version, version.findings, report) } : {});
}

/** Whoever publishes a version wants it to be used: a lower minor that was recommended by name no longer is. */
async function forgetLowerRecommendation(tx: Db, ref: VersionRef, listed: readonly ListedVersion[]): Promise<void> {
  const named = listed.find(({ major, isRecommended }) => major === ref.major && isRecommended);
  if (named && named.minor < ref.minor) await recommendationForget(tx, ref);
}
