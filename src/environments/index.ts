/**
 * Environments: what service instances run in.
 *
 * Lives here: environments, the rights with which they are provisioned, creating, updating and deleting them.
 * Never here: how a deployment goes (deployments), what runs in an environment (services). Start at environment.ts.
 */
export { cancelEnvironmentDeployment } from './cancel-environment-deployment.ts';
export { changeEnvironment, type EnvironmentChange } from './change-environment.ts';
export { type CreateEnvironmentRequest, createEnvironment } from './create-environment.ts';
export { type DeleteEnvironmentRefusal, deleteEnvironment } from './delete-environment.ts';
export {
  type ConnectionRefusal,
  checkRights,
  type Environment,
  type EnvironmentMissing,
  environmentArn,
  environmentMissing,
  environmentPlacement,
  isBusy,
  type ProvisioningRepository,
  type ProvisioningRights,
  type RightsRefusal,
  shownVersion,
  type VersionWithSpec,
} from './environment.ts';
export {
  environmentFind,
  environmentFindWithOutputs,
  environmentLock,
  type TemplateFilter,
} from './environment-store.ts';
export { environmentManagedTags, environmentTarget } from './environment-target.ts';
export { type EnvironmentTools, usualEnvironmentsMax } from './environment-tools.ts';
export { listEnvironments } from './list-environments.ts';
export { environmentRefusalCodes } from './refusal-codes.ts';
export { type UpdateEnvironmentRequest, updateEnvironment } from './update-environment.ts';
