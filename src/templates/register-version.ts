import { type Bundle, type Finding, readBundleArchive, upgradeStepTexts } from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { accept, describeRefusal, type Refusal, type Result, refuse } from '../errors/index.ts';
import { bundleInsert } from './bundle-store.ts';
import { describeFindings } from './describe-findings.ts';
import { type ExaminedBundle, examineBundle } from './examine-bundle.ts';
import { minorIncompatibilities } from './minor-compatibility.ts';
import { registeredMessage } from './status-message.ts';
import { templateLock } from './template-store.ts';
import type { RegistrationTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { schemasRegistered, templateVersionFind, versionUpdate } from './template-version-store.ts';
import { versionUpgradeKeep } from './version-upgrade-store.ts';

export type RegistrationRefusal = Refusal<'bundle-not-fetched' | 'bundle-refused'>;

/** Which registration: a version with the same number can come after this one was deleted together with its template. */
export interface Registration extends VersionRef {
  readonly registrationId: string;
}

/** Clients wait five minutes for a registration. Source: AWS Proton's waiters for registered template versions */
const fetchPatienceMs = 4 * 60_000;

/**
 * Fetches a version's bundle, checks it, reports what it does, and makes the version a draft. Harmless when it is run again.
 * @refuses a bundle that cannot be fetched (`unavailable` as long as it may be tried again), and one with errors: all of
 *   them in the message, one a line
 */
export async function registerVersion(
  tools: RegistrationTools,
  registration: Registration,
): Promise<Result<void, RegistrationRefusal>> {
  const { db, clock, fetchObject } = tools;
  const version = await registeringVersion(db, registration);
  if (!version) return accept(undefined); // deleted, or registered before a crash
  const fetched = await fetchObject(version.source);
  if (!fetched.ok) return notFetched(version, fetched.refusal, clock.now());
  const bundle = await readBundleArchive(fetched.value);
  if (!bundle.ok) return bundleRefused(describeRefusal(bundle.refusal));

  const examined = await examineBundle(tools, version, bundle.value);
  if (!examined.report) return refuseBundle(tools, version, examined.findings);
  const incompatible = await makeDraft(tools, registration, bundle.value, { ...examined, report: examined.report });
  if (incompatible.length > 0) return refuseBundle(tools, version, [...examined.findings, ...incompatible]);
  return accept(undefined);
}

/** The version, while it waits for this registration. */
export async function registeringVersion(db: Db, registration: Registration): Promise<TemplateVersion | undefined> {
  const version = await templateVersionFind(db, registration);
  const isSame = version?.registrationId === registration.registrationId;
  return isSame && version.status === 'REGISTRATION_IN_PROGRESS' ? version : undefined;
}

/**
 * Drafts of one template are made one after the other, so that each is compared with all before it.
 * @returns what forbids the draft; then nothing is changed
 */
async function makeDraft(
  { db, clock }: RegistrationTools,
  registration: Registration,
  bundle: Bundle,
  { checked: { schemaText = '' }, findings, report }: Required<ExaminedBundle>,
): Promise<readonly Finding[]> {
  const { kind, templateName, major, minor } = registration;
  const template = { kind, name: templateName };
  return db.transaction().execute(async (tx) => {
    await templateLock(tx, template);
    const version = await registeringVersion(tx, registration);
    if (!version) return [];
    const others = await schemasRegistered(tx, template, major);
    const incompatible = minorIncompatibilities(kind, { major, minor, schemaText }, others);
    if (incompatible.length > 0) return incompatible;
    const at = clock.now();
    await bundleInsert(tx, bundle, at);
    await versionUpgradeKeep(tx, version, { schemaText, steps: upgradeStepTexts(bundle) });
    await versionUpdate(tx, version, {
      status: 'DRAFT',
      statusMessage: registeredMessage(version, findings, report),
      bundleDigest: bundle.digest,
      schemaText,
      findings,
      report,
      at,
    });
    return [];
  });
}

async function refuseBundle({ db, clock }: RegistrationTools, version: TemplateVersion, findings: readonly Finding[]) {
  await versionUpdate(db, version, { findings, at: clock.now() });
  return bundleRefused(describeFindings(findings));
}

function bundleRefused(message: string) {
  return refuse({
    kind: 'invalid',
    code: 'bundle-refused' as const,
    message,
    remedy: '', // each line of the message has its own
  });
}

function notFetched({ source, createdAt }: TemplateVersion, refusal: Refusal, now: Date) {
  const isLate = now.getTime() - createdAt.getTime() > fetchPatienceMs;
  return refuse({
    kind: refusal.kind === 'unavailable' && !isLate ? 'unavailable' : 'invalid',
    code: 'bundle-not-fetched' as const,
    message: `The bundle s3://${source.bucket}/${source.key} cannot be fetched: ${refusal.message}`,
    remedy: `${refusal.remedy} Then register a new version.`,
  });
}
