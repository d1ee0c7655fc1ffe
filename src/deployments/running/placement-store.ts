import type { JSONColumnType } from 'kysely';
import type { StackAnalysis } from '../../changes/index.ts';
import type { Db } from '../../database/index.ts';
import type { Placement, Preview } from '../../provisioners/index.ts';
import type { DeploymentId } from '../deployment.ts';
import type { PlacementEnding } from './ending.ts';

type Tables = {
  deployment_placement: {
    deployment_id: string;
    position: number;
    placement: JSONColumnType<Placement>;
    analysis: JSONColumnType<StackAnalysis | null, string | null, string | null>;
    preview: JSONColumnType<Preview | null, string | null, string | null>;
    begun_at: Date | null;
    ending: JSONColumnType<PlacementEnding | null, string | null, string | null>;
  };
};

/** How far a deployment is in one of its accounts and regions. */
export interface PlacementProgress {
  /** 0 for the first. */
  readonly position: number;
  readonly placement: Placement;
  /** What it does there, said without a cloud. */
  readonly analysis?: StackAnalysis;
  readonly preview?: Preview;
  /** When the provider said that it works on it. */
  readonly begunAt?: Date;
  readonly ending?: PlacementEnding;
}

export async function placementInsert(
  db: Db,
  id: DeploymentId,
  position: number,
  placement: Placement,
  looked: { readonly analysis?: StackAnalysis; readonly preview?: Preview } = {},
): Promise<void> {
  const json = (value: object | undefined) => (value ? JSON.stringify(value) : null);
  const { analysis, preview } = looked;
  const columns = { placement: JSON.stringify(placement), analysis: json(analysis), preview: json(preview) };
  await db
    .withTables<Tables>()
    .insertInto('deployment_placement')
    .values({ deployment_id: id, position, ...columns })
    .onConflict((conflict) => conflict.columns(['deployment_id', 'position']).doUpdateSet(columns))
    .execute();
}

export async function placementBegun(db: Db, id: DeploymentId, position: number, at: Date): Promise<void> {
  await db
    .withTables<Tables>()
    .updateTable('deployment_placement')
    .set({ begun_at: at })
    .where('deployment_id', '=', id)
    .where('position', '=', position)
    .execute();
}

export async function placementEnded(
  db: Db,
  id: DeploymentId,
  position: number,
  ending: PlacementEnding,
): Promise<void> {
  await db
    .withTables<Tables>()
    .updateTable('deployment_placement')
    .set({ ending: JSON.stringify(ending) })
    .where('deployment_id', '=', id)
    .where('position', '=', position)
    .where('ending', 'is', null)
    .execute();
}

/** In order. */
export async function placementsOf(db: Db, id: DeploymentId): Promise<PlacementProgress[]> {
  const rows = await db
    .withTables<Tables>()
    .selectFrom('deployment_placement')
    .selectAll()
    .where('deployment_id', '=', id)
    .orderBy('position')
    .execute();
  return rows.map((row) => ({
    position: row.position,
    placement: row.placement,
    analysis: row.analysis ?? undefined,
    preview: row.preview ?? undefined,
    begunAt: row.begun_at ?? undefined,
    ending: row.ending ?? undefined,
  }));
}
