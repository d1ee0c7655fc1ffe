import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';

/** How this account runs pipelines. Source: AWS Proton user guide, "Account settings". */
export interface AccountSettings {
  readonly pipelineServiceRoleArn: string | null;
  readonly pipelineCodebuildRoleArn: string | null;
}

export interface AccountSettingsChange {
  /** An empty text clears it; absent keeps it. */
  readonly pipelineServiceRoleArn?: string;
  readonly pipelineCodebuildRoleArn?: string;
  readonly pipelineProvisioningRepository?: { readonly provider: string; readonly name: string };
  readonly deletePipelineProvisioningRepository?: boolean;
}

export type AccountSettingsRefusal = Refusal<'repository-not-linked' | 'repository-given-and-deleted'>;

type AccountTables = {
  account_settings: {
    one: boolean;
    pipeline_service_role_arn: string | null;
    pipeline_codebuild_role_arn: string | null;
  };
};

export async function accountSettings(db: Db): Promise<AccountSettings> {
  return db
    .withTables<AccountTables>()
    .selectFrom('account_settings')
    .select([
      'pipeline_service_role_arn as pipelineServiceRoleArn',
      'pipeline_codebuild_role_arn as pipelineCodebuildRoleArn',
    ])
    .executeTakeFirstOrThrow();
}

/** @refuses a provisioning repository: repositories cannot be linked yet */
export async function updateAccountSettings(
  db: Db,
  change: AccountSettingsChange,
): Promise<Result<AccountSettings, AccountSettingsRefusal>> {
  const { pipelineProvisioningRepository: repository, deletePipelineProvisioningRepository: deletes } = change;
  if (repository && deletes) {
    return refuse({
      kind: 'invalid',
      code: 'repository-given-and-deleted',
      message: 'pipelineProvisioningRepository is given and to be deleted in one request.',
      remedy: 'Give one of both.',
    });
  }
  if (repository) {
    return refuse({
      kind: 'invalid',
      code: 'repository-not-linked',
      message: `The repository ${repository.provider}:${repository.name} is not linked.`,
      remedy:
        'Linking repositories is not available in this version of Deuteron; provision pipelines with CloudFormation.',
    });
  }
  const cleared = (value: string | undefined) => (value === '' ? null : value);
  await db
    .withTables<AccountTables>()
    .updateTable('account_settings')
    .set({
      one: true,
      pipeline_service_role_arn: cleared(change.pipelineServiceRoleArn),
      pipeline_codebuild_role_arn: cleared(change.pipelineCodebuildRoleArn),
    })
    .execute();
  return accept(await accountSettings(db));
}
