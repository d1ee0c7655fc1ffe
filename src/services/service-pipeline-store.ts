import type { Db } from '../database/index.ts';
import { type DeployedPart, newPartColumns, type PartColumns, type PartState, partOf } from './deployed-part.ts';

export type ServicePipeline = DeployedPart;

type PipelineRow = PartColumns & { service_name: string; arn: string; created_at: Date };
type PipelineTables = { service_pipeline: PipelineRow };

function pipelines(db: Db) {
  return db.withTables<PipelineTables>();
}

export async function pipelineInsert(
  tx: Db,
  pipeline: {
    readonly serviceName: string;
    readonly arn: string;
    readonly templateName: string;
    readonly target: PartState;
    readonly at: Date;
  },
): Promise<void> {
  await pipelines(tx)
    .insertInto('service_pipeline')
    .values({
      ...newPartColumns(pipeline.templateName, pipeline.target, pipeline.at),
      service_name: pipeline.serviceName,
      arn: pipeline.arn,
      created_at: pipeline.at,
    })
    .execute();
}

export async function pipelineFind(db: Db, serviceName: string): Promise<ServicePipeline | undefined> {
  const row = await pipelines(db)
    .selectFrom('service_pipeline')
    .selectAll()
    .where('service_name', '=', serviceName)
    .executeTakeFirst();
  return row && partOf(row);
}

export async function pipelineUpdate(tx: Db, serviceName: string, change: Partial<PipelineRow>): Promise<void> {
  await pipelines(tx).updateTable('service_pipeline').set(change).where('service_name', '=', serviceName).execute();
}

export async function pipelineDelete(tx: Db, serviceName: string): Promise<void> {
  await pipelines(tx).deleteFrom('service_pipeline').where('service_name', '=', serviceName).execute();
}
