import { type Db, transact } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { AccountSettings, ProvisioningRepository } from './account-settings.ts';
import { accountSettings, accountSettingsUpdate } from './account-settings-store.ts';

export interface AccountTools {
  readonly db: Db;
  /** Whether a repository was linked. */
  readonly repositoryExists: (db: Db, repository: Omit<ProvisioningRepository, 'branch'>) => Promise<boolean>;
}

export interface AccountSettingsChange {
  /** An empty text clears it; absent keeps it. */
  readonly pipelineServiceRoleArn?: string;
  readonly pipelineCodebuildRoleArn?: string;
  readonly pipelineProvisioningRepository?: ProvisioningRepository;
  readonly deletePipelineProvisioningRepository?: boolean;
}

export type AccountSettingsRefusal = Refusal<'repository-not-linked' | 'repository-given-and-deleted'>;

/** @refuses a repository that is not linked, and one that is given and deleted in one request */
export async function updateAccountSettings(
  { db, repositoryExists }: AccountTools,
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
  if (repository && !(await repositoryExists(db, repository))) {
    return refuse({
      kind: 'invalid',
      code: 'repository-not-linked',
      message: `The repository ${repository.provider}:${repository.name} is not linked.`,
      remedy:
        'Link it with CreateRepository first, where this version offers that; or provision pipelines with CloudFormation.',
    });
  }
  const cleared = (value: string | undefined) => (value === '' ? null : value);
  return transact<AccountSettings, AccountSettingsRefusal>(db, async (tx) => {
    await accountSettingsUpdate(tx, {
      pipelineServiceRoleArn: cleared(change.pipelineServiceRoleArn),
      pipelineCodebuildRoleArn: cleared(change.pipelineCodebuildRoleArn),
      pipelineProvisioningRepository: deletes ? null : repository,
    });
    return accept(await accountSettings(tx));
  });
}
