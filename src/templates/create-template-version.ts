import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type ClientTokenRefusal, parametersHash, recallRequest, rememberRequest } from '../idempotency/index.ts';
import { newId } from '../identifiers/index.ts';
import { type TagRefusal, tagResource } from '../tags/index.ts';
import { type CompatibleEnvironmentRefusal, checkEnvironments } from './compatible-environments.ts';
import { type TemplateMissing, templateMissing } from './missing-template.ts';
import { startRegistration } from './register-version-workflow.ts';
import { type TemplateKind, templateVersionArn } from './template.ts';
import { templateLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';
import type { BundleSource, CompatibleEnvironment, TemplateVersion } from './template-version.ts';
import {
  majorCount,
  majorCounters,
  versionFindByArn,
  versionInsert,
  versionsListed,
} from './template-version-store.ts';
import { type NextVersionRefusal, nextVersion } from './version-number.ts';

export interface CreateVersionRequest {
  readonly templateName: string;
  readonly majorVersion?: number;
  readonly description?: string;
  readonly source: BundleSource;
  readonly compatibleEnvironments?: readonly CompatibleEnvironment[];
  readonly supportedComponentSources?: readonly string[];
  readonly clientToken?: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export type CreateVersionRefusal =
  | TemplateMissing
  | NextVersionRefusal
  | ClientTokenRefusal
  | TagRefusal
  | CompatibleEnvironmentRefusal
  | Refusal<'template-version-limit'>;

/**
 * Gives the version its number and begins to register it; returns at once, REGISTRATION_IN_PROGRESS.
 * What the registration says is in the version's status and statusMessage.
 * @refuses a template that is not there, a major that is neither there nor the next, environments that do not exist, a
 *   client token that came with other parameters, more versions than there may be
 */
export async function createTemplateVersion(
  tools: TemplateTools,
  kind: TemplateKind,
  request: CreateVersionRequest,
): Promise<Result<TemplateVersion, CreateVersionRefusal>> {
  const { db, clock, installation, limits, engine } = tools;
  const name = request.templateName;
  const created = await transact<TemplateVersion, CreateVersionRefusal>(db, async (tx) => {
    const now = clock.now();
    const token = request.clientToken;
    const asked = token && {
      account: installation.accountId,
      operation: kind === 'environment' ? 'CreateEnvironmentTemplateVersion' : 'CreateServiceTemplateVersion',
      token,
      parametersHash: parametersHash(request),
      now,
    };
    if (asked) {
      const recalled = await recallRequest(tx, asked);
      if (!recalled.ok) return recalled;
      const known =
        recalled.value.answer === 'same' ? await versionFindByArn(tx, recalled.value.resourceArn) : undefined;
      if (known) return accept(known);
    }
    const template = await templateLock(tx, { kind, name });
    if (!template) return templateMissing(installation, { kind, name });
    const listed = await versionsListed(tx, { kind, name });
    if (listed.length >= limits.versionsPerTemplate) {
      return refuse({
        kind: 'limit',
        code: 'template-version-limit',
        message: `The template ${name} has ${listed.length} versions, as many as there may be.`,
        remedy: 'Delete versions that are not used; an administrator can raise the limit.',
      });
    }
    const environments = await checkEnvironments(tx, installation, request.compatibleEnvironments ?? []);
    if (!environments.ok) return environments;
    const number = nextVersion(await majorCounters(tx, { kind, name }), request.majorVersion);
    if (!number.ok) return number;

    const arn = templateVersionArn(installation, { kind, name }, number.value);
    const version: TemplateVersion = {
      ...number.value,
      kind,
      templateName: name,
      arn,
      registrationId: newId(),
      status: 'REGISTRATION_IN_PROGRESS',
      statusMessage: '',
      description: request.description ?? null,
      source: request.source,
      compatibleEnvironments: environments.value,
      supportedComponentSources: request.supportedComponentSources ?? [],
      schemaText: null,
      bundleDigest: null,
      findings: [],
      availability: 'open',
      availabilityReason: null,
      isRecommended: false,
      report: null,
      createdAt: now,
      lastModifiedAt: now,
    };
    await majorCount(tx, { kind, name }, number.value);
    await versionInsert(tx, version);
    const tagged = await tagResource(tx, arn, request.tags ?? [], template.arn);
    if (!tagged.ok) return tagged;
    if (asked) await rememberRequest(tx, asked, arn);
    return accept(version);
  });
  if (created.ok && created.value.status === 'REGISTRATION_IN_PROGRESS') await startRegistration(engine, created.value);
  return created;
}
