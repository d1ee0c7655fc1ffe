import { targetFind, targetOutputs } from '../../deployments/index.ts';
import {
  cancelEnvironmentDeployment,
  createEnvironment,
  deleteEnvironment,
  type Environment,
  type EnvironmentTools,
  environmentFind,
  environmentMissing,
  listEnvironments,
  shownVersion,
  updateEnvironment,
} from '../../environments/index.ts';
import { accept, type Result } from '../../errors/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations } from './operation.ts';
import { outputList, provisionedResourceList } from './output-list.ts';

export function environmentOperations(tools: EnvironmentTools) {
  const { db, installation } = tools;

  async function found(name: string): Promise<Result<Environment>> {
    const environment = await environmentFind(db, name);
    return environment ? accept(environment) : environmentMissing(installation, name);
  }
  const detail = (result: Result<Environment>) =>
    result.ok ? accept({ environment: environmentDetail(installation, result.value) }) : result;

  return {
    CreateEnvironment: async (input, { caller }) => {
      const { templateMajorVersion, templateMinorVersion, ...rest } = input;
      const version = versionParts({ templateMajorVersion, templateMinorVersion });
      const request = { ...rest, majorVersion: Number(templateMajorVersion), minorVersion: version.minorVersion };
      return detail(await createEnvironment(tools, request, caller.id));
    },
    UpdateEnvironment: async (input, { caller }) => {
      const { templateMajorVersion, templateMinorVersion, ...rest } = input;
      const version = versionParts({ templateMajorVersion, templateMinorVersion });
      return detail(await updateEnvironment(tools, { ...rest, ...version }, caller.id));
    },
    DeleteEnvironment: async ({ name }, { caller }) => {
      const deleted = await deleteEnvironment(tools, name, caller.id);
      if (!deleted.ok) return deleted;
      return accept(deleted.value ? { environment: environmentDetail(installation, deleted.value) } : {});
    },
    CancelEnvironmentDeployment: async ({ environmentName }, { caller }) =>
      detail(await cancelEnvironmentDeployment(tools, environmentName, caller.id)),
    GetEnvironment: async ({ name }) => detail(await found(name)),
    ListEnvironments: async ({ environmentTemplates = [], ...page }, { reads }) => {
      const templates = environmentTemplates.map(({ templateName, majorVersion }) => ({
        templateName,
        majorVersion: Number(majorVersion),
      }));
      const listed = await listEnvironments(db, templates, page, reads);
      if (!listed.ok) return listed;
      const { items, nextToken } = listed.value;
      return accept({ environments: items.map((each) => environmentSummary(each)), nextToken });
    },
    ListEnvironmentOutputs: async ({ environmentName, deploymentId }) => {
      const environment = await found(environmentName);
      if (!environment.ok) return environment;
      const outputs = await targetOutputs(db, environment.value.arn, deploymentId);
      return outputs.ok ? accept({ outputs: outputList(outputs.value) }) : outputs;
    },
    ListEnvironmentProvisionedResources: async ({ environmentName }) => {
      const environment = await found(environmentName);
      if (!environment.ok) return environment;
      const target = await targetFind(db, environment.value.arn);
      return accept({ provisionedResources: provisionedResourceList(target?.resources ?? []) });
    },
  } satisfies ProtonOperations;
}

function versionParts(input: { readonly templateMajorVersion?: string; readonly templateMinorVersion?: string }) {
  const part = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { majorVersion: part(input.templateMajorVersion), minorVersion: part(input.templateMinorVersion) };
}

function environmentSummary(environment: Environment): wire.EnvironmentSummary {
  const { major, minor } = shownVersion(environment);
  return {
    name: environment.name,
    arn: environment.arn,
    description: environment.description,
    templateName: environment.templateName,
    templateMajorVersion: String(major),
    templateMinorVersion: String(minor),
    provisioning: environment.customerManaged ? 'CUSTOMER_MANAGED' : undefined,
    protonServiceRoleArn: environment.protonServiceRoleArn,
    componentRoleArn: environment.componentRoleArn,
    deploymentStatus: environment.status,
    deploymentStatusMessage: environment.statusMessage,
    createdAt: environment.createdAt,
    lastDeploymentAttemptedAt: environment.lastAttemptedAt,
    // Required by the model, and yet Proton left it out until the first success (user guide, "Create an environment").
    lastDeploymentSucceededAt: environment.lastSucceededAt as Date,
    lastAttemptedDeploymentId: environment.lastAttemptedId,
    lastSucceededDeploymentId: environment.lastSucceededId,
  };
}

function environmentDetail(installation: Installation, environment: Environment): wire.Environment {
  const { provisioningRepository: repository } = environment;
  const provider = repository?.provider as wire.RepositoryProvider;
  const repositoryArn =
    repository && protonArn(installation, `repository/${provider.toLowerCase()}:${repository.name}`);
  return {
    ...environmentSummary(environment),
    codebuildRoleArn: environment.codebuildRoleArn,
    provisioningRepository: repository && repositoryArn ? { ...repository, provider, arn: repositoryArn } : undefined,
    spec: shownVersion(environment).spec,
  };
}
