import type { JSONColumnType, Selectable } from 'kysely';
import type { PartName, ProvisioningMethod } from '../../bundles/index.ts';
import type { Db } from '../../database/index.ts';
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
}

type Tables = {
  deployment_rendering: RenderingColumns;
  deployment: { id: DeploymentId; rollback_skips: JSONColumnType<readonly string[]> | null };
};

/** Rendering again (after a crash, before anything was applied) replaces what was rendered. */
export async function renderingUpsert(db: Db, id: DeploymentId, rendering: DeploymentRendering): Promise<void> {
  const columns = {
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

/** undefined while nothing was rendered, for a deletion, and for an unknown deployment. */
export async function renderingFind(db: Db, id: string): Promise<DeploymentRendering | undefined> {
  const row = await db
    .withTables<Tables>()
    .selectFrom('deployment_rendering')
    .innerJoin('deployment', 'deployment.id', 'deployment_rendering.deployment_id')
    .selectAll('deployment_rendering')
    .select('deployment.rollback_skips')
    .where('deployment_id', '=', id)
    .executeTakeFirst();
  return row && { ...renderingOf(row), rollbackSkips: row.rollback_skips ?? undefined };
}

export function renderingOf(row: Selectable<RenderingColumns>): DeploymentRendering {
  return {
    method: row.method,
    stackName: row.stack_name,
    placements: row.placements,
    bundleDigest: row.bundle_digest,
    part: row.part,
    template: row.template,
    templateDigest: row.template_digest,
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
