import {
  type CheckedBundle,
  checkBundle,
  type Finding,
  isAcceptable,
  type ParameterSchema,
  readBundleArchive,
  readParameterSchema,
  schemaIncompatibilities,
} from '../bundles/index.ts';
import { accept, describeRefusal, type Refusal, type Result, refuse } from '../errors/index.ts';
import { bundleInsert } from './bundle-store.ts';
import type { TemplateKind } from './template.ts';
import { templateFind } from './template-store.ts';
import type { RegistrationTools } from './template-tools.ts';
import type { TemplateVersion, VersionRef } from './template-version.ts';
import { versionCan } from './template-version.ts';
import { templateVersionFind, versionList, versionUpdate } from './template-version-store.ts';
import { versionText } from './version-number.ts';

export type RegistrationRefusal = Refusal<'bundle-not-fetched' | 'bundle-refused'>;

/**
 * Fetches a version's bundle, checks it, and makes the version a draft. Harmless when it is run again.
 * @refuses a bundle that cannot be fetched, and one with errors: all of them in the message, one a line
 */
export async function registerVersion(
  tools: RegistrationTools,
  ref: VersionRef,
): Promise<Result<void, RegistrationRefusal>> {
  const { db, clock } = tools;
  const version = await templateVersionFind(db, ref);
  if (version?.status !== 'REGISTRATION_IN_PROGRESS') return accept(undefined); // deleted, or registered before a crash
  const fetched = await tools.fetchObject(version.source);
  if (!fetched.ok) return notFetched(version, fetched.refusal);
  const bundle = await readBundleArchive(fetched.value);
  if (!bundle.ok) return bundleRefused([], describeRefusal(bundle.refusal));

  const template = await templateFind(db, { kind: ref.kind, name: ref.templateName });
  const checked = await checkBundle(bundle.value, { kind: ref.kind, customerManaged: template?.customerManaged });
  const findings = [...checked.findings, ...(await compatibilityFindings(tools, version, checked))];
  if (!isAcceptable({ ...checked, findings })) {
    await versionUpdate(db, ref, { findings, at: clock.now() });
    return bundleRefused(findings);
  }
  await db.transaction().execute(async (tx) => {
    await bundleInsert(tx, bundle.value, clock.now());
    await versionUpdate(tx, ref, {
      status: 'DRAFT',
      statusMessage: describeFindings(findings.filter(({ severity }) => severity === 'warning')),
      bundleDigest: bundle.value.digest,
      schemaText: checked.schemaText,
      findings,
      at: clock.now(),
    });
  });
  return accept(undefined);
}

function notFetched(version: TemplateVersion, refusal: Refusal) {
  return refuse({
    kind: 'invalid' as const,
    code: 'bundle-not-fetched' as const,
    message: `The bundle s3://${version.source.bucket}/${version.source.key} cannot be fetched: ${refusal.message}`,
    remedy: refusal.remedy,
  });
}

function bundleRefused(findings: readonly Finding[], message = describeFindings(findings)) {
  return refuse({
    kind: 'invalid' as const,
    code: 'bundle-refused' as const,
    message,
    remedy: 'Correct the bundle and register it anew.',
  });
}

/** A later minor must accept what earlier minors of its major accepted. Source: AWS Proton user guide, "Template versions". */
async function compatibilityFindings(
  { db }: RegistrationTools,
  version: TemplateVersion,
  { schema }: CheckedBundle,
): Promise<Finding[]> {
  if (!schema) return [];
  const siblings = await versionList(db, { kind: version.kind, name: version.templateName }, version.major);
  const told = new Map<string, Finding>();
  for (const sibling of siblings.filter((each) => each.minor < version.minor && versionCan('deploy', each.status))) {
    const earlier = storedSchema(sibling, version.kind);
    for (const { path, message } of earlier ? schemaIncompatibilities(earlier, schema) : []) {
      if (told.has(`${path} ${message}`)) continue;
      told.set(`${path} ${message}`, {
        severity: 'error',
        rule: 'schema-incompatible',
        position: { file: 'schema/schema.yaml', line: 1, column: 1 },
        message: `${path}: ${message} Inputs that fit version ${versionText(sibling)} might not fit this one.`,
        remedy: 'Keep the input as it was, give it a default, or register a new major version.',
      });
    }
  }
  return [...told.values()];
}

function storedSchema(version: TemplateVersion, kind: TemplateKind): ParameterSchema | undefined {
  return version.schemaText === null ? undefined : readParameterSchema(version.schemaText, kind).schema;
}

/** One a line: place, what, how to mend it. At most what a status message can hold. */
export function describeFindings(findings: readonly Finding[]): string {
  const lines = findings.map(
    ({ position, message, remedy }) => `${position.file}:${position.line}:${position.column}: ${message} ${remedy}`,
  );
  const text = lines.join('\n');
  return text.length <= 5_000 ? text : `${text.slice(0, 4_950)}\n... and more: read the findings of the version.`;
}
