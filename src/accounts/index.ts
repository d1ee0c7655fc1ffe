/**
 * Accounts: the settings of the account in which this installation works.
 *
 * Lives here: the roles for pipelines. Never here: principals (organization), how a role is used (provisioners).
 */
export {
  type AccountSettings,
  type AccountSettingsChange,
  type AccountSettingsRefusal,
  accountSettings,
  updateAccountSettings,
} from './account-settings.ts';
