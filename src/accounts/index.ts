/**
 * Accounts: the settings of the account in which this installation works.
 *
 * Lives here: the roles and the repository for pipelines. Never here: principals (organization), how a role is used
 * (provisioners).
 */
export type { AccountSettings, ProvisioningRepository } from './account-settings.ts';
export { accountSettings } from './account-settings-store.ts';
export {
  type AccountSettingsChange,
  type AccountSettingsRefusal,
  type AccountTools,
  updateAccountSettings,
} from './update-account-settings.ts';
