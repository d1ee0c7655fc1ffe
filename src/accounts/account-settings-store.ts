import type { Db } from '../database/index.ts';
import type { AccountSettings } from './account-settings.ts';

type AccountTables = {
  account_settings: {
    one: boolean;
    pipeline_service_role_arn: string | null;
    pipeline_codebuild_role_arn: string | null;
    pipeline_repository_provider: string | null;
    pipeline_repository_name: string | null;
    pipeline_repository_branch: string | null;
  };
};

export async function accountSettings(db: Db): Promise<AccountSettings> {
  const row = await db.withTables<AccountTables>().selectFrom('account_settings').selectAll().executeTakeFirstOrThrow();
  const { pipeline_repository_provider: provider, pipeline_repository_name: name } = row;
  const { pipeline_repository_branch: branch } = row;
  return {
    pipelineServiceRoleArn: row.pipeline_service_role_arn,
    pipelineCodebuildRoleArn: row.pipeline_codebuild_role_arn,
    pipelineProvisioningRepository:
      provider === null || name === null || branch === null ? null : { provider, name, branch },
  };
}

/** Members that are absent stay as they are; null clears. */
export async function accountSettingsUpdate(db: Db, change: Partial<AccountSettings>): Promise<void> {
  const { pipelineProvisioningRepository: repository } = change;
  await db
    .withTables<AccountTables>()
    .updateTable('account_settings')
    .set({
      one: true, // so that there is something to set
      pipeline_service_role_arn: change.pipelineServiceRoleArn,
      pipeline_codebuild_role_arn: change.pipelineCodebuildRoleArn,
      pipeline_repository_provider: repository === null ? null : repository?.provider,
      pipeline_repository_name: repository === null ? null : repository?.name,
      pipeline_repository_branch: repository === null ? null : repository?.branch,
    })
    .execute();
}
