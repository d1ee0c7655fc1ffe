import {
  type AccountSettings,
  type AccountTools,
  accountSettings,
  type ProvisioningRepository,
  updateAccountSettings,
} from '../../accounts/index.ts';
import { accept } from '../../errors/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations } from './operation.ts';

export interface AccountOperationTools extends AccountTools {
  readonly installation: Installation;
}

export function accountOperations(tools: AccountOperationTools) {
  const repositoryBranch = ({ provider, name, branch }: ProvisioningRepository): wire.RepositoryBranch => ({
    arn: protonArn(tools.installation, `repository/${provider.toLowerCase()}:${name}`),
    provider: provider as wire.RepositoryProvider,
    name,
    branch,
  });
  const shown = (settings: AccountSettings): wire.AccountSettings => ({
    pipelineServiceRoleArn: settings.pipelineServiceRoleArn ?? undefined,
    pipelineCodebuildRoleArn: settings.pipelineCodebuildRoleArn ?? undefined,
    pipelineProvisioningRepository:
      settings.pipelineProvisioningRepository === null
        ? undefined
        : repositoryBranch(settings.pipelineProvisioningRepository),
  });
  return {
    GetAccountSettings: async () => accept({ accountSettings: shown(await accountSettings(tools.db)) }),
    UpdateAccountSettings: async (input) => {
      const updated = await updateAccountSettings(tools, input);
      return updated.ok ? accept({ accountSettings: shown(updated.value) }) : updated;
    },
  } satisfies ProtonOperations;
}
