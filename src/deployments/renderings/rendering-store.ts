import { type JSONColumnType, type Selectable, sql } from 'kysely';
import type { PartName, ProvisioningMethod } from '../../bundles/index.ts';
import type { ChildTemplates } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import { contentHash } from '../../identifiers/index.ts';
import type { Placement } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { DeploymentRendering } from './rendering.ts';
import type { SourceLines } from './source-lines.ts';

export interface RenderingColumns {
  deployment_id: string;
  method: ProvisioningMethod;
  stack_name: string;
  placements: JSONColumnType<Placement[]>;
  bundle_digest: string;
  part: PartName;
  template: string;
  template_digest: string;
  inputs: JSONColumnType<Record<string, unknown>>;
  secrets: JSONColumnType<string[]>;
  inputs_digest: string;
  tags: JSONColumnType<Record<string, string>>;
  source_lines: JSONColumnType<SourceLines>;
  /** Digests by path. */
  child_templates: JSONColumnType<Record<string, string>> | null;
}

/** With the texts in place of their digests. */
export type RenderingRow = Selectable<RenderingColumns> & { readonly children: ChildTemplates | null };

/** Texts of the child templates of a `rendering`, by path; null where they were not kept. */
export const childrenColumn = sql<ChildTemplates | null>`case when rendering.child_templates is not null then coalesce(
  (select jsonb_object_agg(child.key, child_template.text) from jsonb_each_text(rendering.child_templates) child
    join child_template on child_template.digest = child.value), '{}') end`;

type Tables = {
  child_template: { digest: string; text: string };
  deployment_rendering: RenderingColumns;
  deployment: { id: DeploymentId; rollback_skips: JSONColumnType<readonly string[]> | null };
};

/** Rendering again (after a crash, before anything was applied) replaces what was rendered. */
export async function renderingUpsert(db: Db, id: DeploymentId, rendering: DeploymentRendering): Promise<void> {
  const { childTemplates } = rendering;
  const children = Object.entries(childTemplates ?? {}).map(([path, text]) => ({ path, text, digest: textHash(text) }));
  if (children.length > 0) await childTemplatesInsert(db, children);
  const columns = {
    child_templates: childTemplates
      ? JSON.stringify(Object.fromEntries(children.map(({ path, digest }) => [path, digest])))
      : null,
    method: rendering.method,
    stack_name: rendering.stackName,
    placements: JSON.stringify(rendering.placements),
    bundle_digest: rendering.bundleDigest,
    part: rendering.part,
    template: rendering.template,
    template_digest: rendering.templateDigest,
    inputs: JSON.stringify(rendering.inputs),
    secrets: JSON.stringify(rendering.secrets),
    inputs_digest: rendering.inputsDigest,
    tags: JSON.stringify(rendering.tags),
    source_lines: JSON.stringify(rendering.sourceLines),
  };
  await db
    .withTables<Tables>()
    .insertInto('deployment_rendering')
    .values({ deployment_id: id, ...columns })
    .onConflict((conflict) => conflict.column('deployment_id').doUpdateSet(columns))
    .execute();
}

const textHash = (text: string) => contentHash(Buffer.from(text));

/** In the order of their digests: of two that keep the same ones at once, none waits for the other. */
async function childTemplatesInsert(db: Db, children: readonly { digest: string; text: string }[]): Promise<void> {
  const texts = new Map(children.map(({ digest, text }) => [digest, text]));
  const values = [...texts].map(([digest, text]) => ({ digest, text })).sort((a, b) => (a.digest < b.digest ? -1 : 1));
  await db
    .withTables<Tables>()
    .insertInto('child_template')
    .values(values)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** undefined while nothing was rendered, for a deletion, and for an unknown deployment. */
export async function renderingFind(db: Db, id: string): Promise<DeploymentRendering | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_rendering as rendering')
    .innerJoin('deployment', 'deployment.id', 'rendering.deployment_id')
    .selectAll('rendering')
    .select(['deployment.rollback_skips', childrenColumn.as('children')])
    .where('deployment_id', '=', id)
    .executeTakeFirst();
  return row && { ...renderingOf(row), rollbackSkips: row.rollback_skips ?? undefined };
}

export function renderingOf(row: RenderingRow): DeploymentRendering {
  return {
    method: row.method,
    stackName: row.stack_name,
    placements: row.placements,
    bundleDigest: row.bundle_digest,
    part: row.part,
    template: row.template,
    templateDigest: row.template_digest,
    ...(row.children && { childTemplates: row.children }),
    inputs: row.inputs,
    secrets: row.secrets,
    inputsDigest: row.inputs_digest,
    tags: row.tags,
    sourceLines: row.source_lines,
  };
}

/** Of a deployment that has one, since its step came after the rendering. */
export async function renderingGet(db: Db, id: DeploymentId): Promise<DeploymentRendering> {
  const rendering = await renderingFind(db, id);
  if (!rendering) throw new Error(`nothing was rendered for the deployment ${id}`);
  return rendering;
}
