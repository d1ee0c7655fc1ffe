import { parseProtonArn, protonArn } from '../../identifiers/index.ts';
import type { ResourceReference } from '../../organization/index.ts';
import type { TemplateKind } from '../../templates/index.ts';
import {
  type Act,
  type ActTools,
  accountThing,
  acts,
  componentThing,
  environmentCreation,
  environmentThing,
  type Governed,
  instanceCreation,
  instanceThing,
  type KindVerb,
  lists,
  onInstallation,
  onThing,
  pipelineThing,
  reachOf,
  serviceCreation,
  serviceThing,
  serviceUpdate,
  templateThing,
  thingOfArn,
} from '../authorisation/index.ts';
import type { OperationInputs, OperationName } from './operation.ts';
import { knownArn } from './resource-arn.ts';

type ActsOf<Name extends OperationName> = (
  input: OperationInputs[Name],
  tools: ActTools,
) => Governed | Promise<Governed>;

/** What an operation does and to what, of an input that has passed the API model. */
export function operationActs<Name extends OperationName>(
  operation: Name,
  input: OperationInputs[Name],
  tools: ActTools,
): Governed | Promise<Governed> {
  const of: ActsOf<Name> = operations[operation];
  return of(input, tools);
}

const kindOf = (templateType: string): TemplateKind => (templateType === 'SERVICE' ? 'service' : 'environment');

/** Of anything that has an ARN: of versions their template's, of deployments their target's, of the rest the installation's. */
function onArn({ installation }: ActTools, given: string, does: KindVerb): Act {
  const arn = knownArn(given);
  const { resource = '' } = parseProtonArn(arn) ?? {};
  const [, deployment] = /^deployment\/(.+)$/.exec(resource) ?? [];
  if (deployment !== undefined && arn === protonArn(installation, resource))
    return { to: 'deployment', id: deployment, does, change: 'none' };
  const thing = thingOfArn(arn);
  if (thing) return onThing(thing, does);
  return onInstallation(does === 'read' ? 'organization:read' : 'settings:write');
}

const connections = (does: 'account:connect') => acts(onInstallation(does));
const installationRead = () => acts(onInstallation('organization:read'));
const installationWrite = () => acts(onInstallation('settings:write'));

/** Every operation of the API, also those that are not available yet: what they would do is asked for all the same. */
const operations: { readonly [Name in OperationName]: ActsOf<Name> } = {
  AcceptEnvironmentAccountConnection: () => connections('account:connect'),
  CreateEnvironmentAccountConnection: () => connections('account:connect'),
  DeleteEnvironmentAccountConnection: () => connections('account:connect'),
  GetEnvironmentAccountConnection: (_, tools) => acts(onThing(accountThing(tools), 'read')),
  ListEnvironmentAccountConnections: () => lists,
  RejectEnvironmentAccountConnection: () => connections('account:connect'),
  UpdateEnvironmentAccountConnection: () => connections('account:connect'),

  CancelComponentDeployment: ({ componentName }, tools) => acts(onThing(componentThing(tools, componentName), 'stop')),
  CreateComponent: ({ name, tags }, tools) =>
    acts({ to: 'new', verb: 'component:attach', ...componentThing(tools, name), tags }),
  DeleteComponent: ({ name }, tools) => acts(onThing(componentThing(tools, name), 'delete', 'unknown')),
  GetComponent: ({ name }, tools) => acts(onThing(componentThing(tools, name), 'read')),
  ListComponentOutputs: ({ componentName }, tools) => acts(onThing(componentThing(tools, componentName), 'read')),
  ListComponentProvisionedResources: ({ componentName }, tools) =>
    acts(onThing(componentThing(tools, componentName), 'read')),
  ListComponents: () => lists,
  UpdateComponent: ({ name, deploymentType }, tools) =>
    acts(onThing(componentThing(tools, name), 'update', reachOf({ deploymentType }))),

  CancelEnvironmentDeployment: ({ environmentName }, tools) =>
    acts(onThing(environmentThing(tools, environmentName), 'stop')),
  CreateEnvironment: (input, tools) => acts(...environmentCreation(tools, input)),
  DeleteEnvironment: ({ name }, tools) => acts(onThing(environmentThing(tools, name), 'delete', 'unknown')),
  GetEnvironment: ({ name }, tools) => acts(onThing(environmentThing(tools, name), 'read')),
  ListEnvironmentOutputs: ({ environmentName }, tools) =>
    acts(onThing(environmentThing(tools, environmentName), 'read')),
  ListEnvironmentProvisionedResources: ({ environmentName }, tools) =>
    acts(onThing(environmentThing(tools, environmentName), 'read')),
  ListEnvironments: () => lists,
  UpdateEnvironment: (input, tools) => acts(onThing(environmentThing(tools, input.name), 'update', reachOf(input))),

  CreateEnvironmentTemplate: ({ name, tags }, tools) =>
    acts({ to: 'new', verb: 'template:register', ...templateThing(tools, 'environment', name), tags }),
  CreateEnvironmentTemplateVersion: ({ templateName, source }, tools) =>
    acts(onThing(templateThing(tools, 'environment', templateName), 'update'), ...bundleRead(source)),
  DeleteEnvironmentTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'environment', name), 'delete')),
  DeleteEnvironmentTemplateVersion: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'environment', templateName), 'delete')),
  GetEnvironmentTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'environment', name), 'read')),
  GetEnvironmentTemplateVersion: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'environment', templateName), 'read')),
  ListEnvironmentTemplateVersions: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'environment', templateName), 'read')),
  ListEnvironmentTemplates: () => lists,
  UpdateEnvironmentTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'environment', name), 'update')),
  UpdateEnvironmentTemplateVersion: (input, tools) =>
    versionUpdate(templateThing(tools, 'environment', input.templateName), input),

  CreateServiceTemplate: ({ name, tags }, tools) =>
    acts({ to: 'new', verb: 'template:register', ...templateThing(tools, 'service', name), tags }),
  CreateServiceTemplateVersion: ({ templateName, source, compatibleEnvironmentTemplates: named }, tools) =>
    acts(
      onThing(templateThing(tools, 'service', templateName), 'update'),
      ...compatibleWith(tools, named),
      ...bundleRead(source),
    ),
  DeleteServiceTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'service', name), 'delete')),
  DeleteServiceTemplateVersion: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'service', templateName), 'delete')),
  GetServiceTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'service', name), 'read')),
  GetServiceTemplateVersion: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'service', templateName), 'read')),
  ListServiceTemplateVersions: ({ templateName }, tools) =>
    acts(onThing(templateThing(tools, 'service', templateName), 'read')),
  ListServiceTemplates: () => lists,
  UpdateServiceTemplate: ({ name }, tools) => acts(onThing(templateThing(tools, 'service', name), 'update')),
  UpdateServiceTemplateVersion: (input, tools) =>
    versionUpdate(
      templateThing(tools, 'service', input.templateName),
      input,
      ...compatibleWith(tools, input.compatibleEnvironmentTemplates),
    ),

  CreateService: (input, tools) => acts(...serviceCreation(tools, input)),
  DeleteService: ({ name }, tools) => acts(onThing(serviceThing(tools, name), 'delete', 'unknown')),
  GetService: ({ name }, tools) => acts(onThing(serviceThing(tools, name), 'read')),
  ListServices: () => lists,
  UpdateService: async (input, tools) => acts(...(await serviceUpdate(tools, input))),

  CancelServiceInstanceDeployment: ({ serviceName, serviceInstanceName }, tools) =>
    acts(onThing(instanceThing(tools, serviceName, serviceInstanceName), 'stop')),
  CreateServiceInstance: async (input, tools) => acts(...(await instanceCreation(tools, input))),
  GetServiceInstance: ({ serviceName, name }, tools) => acts(onThing(instanceThing(tools, serviceName, name), 'read')),
  ListServiceInstanceOutputs: ({ serviceName, serviceInstanceName }, tools) =>
    acts(onThing(instanceThing(tools, serviceName, serviceInstanceName), 'read')),
  ListServiceInstanceProvisionedResources: ({ serviceName, serviceInstanceName }, tools) =>
    acts(onThing(instanceThing(tools, serviceName, serviceInstanceName), 'read')),
  ListServiceInstances: ({ serviceName }, tools) =>
    serviceName === undefined ? lists : acts(onThing(serviceThing(tools, serviceName), 'read')),
  UpdateServiceInstance: ({ serviceName, name, deploymentType }, tools) =>
    acts(onThing(instanceThing(tools, serviceName, name), 'update', reachOf({ deploymentType }))),

  CancelServicePipelineDeployment: ({ serviceName }, tools) => acts(onThing(pipelineThing(tools, serviceName), 'stop')),
  ListServicePipelineOutputs: ({ serviceName }, tools) => acts(onThing(pipelineThing(tools, serviceName), 'read')),
  ListServicePipelineProvisionedResources: ({ serviceName }, tools) =>
    acts(onThing(pipelineThing(tools, serviceName), 'read')),
  UpdateServicePipeline: ({ serviceName, deploymentType }, tools) =>
    acts(onThing(pipelineThing(tools, serviceName), 'update', reachOf({ deploymentType }))),

  DeleteDeployment: ({ id }) => acts({ to: 'deployment', id, does: 'update', change: 'none' }),
  GetDeployment: ({ id }) => acts({ to: 'deployment', id, does: 'read', change: 'none' }),
  ListDeployments: () => lists,
  NotifyResourceDeploymentStatusChange: ({ resourceArn }, tools) => acts(onArn(tools, resourceArn, 'update')),

  ListTagsForResource: ({ resourceArn }, tools) => acts(onArn(tools, resourceArn, 'read')),
  TagResource: ({ resourceArn }, tools) => acts(onArn(tools, resourceArn, 'update')),
  UntagResource: ({ resourceArn }, tools) => acts(onArn(tools, resourceArn, 'update')),

  GetAccountSettings: installationRead,
  GetResourcesSummary: () => lists,
  UpdateAccountSettings: installationWrite,

  CreateRepository: installationWrite,
  DeleteRepository: installationWrite,
  GetRepository: installationRead,
  GetRepositorySyncStatus: installationRead,
  ListRepositories: installationRead,
  ListRepositorySyncDefinitions: installationRead,

  CreateServiceSyncConfig: ({ serviceName }, tools) => acts(onThing(serviceThing(tools, serviceName), 'update')),
  DeleteServiceSyncConfig: ({ serviceName }, tools) => acts(onThing(serviceThing(tools, serviceName), 'update')),
  GetServiceInstanceSyncStatus: ({ serviceName, serviceInstanceName }, tools) =>
    acts(onThing(instanceThing(tools, serviceName, serviceInstanceName), 'read')),
  GetServiceSyncBlockerSummary: ({ serviceName }, tools) => acts(onThing(serviceThing(tools, serviceName), 'read')),
  GetServiceSyncConfig: ({ serviceName }, tools) => acts(onThing(serviceThing(tools, serviceName), 'read')),
  UpdateServiceSyncBlocker: installationWrite, // its id does not say of which service it is
  UpdateServiceSyncConfig: ({ serviceName }, tools) => acts(onThing(serviceThing(tools, serviceName), 'update')),

  CreateTemplateSyncConfig: ({ templateType, templateName }, tools) =>
    acts(onThing(templateThing(tools, kindOf(templateType), templateName), 'update')),
  DeleteTemplateSyncConfig: ({ templateType, templateName }, tools) =>
    acts(onThing(templateThing(tools, kindOf(templateType), templateName), 'update')),
  GetTemplateSyncConfig: ({ templateType, templateName }, tools) =>
    acts(onThing(templateThing(tools, kindOf(templateType), templateName), 'read')),
  GetTemplateSyncStatus: ({ templateType, templateName }, tools) =>
    acts(onThing(templateThing(tools, kindOf(templateType), templateName), 'read')),
  UpdateTemplateSyncConfig: ({ templateType, templateName }, tools) =>
    acts(onThing(templateThing(tools, kindOf(templateType), templateName), 'update')),
};

/** Publishing has a verb of its own; what else is changed is registered. */
function versionUpdate(
  of: ResourceReference,
  { status, ...input }: OperationInputs['UpdateServiceTemplateVersion'],
  ...compatible: readonly Act[]
): Governed {
  const { description, supportedComponentSources, compatibleEnvironmentTemplates } = input;
  const isDescribed = [description, supportedComponentSources, compatibleEnvironmentTemplates].some(
    (each) => each !== undefined,
  );
  const publish: Act = { to: 'thing', ...of, verb: 'template:publish', change: 'none' };
  const changes = status === undefined ? [] : [publish];
  return acts(...changes, ...(isDescribed || status === undefined ? [onThing(of, 'update')] : []), ...compatible);
}

/** Whoever registers a bundle reads it. */
function bundleRead({ s3 }: OperationInputs['CreateServiceTemplateVersion']['source']): Act[] {
  return s3 ? [{ to: 'object', object: s3, does: 'read' }] : [];
}

/** Templates of environments that a service template's version names: who names them may know of them. */
function compatibleWith(
  tools: ActTools,
  named: OperationInputs['CreateServiceTemplateVersion']['compatibleEnvironmentTemplates'] = [],
): Act[] {
  const names = new Set(named.map(({ templateName }) => templateName));
  return [...names].map((name) => onThing(templateThing(tools, 'environment', name), 'read'));
}
