import { transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type CreateByNameRefusal, createByName, parametersHash } from '../idempotency/index.ts';
import { newId } from '../identifiers/index.ts';
import { type NewPlacementRefusal, type PrincipalId, placementRecord } from '../organization/index.ts';
import { type TagRefusal, tagResource } from '../tags/index.ts';
import { type Template, type TemplateKind, templateArn } from './template.ts';
import { templateCount, templateInsert, templateLock, templateNamesLock } from './template-store.ts';
import type { TemplateTools } from './template-tools.ts';

export interface CreateTemplateRequest {
  readonly name: string;
  readonly displayName?: string;
  readonly description?: string;
  readonly encryptionKey?: string;
  readonly customerManaged: boolean;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export type CreateTemplateRefusal =
  | CreateByNameRefusal
  | TagRefusal
  | NewPlacementRefusal
  | Refusal<'template-count-limit'>;

/**
 * Creating a template again with the same parameters answers with what exists, as long as it was not changed.
 * @refuses a name that is taken with other parameters, or whose template was changed; more templates than there may be
 */
export async function createTemplate(
  tools: TemplateTools,
  kind: TemplateKind,
  request: CreateTemplateRequest,
  by: PrincipalId,
): Promise<Result<Template, CreateTemplateRefusal>> {
  const { db, clock, installation, limits } = tools;
  const { name } = request;
  return transact<Template, CreateTemplateRefusal>(db, async (tx) => {
    await templateNamesLock(tx);
    const createHash = parametersHash(request);
    const existing = await templateLock(tx, { kind, name });
    const known = existing && { parametersHash: existing.createHash, modified: existing.modified };
    const may = createByName(`${kind} template '${name}'`, createHash, known);
    if (!may.ok) return may;
    if (existing) return accept(existing);
    if ((await templateCount(tx)) >= limits.templates) return tooMany(limits.templates);
    const now = clock.now();
    const arn = templateArn(installation, { kind, name });
    const template = {
      kind,
      name,
      creationId: newId(),
      arn,
      displayName: request.displayName ?? null,
      description: request.description ?? null,
      encryptionKey: request.encryptionKey ?? null,
      customerManaged: request.customerManaged,
      createHash,
      createdAt: now,
      lastModifiedAt: now,
    };
    const { tags } = request;
    // placed first: what is told of it from its first row on is told of this one
    const placed = await placementRecord(tx, { arn, kind: `${kind}-template`, tags, createdBy: by, at: now });
    if (!placed.ok) return placed;
    await templateInsert(tx, template);
    const tagged = await tagResource(tx, arn, tags ?? []);
    return tagged.ok ? accept({ ...template, modified: false, versionEnforcement: 'refuse' }) : tagged;
  });
}

function tooMany(max: number) {
  return refuse({
    kind: 'limit',
    code: 'template-count-limit' as const,
    message: `There are ${max} templates, as many as there may be.`,
    remedy: 'Delete templates that are not needed; an administrator can raise the limit.',
  });
}
