import { type AccountSettings, accountSettings, updateAccountSettings } from '../../accounts/index.ts';
import type { Db } from '../../database/index.ts';
import { accept } from '../../errors/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations } from './operation.ts';

export function accountOperations({ db }: { readonly db: Db }) {
  const shown = (settings: AccountSettings): wire.AccountSettings => ({
    pipelineServiceRoleArn: settings.pipelineServiceRoleArn ?? undefined,
    pipelineCodebuildRoleArn: settings.pipelineCodebuildRoleArn ?? undefined,
  });
  return {
    GetAccountSettings: async () => accept({ accountSettings: shown(await accountSettings(db)) }),
    UpdateAccountSettings: async (input) => {
      const updated = await updateAccountSettings(db, input);
      return updated.ok ? accept({ accountSettings: shown(updated.value) }) : updated;
    },
  } satisfies ProtonOperations;
}
