import type { AccountSettings } from '../accounts/index.ts';
import type { ProvisioningMethod } from '../bundles/index.ts';
import { methodNotAvailable } from '../deployments/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { ServiceTemplate } from './service-template.ts';

const settingOfMethod = {
  cloudformation: ['pipelineServiceRoleArn', '--pipeline-service-role-arn'],
  codebuild: ['pipelineCodebuildRoleArn', '--pipeline-codebuild-role-arn'],
  terraform: ['pipelineProvisioningRepository', '--pipeline-provisioning-repository'],
} as const satisfies Record<ProvisioningMethod, readonly [keyof AccountSettings, string]>;

/**
 * Pipelines lie in the account of this installation; what provisions them there is a setting of the account.
 * @refuses pipeline-role-missing when the method of the bundle's pipeline needs one that is not set, method-not-available
 */
export function checkPipelineRights(
  methods: ReadonlySet<ProvisioningMethod>,
  settings: AccountSettings,
  { pipelineMethod: method }: ServiceTemplate,
): Result<void, Refusal<'pipeline-role-missing' | 'method-not-available'>> {
  if (!method) return accept(undefined);
  if (!methods.has(method)) return methodNotAvailable(method);
  const [setting, flag] = settingOfMethod[method];
  if (settings[setting]) return accept(undefined);
  return refuse({
    kind: 'invalid',
    code: 'pipeline-role-missing',
    message: `The account settings have no ${setting}, with which pipelines are provisioned by ${method}.`,
    remedy: `An administrator sets it: aws proton update-account-settings ${flag} ...`,
  });
}
