// Made by `node src/api/proton/model/generate-types.ts` from api.json. Do not edit.

export interface AcceptEnvironmentAccountConnectionInput {
  readonly id: string;
}

export interface AcceptEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection: EnvironmentAccountConnection;
}

export interface AccountSettings {
  readonly pipelineCodebuildRoleArn?: string;
  readonly pipelineProvisioningRepository?: RepositoryBranch;
  readonly pipelineServiceRoleArn?: string;
}

export type BlockerStatus = 'ACTIVE' | 'RESOLVED';

export type BlockerType = 'AUTOMATED';

export interface CancelComponentDeploymentInput {
  readonly componentName: string;
}

export interface CancelComponentDeploymentOutput {
  readonly component: Component;
}

export interface CancelEnvironmentDeploymentInput {
  readonly environmentName: string;
}

export interface CancelEnvironmentDeploymentOutput {
  readonly environment: Environment;
}

export interface CancelServiceInstanceDeploymentInput {
  readonly serviceInstanceName: string;
  readonly serviceName: string;
}

export interface CancelServiceInstanceDeploymentOutput {
  readonly serviceInstance: ServiceInstance;
}

export interface CancelServicePipelineDeploymentInput {
  readonly serviceName: string;
}

export interface CancelServicePipelineDeploymentOutput {
  readonly pipeline: ServicePipeline;
}

export interface CompatibleEnvironmentTemplate {
  readonly majorVersion: string;
  readonly templateName: string;
}

export interface CompatibleEnvironmentTemplateInput {
  readonly majorVersion: string;
  readonly templateName: string;
}

export interface Component {
  readonly arn: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly description?: string;
  readonly environmentName: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastClientRequestToken?: string;
  readonly lastDeploymentAttemptedAt?: Date;
  readonly lastDeploymentSucceededAt?: Date;
  readonly lastModifiedAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly serviceSpec?: string;
}

export type ComponentDeploymentUpdateType = 'NONE' | 'CURRENT_VERSION';

export interface ComponentState {
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly serviceSpec?: string;
  readonly templateFile?: string;
}

export interface ComponentSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly environmentName: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastDeploymentAttemptedAt?: Date;
  readonly lastDeploymentSucceededAt?: Date;
  readonly lastModifiedAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
}

export interface CountsSummary {
  readonly components?: ResourceCountsSummary;
  readonly environmentTemplates?: ResourceCountsSummary;
  readonly environments?: ResourceCountsSummary;
  readonly pipelines?: ResourceCountsSummary;
  readonly serviceInstances?: ResourceCountsSummary;
  readonly serviceTemplates?: ResourceCountsSummary;
  readonly services?: ResourceCountsSummary;
}

export interface CreateComponentInput {
  readonly clientToken?: string;
  readonly description?: string;
  readonly environmentName?: string;
  readonly manifest: string;
  readonly name: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly serviceSpec?: string;
  readonly tags?: readonly Tag[];
  readonly templateFile: string;
}

export interface CreateComponentOutput {
  readonly component: Component;
}

export interface CreateEnvironmentAccountConnectionInput {
  readonly clientToken?: string;
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly environmentName: string;
  readonly managementAccountId: string;
  readonly roleArn?: string;
  readonly tags?: readonly Tag[];
}

export interface CreateEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection: EnvironmentAccountConnection;
}

export interface CreateEnvironmentInput {
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly description?: string;
  readonly environmentAccountConnectionId?: string;
  readonly name: string;
  readonly protonServiceRoleArn?: string;
  readonly provisioningRepository?: RepositoryBranchInput;
  readonly spec: string;
  readonly tags?: readonly Tag[];
  readonly templateMajorVersion: string;
  readonly templateMinorVersion?: string;
  readonly templateName: string;
}

export interface CreateEnvironmentOutput {
  readonly environment: Environment;
}

export interface CreateEnvironmentTemplateInput {
  readonly description?: string;
  readonly displayName?: string;
  readonly encryptionKey?: string;
  readonly name: string;
  readonly provisioning?: Provisioning;
  readonly tags?: readonly Tag[];
}

export interface CreateEnvironmentTemplateOutput {
  readonly environmentTemplate: EnvironmentTemplate;
}

export interface CreateEnvironmentTemplateVersionInput {
  readonly clientToken?: string;
  readonly description?: string;
  readonly majorVersion?: string;
  readonly source: TemplateVersionSourceInput;
  readonly tags?: readonly Tag[];
  readonly templateName: string;
}

export interface CreateEnvironmentTemplateVersionOutput {
  readonly environmentTemplateVersion: EnvironmentTemplateVersion;
}

export interface CreateRepositoryInput {
  readonly connectionArn: string;
  readonly encryptionKey?: string;
  readonly name: string;
  readonly provider: RepositoryProvider;
  readonly tags?: readonly Tag[];
}

export interface CreateRepositoryOutput {
  readonly repository: Repository;
}

export interface CreateServiceInput {
  readonly branchName?: string;
  readonly description?: string;
  readonly name: string;
  readonly repositoryConnectionArn?: string;
  readonly repositoryId?: string;
  readonly spec: string;
  readonly tags?: readonly Tag[];
  readonly templateMajorVersion: string;
  readonly templateMinorVersion?: string;
  readonly templateName: string;
}

export interface CreateServiceInstanceInput {
  readonly clientToken?: string;
  readonly name: string;
  readonly serviceName: string;
  readonly spec: string;
  readonly tags?: readonly Tag[];
  readonly templateMajorVersion?: string;
  readonly templateMinorVersion?: string;
}

export interface CreateServiceInstanceOutput {
  readonly serviceInstance: ServiceInstance;
}

export interface CreateServiceOutput {
  readonly service: Service;
}

export interface CreateServiceSyncConfigInput {
  readonly branch: string;
  readonly filePath: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly serviceName: string;
}

export interface CreateServiceSyncConfigOutput {
  readonly serviceSyncConfig?: ServiceSyncConfig;
}

export interface CreateServiceTemplateInput {
  readonly description?: string;
  readonly displayName?: string;
  readonly encryptionKey?: string;
  readonly name: string;
  readonly pipelineProvisioning?: Provisioning;
  readonly tags?: readonly Tag[];
}

export interface CreateServiceTemplateOutput {
  readonly serviceTemplate: ServiceTemplate;
}

export interface CreateServiceTemplateVersionInput {
  readonly clientToken?: string;
  readonly compatibleEnvironmentTemplates: readonly CompatibleEnvironmentTemplateInput[];
  readonly description?: string;
  readonly majorVersion?: string;
  readonly source: TemplateVersionSourceInput;
  readonly supportedComponentSources?: readonly ServiceTemplateSupportedComponentSourceType[];
  readonly tags?: readonly Tag[];
  readonly templateName: string;
}

export interface CreateServiceTemplateVersionOutput {
  readonly serviceTemplateVersion: ServiceTemplateVersion;
}

export interface CreateTemplateSyncConfigInput {
  readonly branch: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly subdirectory?: string;
  readonly templateName: string;
  readonly templateType: TemplateType;
}

export interface CreateTemplateSyncConfigOutput {
  readonly templateSyncConfig?: TemplateSyncConfig;
}

export interface DeleteComponentInput {
  readonly name: string;
}

export interface DeleteComponentOutput {
  readonly component?: Component;
}

export interface DeleteDeploymentInput {
  readonly id: string;
}

export interface DeleteDeploymentOutput {
  readonly deployment?: Deployment;
}

export interface DeleteEnvironmentAccountConnectionInput {
  readonly id: string;
}

export interface DeleteEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection?: EnvironmentAccountConnection;
}

export interface DeleteEnvironmentInput {
  readonly name: string;
}

export interface DeleteEnvironmentOutput {
  readonly environment?: Environment;
}

export interface DeleteEnvironmentTemplateInput {
  readonly name: string;
}

export interface DeleteEnvironmentTemplateOutput {
  readonly environmentTemplate?: EnvironmentTemplate;
}

export interface DeleteEnvironmentTemplateVersionInput {
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly templateName: string;
}

export interface DeleteEnvironmentTemplateVersionOutput {
  readonly environmentTemplateVersion?: EnvironmentTemplateVersion;
}

export interface DeleteRepositoryInput {
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export interface DeleteRepositoryOutput {
  readonly repository?: Repository;
}

export interface DeleteServiceInput {
  readonly name: string;
}

export interface DeleteServiceOutput {
  readonly service?: Service;
}

export interface DeleteServiceSyncConfigInput {
  readonly serviceName: string;
}

export interface DeleteServiceSyncConfigOutput {
  readonly serviceSyncConfig?: ServiceSyncConfig;
}

export interface DeleteServiceTemplateInput {
  readonly name: string;
}

export interface DeleteServiceTemplateOutput {
  readonly serviceTemplate?: ServiceTemplate;
}

export interface DeleteServiceTemplateVersionInput {
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly templateName: string;
}

export interface DeleteServiceTemplateVersionOutput {
  readonly serviceTemplateVersion?: ServiceTemplateVersion;
}

export interface DeleteTemplateSyncConfigInput {
  readonly templateName: string;
  readonly templateType: TemplateType;
}

export interface DeleteTemplateSyncConfigOutput {
  readonly templateSyncConfig?: TemplateSyncConfig;
}

export interface Deployment {
  readonly arn: string;
  readonly completedAt?: Date;
  readonly componentName?: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly environmentName: string;
  readonly id: string;
  readonly initialState?: DeploymentState;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastModifiedAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly targetArn: string;
  readonly targetResourceCreatedAt: Date;
  readonly targetResourceType: DeploymentTargetResourceType;
  readonly targetState?: DeploymentState;
}

export type DeploymentState =
  | {
      readonly component: ComponentState;
      readonly environment?: undefined;
      readonly serviceInstance?: undefined;
      readonly servicePipeline?: undefined;
    }
  | {
      readonly component?: undefined;
      readonly environment: EnvironmentState;
      readonly serviceInstance?: undefined;
      readonly servicePipeline?: undefined;
    }
  | {
      readonly component?: undefined;
      readonly environment?: undefined;
      readonly serviceInstance: ServiceInstanceState;
      readonly servicePipeline?: undefined;
    }
  | {
      readonly component?: undefined;
      readonly environment?: undefined;
      readonly serviceInstance?: undefined;
      readonly servicePipeline: ServicePipelineState;
    };

export type DeploymentStatus =
  | 'IN_PROGRESS'
  | 'FAILED'
  | 'SUCCEEDED'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'DELETE_COMPLETE'
  | 'CANCELLING'
  | 'CANCELLED';

export interface DeploymentSummary {
  readonly arn: string;
  readonly completedAt?: Date;
  readonly componentName?: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly environmentName: string;
  readonly id: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastModifiedAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly targetArn: string;
  readonly targetResourceCreatedAt: Date;
  readonly targetResourceType: DeploymentTargetResourceType;
}

export type DeploymentTargetResourceType = 'ENVIRONMENT' | 'SERVICE_PIPELINE' | 'SERVICE_INSTANCE' | 'COMPONENT';

export type DeploymentUpdateType = 'NONE' | 'CURRENT_VERSION' | 'MINOR_VERSION' | 'MAJOR_VERSION';

export interface Environment {
  readonly arn: string;
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly description?: string;
  readonly environmentAccountConnectionId?: string;
  readonly environmentAccountId?: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly protonServiceRoleArn?: string;
  readonly provisioning?: Provisioning;
  readonly provisioningRepository?: RepositoryBranch;
  readonly spec?: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface EnvironmentAccountConnection {
  readonly arn: string;
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly environmentAccountId: string;
  readonly environmentName: string;
  readonly id: string;
  readonly lastModifiedAt: Date;
  readonly managementAccountId: string;
  readonly requestedAt: Date;
  readonly roleArn: string;
  readonly status: EnvironmentAccountConnectionStatus;
}

export type EnvironmentAccountConnectionRequesterAccountType = 'MANAGEMENT_ACCOUNT' | 'ENVIRONMENT_ACCOUNT';

export type EnvironmentAccountConnectionStatus = 'PENDING' | 'CONNECTED' | 'REJECTED';

export interface EnvironmentAccountConnectionSummary {
  readonly arn: string;
  readonly componentRoleArn?: string;
  readonly environmentAccountId: string;
  readonly environmentName: string;
  readonly id: string;
  readonly lastModifiedAt: Date;
  readonly managementAccountId: string;
  readonly requestedAt: Date;
  readonly roleArn: string;
  readonly status: EnvironmentAccountConnectionStatus;
}

export interface EnvironmentState {
  readonly spec?: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface EnvironmentSummary {
  readonly arn: string;
  readonly componentRoleArn?: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly description?: string;
  readonly environmentAccountConnectionId?: string;
  readonly environmentAccountId?: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly protonServiceRoleArn?: string;
  readonly provisioning?: Provisioning;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface EnvironmentTemplate {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly displayName?: string;
  readonly encryptionKey?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly provisioning?: Provisioning;
  readonly recommendedVersion?: string;
}

export interface EnvironmentTemplateFilter {
  readonly majorVersion: string;
  readonly templateName: string;
}

export interface EnvironmentTemplateSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly displayName?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly provisioning?: Provisioning;
  readonly recommendedVersion?: string;
}

export interface EnvironmentTemplateVersion {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly recommendedMinorVersion?: string;
  readonly schema?: string;
  readonly status: TemplateVersionStatus;
  readonly statusMessage?: string;
  readonly templateName: string;
}

export interface EnvironmentTemplateVersionSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly recommendedMinorVersion?: string;
  readonly status: TemplateVersionStatus;
  readonly statusMessage?: string;
  readonly templateName: string;
}

export type GetAccountSettingsInput = Record<string, never>;

export interface GetAccountSettingsOutput {
  readonly accountSettings?: AccountSettings;
}

export interface GetComponentInput {
  readonly name: string;
}

export interface GetComponentOutput {
  readonly component?: Component;
}

export interface GetDeploymentInput {
  readonly componentName?: string;
  readonly environmentName?: string;
  readonly id: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
}

export interface GetDeploymentOutput {
  readonly deployment?: Deployment;
}

export interface GetEnvironmentAccountConnectionInput {
  readonly id: string;
}

export interface GetEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection: EnvironmentAccountConnection;
}

export interface GetEnvironmentInput {
  readonly name: string;
}

export interface GetEnvironmentOutput {
  readonly environment: Environment;
}

export interface GetEnvironmentTemplateInput {
  readonly name: string;
}

export interface GetEnvironmentTemplateOutput {
  readonly environmentTemplate: EnvironmentTemplate;
}

export interface GetEnvironmentTemplateVersionInput {
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly templateName: string;
}

export interface GetEnvironmentTemplateVersionOutput {
  readonly environmentTemplateVersion: EnvironmentTemplateVersion;
}

export interface GetRepositoryInput {
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export interface GetRepositoryOutput {
  readonly repository: Repository;
}

export interface GetRepositorySyncStatusInput {
  readonly branch: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly syncType: SyncType;
}

export interface GetRepositorySyncStatusOutput {
  readonly latestSync?: RepositorySyncAttempt;
}

export type GetResourcesSummaryInput = Record<string, never>;

export interface GetResourcesSummaryOutput {
  readonly counts: CountsSummary;
}

export interface GetServiceInput {
  readonly name: string;
}

export interface GetServiceInstanceInput {
  readonly name: string;
  readonly serviceName: string;
}

export interface GetServiceInstanceOutput {
  readonly serviceInstance: ServiceInstance;
}

export interface GetServiceInstanceSyncStatusInput {
  readonly serviceInstanceName: string;
  readonly serviceName: string;
}

export interface GetServiceInstanceSyncStatusOutput {
  readonly desiredState?: Revision;
  readonly latestSuccessfulSync?: ResourceSyncAttempt;
  readonly latestSync?: ResourceSyncAttempt;
}

export interface GetServiceOutput {
  readonly service?: Service;
}

export interface GetServiceSyncBlockerSummaryInput {
  readonly serviceInstanceName?: string;
  readonly serviceName: string;
}

export interface GetServiceSyncBlockerSummaryOutput {
  readonly serviceSyncBlockerSummary?: ServiceSyncBlockerSummary;
}

export interface GetServiceSyncConfigInput {
  readonly serviceName: string;
}

export interface GetServiceSyncConfigOutput {
  readonly serviceSyncConfig?: ServiceSyncConfig;
}

export interface GetServiceTemplateInput {
  readonly name: string;
}

export interface GetServiceTemplateOutput {
  readonly serviceTemplate: ServiceTemplate;
}

export interface GetServiceTemplateVersionInput {
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly templateName: string;
}

export interface GetServiceTemplateVersionOutput {
  readonly serviceTemplateVersion: ServiceTemplateVersion;
}

export interface GetTemplateSyncConfigInput {
  readonly templateName: string;
  readonly templateType: TemplateType;
}

export interface GetTemplateSyncConfigOutput {
  readonly templateSyncConfig?: TemplateSyncConfig;
}

export interface GetTemplateSyncStatusInput {
  readonly templateName: string;
  readonly templateType: TemplateType;
  readonly templateVersion: string;
}

export interface GetTemplateSyncStatusOutput {
  readonly desiredState?: Revision;
  readonly latestSuccessfulSync?: ResourceSyncAttempt;
  readonly latestSync?: ResourceSyncAttempt;
}

export interface ListComponentOutputsInput {
  readonly componentName: string;
  readonly deploymentId?: string;
  readonly nextToken?: string;
}

export interface ListComponentOutputsOutput {
  readonly nextToken?: string;
  readonly outputs: readonly Output[];
}

export interface ListComponentProvisionedResourcesInput {
  readonly componentName: string;
  readonly nextToken?: string;
}

export interface ListComponentProvisionedResourcesOutput {
  readonly nextToken?: string;
  readonly provisionedResources: readonly ProvisionedResource[];
}

export interface ListComponentsInput {
  readonly environmentName?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
}

export interface ListComponentsOutput {
  readonly components: readonly ComponentSummary[];
  readonly nextToken?: string;
}

export interface ListDeploymentsInput {
  readonly componentName?: string;
  readonly environmentName?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
}

export interface ListDeploymentsOutput {
  readonly deployments: readonly DeploymentSummary[];
  readonly nextToken?: string;
}

export interface ListEnvironmentAccountConnectionsInput {
  readonly environmentName?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly requestedBy: EnvironmentAccountConnectionRequesterAccountType;
  readonly statuses?: readonly EnvironmentAccountConnectionStatus[];
}

export interface ListEnvironmentAccountConnectionsOutput {
  readonly environmentAccountConnections: readonly EnvironmentAccountConnectionSummary[];
  readonly nextToken?: string;
}

export interface ListEnvironmentOutputsInput {
  readonly deploymentId?: string;
  readonly environmentName: string;
  readonly nextToken?: string;
}

export interface ListEnvironmentOutputsOutput {
  readonly nextToken?: string;
  readonly outputs: readonly Output[];
}

export interface ListEnvironmentProvisionedResourcesInput {
  readonly environmentName: string;
  readonly nextToken?: string;
}

export interface ListEnvironmentProvisionedResourcesOutput {
  readonly nextToken?: string;
  readonly provisionedResources: readonly ProvisionedResource[];
}

export interface ListEnvironmentTemplateVersionsInput {
  readonly majorVersion?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly templateName: string;
}

export interface ListEnvironmentTemplateVersionsOutput {
  readonly nextToken?: string;
  readonly templateVersions: readonly EnvironmentTemplateVersionSummary[];
}

export interface ListEnvironmentTemplatesInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListEnvironmentTemplatesOutput {
  readonly nextToken?: string;
  readonly templates: readonly EnvironmentTemplateSummary[];
}

export interface ListEnvironmentsInput {
  readonly environmentTemplates?: readonly EnvironmentTemplateFilter[];
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListEnvironmentsOutput {
  readonly environments: readonly EnvironmentSummary[];
  readonly nextToken?: string;
}

export interface ListRepositoriesInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListRepositoriesOutput {
  readonly nextToken?: string;
  readonly repositories: readonly RepositorySummary[];
}

export interface ListRepositorySyncDefinitionsInput {
  readonly nextToken?: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly syncType: SyncType;
}

export interface ListRepositorySyncDefinitionsOutput {
  readonly nextToken?: string;
  readonly syncDefinitions: readonly RepositorySyncDefinition[];
}

export interface ListServiceInstanceOutputsInput {
  readonly deploymentId?: string;
  readonly nextToken?: string;
  readonly serviceInstanceName: string;
  readonly serviceName: string;
}

export interface ListServiceInstanceOutputsOutput {
  readonly nextToken?: string;
  readonly outputs: readonly Output[];
}

export interface ListServiceInstanceProvisionedResourcesInput {
  readonly nextToken?: string;
  readonly serviceInstanceName: string;
  readonly serviceName: string;
}

export interface ListServiceInstanceProvisionedResourcesOutput {
  readonly nextToken?: string;
  readonly provisionedResources: readonly ProvisionedResource[];
}

export interface ListServiceInstancesFilter {
  readonly key?: ListServiceInstancesFilterBy;
  readonly value?: string;
}

export type ListServiceInstancesFilterBy =
  | 'name'
  | 'deploymentStatus'
  | 'templateName'
  | 'serviceName'
  | 'deployedTemplateVersionStatus'
  | 'environmentName'
  | 'lastDeploymentAttemptedAtBefore'
  | 'lastDeploymentAttemptedAtAfter'
  | 'createdAtBefore'
  | 'createdAtAfter';

export interface ListServiceInstancesInput {
  readonly filters?: readonly ListServiceInstancesFilter[];
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly serviceName?: string;
  readonly sortBy?: ListServiceInstancesSortBy;
  readonly sortOrder?: SortOrder;
}

export interface ListServiceInstancesOutput {
  readonly nextToken?: string;
  readonly serviceInstances: readonly ServiceInstanceSummary[];
}

export type ListServiceInstancesSortBy =
  | 'name'
  | 'deploymentStatus'
  | 'templateName'
  | 'serviceName'
  | 'environmentName'
  | 'lastDeploymentAttemptedAt'
  | 'createdAt';

export interface ListServicePipelineOutputsInput {
  readonly deploymentId?: string;
  readonly nextToken?: string;
  readonly serviceName: string;
}

export interface ListServicePipelineOutputsOutput {
  readonly nextToken?: string;
  readonly outputs: readonly Output[];
}

export interface ListServicePipelineProvisionedResourcesInput {
  readonly nextToken?: string;
  readonly serviceName: string;
}

export interface ListServicePipelineProvisionedResourcesOutput {
  readonly nextToken?: string;
  readonly provisionedResources: readonly ProvisionedResource[];
}

export interface ListServiceTemplateVersionsInput {
  readonly majorVersion?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly templateName: string;
}

export interface ListServiceTemplateVersionsOutput {
  readonly nextToken?: string;
  readonly templateVersions: readonly ServiceTemplateVersionSummary[];
}

export interface ListServiceTemplatesInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListServiceTemplatesOutput {
  readonly nextToken?: string;
  readonly templates: readonly ServiceTemplateSummary[];
}

export interface ListServicesInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface ListServicesOutput {
  readonly nextToken?: string;
  readonly services: readonly ServiceSummary[];
}

export interface ListTagsForResourceInput {
  readonly maxResults?: number;
  readonly nextToken?: string;
  readonly resourceArn: string;
}

export interface ListTagsForResourceOutput {
  readonly nextToken?: string;
  readonly tags: readonly Tag[];
}

export interface NotifyResourceDeploymentStatusChangeInput {
  readonly deploymentId?: string;
  readonly outputs?: readonly Output[];
  readonly resourceArn: string;
  readonly status?: ResourceDeploymentStatus;
  readonly statusMessage?: string;
}

export type NotifyResourceDeploymentStatusChangeOutput = Record<string, never>;

export interface Output {
  readonly key?: string;
  readonly valueString?: string;
}

export interface ProvisionedResource {
  readonly identifier?: string;
  readonly name?: string;
  readonly provisioningEngine?: ProvisionedResourceEngine;
}

export type ProvisionedResourceEngine = 'CLOUDFORMATION' | 'TERRAFORM';

export type Provisioning = 'CUSTOMER_MANAGED';

export interface RejectEnvironmentAccountConnectionInput {
  readonly id: string;
}

export interface RejectEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection: EnvironmentAccountConnection;
}

export interface Repository {
  readonly arn: string;
  readonly connectionArn: string;
  readonly encryptionKey?: string;
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export interface RepositoryBranch {
  readonly arn: string;
  readonly branch: string;
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export interface RepositoryBranchInput {
  readonly branch: string;
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export type RepositoryProvider = 'GITHUB' | 'GITHUB_ENTERPRISE' | 'BITBUCKET';

export interface RepositorySummary {
  readonly arn: string;
  readonly connectionArn: string;
  readonly name: string;
  readonly provider: RepositoryProvider;
}

export interface RepositorySyncAttempt {
  readonly events: readonly RepositorySyncEvent[];
  readonly startedAt: Date;
  readonly status: RepositorySyncStatus;
}

export interface RepositorySyncDefinition {
  readonly branch: string;
  readonly directory: string;
  readonly parent: string;
  readonly target: string;
}

export interface RepositorySyncEvent {
  readonly event: string;
  readonly externalId?: string;
  readonly time: Date;
  readonly type: string;
}

export type RepositorySyncStatus = 'INITIATED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'QUEUED';

export interface ResourceCountsSummary {
  readonly behindMajor?: number;
  readonly behindMinor?: number;
  readonly failed?: number;
  readonly total: number;
  readonly upToDate?: number;
}

export type ResourceDeploymentStatus = 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED';

export interface ResourceSyncAttempt {
  readonly events: readonly ResourceSyncEvent[];
  readonly initialRevision: Revision;
  readonly startedAt: Date;
  readonly status: ResourceSyncStatus;
  readonly target: string;
  readonly targetRevision: Revision;
}

export interface ResourceSyncEvent {
  readonly event: string;
  readonly externalId?: string;
  readonly time: Date;
  readonly type: string;
}

export type ResourceSyncStatus = 'INITIATED' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';

export interface Revision {
  readonly branch: string;
  readonly directory: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly sha: string;
}

export interface S3ObjectSource {
  readonly bucket: string;
  readonly key: string;
}

export interface Service {
  readonly arn: string;
  readonly branchName?: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly pipeline?: ServicePipeline;
  readonly repositoryConnectionArn?: string;
  readonly repositoryId?: string;
  readonly spec: string;
  readonly status: ServiceStatus;
  readonly statusMessage?: string;
  readonly templateName: string;
}

export interface ServiceInstance {
  readonly arn: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly environmentName: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastClientRequestToken?: string;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly serviceName: string;
  readonly spec?: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface ServiceInstanceState {
  readonly lastSuccessfulComponentDeploymentIds?: readonly string[];
  readonly lastSuccessfulEnvironmentDeploymentId?: string;
  readonly lastSuccessfulServicePipelineDeploymentId?: string;
  readonly spec: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface ServiceInstanceSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly environmentName: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly name: string;
  readonly serviceName: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface ServicePipeline {
  readonly arn: string;
  readonly createdAt: Date;
  readonly deploymentStatus: DeploymentStatus;
  readonly deploymentStatusMessage?: string;
  readonly lastAttemptedDeploymentId?: string;
  readonly lastDeploymentAttemptedAt: Date;
  readonly lastDeploymentSucceededAt: Date;
  readonly lastSucceededDeploymentId?: string;
  readonly spec?: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export interface ServicePipelineState {
  readonly spec?: string;
  readonly templateMajorVersion: string;
  readonly templateMinorVersion: string;
  readonly templateName: string;
}

export type ServiceStatus =
  | 'CREATE_IN_PROGRESS'
  | 'CREATE_FAILED_CLEANUP_IN_PROGRESS'
  | 'CREATE_FAILED_CLEANUP_COMPLETE'
  | 'CREATE_FAILED_CLEANUP_FAILED'
  | 'CREATE_FAILED'
  | 'ACTIVE'
  | 'DELETE_IN_PROGRESS'
  | 'DELETE_FAILED'
  | 'UPDATE_IN_PROGRESS'
  | 'UPDATE_FAILED_CLEANUP_IN_PROGRESS'
  | 'UPDATE_FAILED_CLEANUP_COMPLETE'
  | 'UPDATE_FAILED_CLEANUP_FAILED'
  | 'UPDATE_FAILED'
  | 'UPDATE_COMPLETE_CLEANUP_FAILED';

export interface ServiceSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly status: ServiceStatus;
  readonly statusMessage?: string;
  readonly templateName: string;
}

export interface ServiceSyncBlockerSummary {
  readonly latestBlockers?: readonly SyncBlocker[];
  readonly serviceInstanceName?: string;
  readonly serviceName: string;
}

export interface ServiceSyncConfig {
  readonly branch: string;
  readonly filePath: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly serviceName: string;
}

export interface ServiceTemplate {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly displayName?: string;
  readonly encryptionKey?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly pipelineProvisioning?: Provisioning;
  readonly recommendedVersion?: string;
}

export interface ServiceTemplateSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly displayName?: string;
  readonly lastModifiedAt: Date;
  readonly name: string;
  readonly pipelineProvisioning?: Provisioning;
  readonly recommendedVersion?: string;
}

export type ServiceTemplateSupportedComponentSourceType = 'DIRECTLY_DEFINED';

export interface ServiceTemplateVersion {
  readonly arn: string;
  readonly compatibleEnvironmentTemplates: readonly CompatibleEnvironmentTemplate[];
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly recommendedMinorVersion?: string;
  readonly schema?: string;
  readonly status: TemplateVersionStatus;
  readonly statusMessage?: string;
  readonly supportedComponentSources?: readonly ServiceTemplateSupportedComponentSourceType[];
  readonly templateName: string;
}

export interface ServiceTemplateVersionSummary {
  readonly arn: string;
  readonly createdAt: Date;
  readonly description?: string;
  readonly lastModifiedAt: Date;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly recommendedMinorVersion?: string;
  readonly status: TemplateVersionStatus;
  readonly statusMessage?: string;
  readonly templateName: string;
}

export type SortOrder = 'ASCENDING' | 'DESCENDING';

export interface SyncBlocker {
  readonly contexts?: readonly SyncBlockerContext[];
  readonly createdAt: Date;
  readonly createdReason: string;
  readonly id: string;
  readonly resolvedAt?: Date;
  readonly resolvedReason?: string;
  readonly status: BlockerStatus;
  readonly type: BlockerType;
}

export interface SyncBlockerContext {
  readonly key: string;
  readonly value: string;
}

export type SyncType = 'TEMPLATE_SYNC' | 'SERVICE_SYNC';

export interface Tag {
  readonly key: string;
  readonly value: string;
}

export interface TagResourceInput {
  readonly resourceArn: string;
  readonly tags: readonly Tag[];
}

export type TagResourceOutput = Record<string, never>;

export interface TemplateSyncConfig {
  readonly branch: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly subdirectory?: string;
  readonly templateName: string;
  readonly templateType: TemplateType;
}

export type TemplateType = 'ENVIRONMENT' | 'SERVICE';

export type TemplateVersionSourceInput = { readonly s3: S3ObjectSource };

export type TemplateVersionStatus = 'REGISTRATION_IN_PROGRESS' | 'REGISTRATION_FAILED' | 'DRAFT' | 'PUBLISHED';

export interface UntagResourceInput {
  readonly resourceArn: string;
  readonly tagKeys: readonly string[];
}

export type UntagResourceOutput = Record<string, never>;

export interface UpdateAccountSettingsInput {
  readonly deletePipelineProvisioningRepository?: boolean;
  readonly pipelineCodebuildRoleArn?: string;
  readonly pipelineProvisioningRepository?: RepositoryBranchInput;
  readonly pipelineServiceRoleArn?: string;
}

export interface UpdateAccountSettingsOutput {
  readonly accountSettings: AccountSettings;
}

export interface UpdateComponentInput {
  readonly clientToken?: string;
  readonly deploymentType: ComponentDeploymentUpdateType;
  readonly description?: string;
  readonly name: string;
  readonly serviceInstanceName?: string;
  readonly serviceName?: string;
  readonly serviceSpec?: string;
  readonly templateFile?: string;
}

export interface UpdateComponentOutput {
  readonly component: Component;
}

export interface UpdateEnvironmentAccountConnectionInput {
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly id: string;
  readonly roleArn?: string;
}

export interface UpdateEnvironmentAccountConnectionOutput {
  readonly environmentAccountConnection: EnvironmentAccountConnection;
}

export interface UpdateEnvironmentInput {
  readonly codebuildRoleArn?: string;
  readonly componentRoleArn?: string;
  readonly deploymentType: DeploymentUpdateType;
  readonly description?: string;
  readonly environmentAccountConnectionId?: string;
  readonly name: string;
  readonly protonServiceRoleArn?: string;
  readonly provisioningRepository?: RepositoryBranchInput;
  readonly spec?: string;
  readonly templateMajorVersion?: string;
  readonly templateMinorVersion?: string;
}

export interface UpdateEnvironmentOutput {
  readonly environment: Environment;
}

export interface UpdateEnvironmentTemplateInput {
  readonly description?: string;
  readonly displayName?: string;
  readonly name: string;
}

export interface UpdateEnvironmentTemplateOutput {
  readonly environmentTemplate: EnvironmentTemplate;
}

export interface UpdateEnvironmentTemplateVersionInput {
  readonly description?: string;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly status?: TemplateVersionStatus;
  readonly templateName: string;
}

export interface UpdateEnvironmentTemplateVersionOutput {
  readonly environmentTemplateVersion: EnvironmentTemplateVersion;
}

export interface UpdateServiceInput {
  readonly description?: string;
  readonly name: string;
  readonly spec?: string;
}

export interface UpdateServiceInstanceInput {
  readonly clientToken?: string;
  readonly deploymentType: DeploymentUpdateType;
  readonly name: string;
  readonly serviceName: string;
  readonly spec?: string;
  readonly templateMajorVersion?: string;
  readonly templateMinorVersion?: string;
}

export interface UpdateServiceInstanceOutput {
  readonly serviceInstance: ServiceInstance;
}

export interface UpdateServiceOutput {
  readonly service: Service;
}

export interface UpdateServicePipelineInput {
  readonly deploymentType: DeploymentUpdateType;
  readonly serviceName: string;
  readonly spec: string;
  readonly templateMajorVersion?: string;
  readonly templateMinorVersion?: string;
}

export interface UpdateServicePipelineOutput {
  readonly pipeline: ServicePipeline;
}

export interface UpdateServiceSyncBlockerInput {
  readonly id: string;
  readonly resolvedReason: string;
}

export interface UpdateServiceSyncBlockerOutput {
  readonly serviceInstanceName?: string;
  readonly serviceName: string;
  readonly serviceSyncBlocker: SyncBlocker;
}

export interface UpdateServiceSyncConfigInput {
  readonly branch: string;
  readonly filePath: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly serviceName: string;
}

export interface UpdateServiceSyncConfigOutput {
  readonly serviceSyncConfig?: ServiceSyncConfig;
}

export interface UpdateServiceTemplateInput {
  readonly description?: string;
  readonly displayName?: string;
  readonly name: string;
}

export interface UpdateServiceTemplateOutput {
  readonly serviceTemplate: ServiceTemplate;
}

export interface UpdateServiceTemplateVersionInput {
  readonly compatibleEnvironmentTemplates?: readonly CompatibleEnvironmentTemplateInput[];
  readonly description?: string;
  readonly majorVersion: string;
  readonly minorVersion: string;
  readonly status?: TemplateVersionStatus;
  readonly supportedComponentSources?: readonly ServiceTemplateSupportedComponentSourceType[];
  readonly templateName: string;
}

export interface UpdateServiceTemplateVersionOutput {
  readonly serviceTemplateVersion: ServiceTemplateVersion;
}

export interface UpdateTemplateSyncConfigInput {
  readonly branch: string;
  readonly repositoryName: string;
  readonly repositoryProvider: RepositoryProvider;
  readonly subdirectory?: string;
  readonly templateName: string;
  readonly templateType: TemplateType;
}

export interface UpdateTemplateSyncConfigOutput {
  readonly templateSyncConfig?: TemplateSyncConfig;
}

export interface OperationInputs {
  readonly AcceptEnvironmentAccountConnection: AcceptEnvironmentAccountConnectionInput;
  readonly CancelComponentDeployment: CancelComponentDeploymentInput;
  readonly CancelEnvironmentDeployment: CancelEnvironmentDeploymentInput;
  readonly CancelServiceInstanceDeployment: CancelServiceInstanceDeploymentInput;
  readonly CancelServicePipelineDeployment: CancelServicePipelineDeploymentInput;
  readonly CreateComponent: CreateComponentInput;
  readonly CreateEnvironment: CreateEnvironmentInput;
  readonly CreateEnvironmentAccountConnection: CreateEnvironmentAccountConnectionInput;
  readonly CreateEnvironmentTemplate: CreateEnvironmentTemplateInput;
  readonly CreateEnvironmentTemplateVersion: CreateEnvironmentTemplateVersionInput;
  readonly CreateRepository: CreateRepositoryInput;
  readonly CreateService: CreateServiceInput;
  readonly CreateServiceInstance: CreateServiceInstanceInput;
  readonly CreateServiceSyncConfig: CreateServiceSyncConfigInput;
  readonly CreateServiceTemplate: CreateServiceTemplateInput;
  readonly CreateServiceTemplateVersion: CreateServiceTemplateVersionInput;
  readonly CreateTemplateSyncConfig: CreateTemplateSyncConfigInput;
  readonly DeleteComponent: DeleteComponentInput;
  readonly DeleteDeployment: DeleteDeploymentInput;
  readonly DeleteEnvironment: DeleteEnvironmentInput;
  readonly DeleteEnvironmentAccountConnection: DeleteEnvironmentAccountConnectionInput;
  readonly DeleteEnvironmentTemplate: DeleteEnvironmentTemplateInput;
  readonly DeleteEnvironmentTemplateVersion: DeleteEnvironmentTemplateVersionInput;
  readonly DeleteRepository: DeleteRepositoryInput;
  readonly DeleteService: DeleteServiceInput;
  readonly DeleteServiceSyncConfig: DeleteServiceSyncConfigInput;
  readonly DeleteServiceTemplate: DeleteServiceTemplateInput;
  readonly DeleteServiceTemplateVersion: DeleteServiceTemplateVersionInput;
  readonly DeleteTemplateSyncConfig: DeleteTemplateSyncConfigInput;
  readonly GetAccountSettings: GetAccountSettingsInput;
  readonly GetComponent: GetComponentInput;
  readonly GetDeployment: GetDeploymentInput;
  readonly GetEnvironment: GetEnvironmentInput;
  readonly GetEnvironmentAccountConnection: GetEnvironmentAccountConnectionInput;
  readonly GetEnvironmentTemplate: GetEnvironmentTemplateInput;
  readonly GetEnvironmentTemplateVersion: GetEnvironmentTemplateVersionInput;
  readonly GetRepository: GetRepositoryInput;
  readonly GetRepositorySyncStatus: GetRepositorySyncStatusInput;
  readonly GetResourcesSummary: GetResourcesSummaryInput;
  readonly GetService: GetServiceInput;
  readonly GetServiceInstance: GetServiceInstanceInput;
  readonly GetServiceInstanceSyncStatus: GetServiceInstanceSyncStatusInput;
  readonly GetServiceSyncBlockerSummary: GetServiceSyncBlockerSummaryInput;
  readonly GetServiceSyncConfig: GetServiceSyncConfigInput;
  readonly GetServiceTemplate: GetServiceTemplateInput;
  readonly GetServiceTemplateVersion: GetServiceTemplateVersionInput;
  readonly GetTemplateSyncConfig: GetTemplateSyncConfigInput;
  readonly GetTemplateSyncStatus: GetTemplateSyncStatusInput;
  readonly ListComponentOutputs: ListComponentOutputsInput;
  readonly ListComponentProvisionedResources: ListComponentProvisionedResourcesInput;
  readonly ListComponents: ListComponentsInput;
  readonly ListDeployments: ListDeploymentsInput;
  readonly ListEnvironmentAccountConnections: ListEnvironmentAccountConnectionsInput;
  readonly ListEnvironmentOutputs: ListEnvironmentOutputsInput;
  readonly ListEnvironmentProvisionedResources: ListEnvironmentProvisionedResourcesInput;
  readonly ListEnvironmentTemplateVersions: ListEnvironmentTemplateVersionsInput;
  readonly ListEnvironmentTemplates: ListEnvironmentTemplatesInput;
  readonly ListEnvironments: ListEnvironmentsInput;
  readonly ListRepositories: ListRepositoriesInput;
  readonly ListRepositorySyncDefinitions: ListRepositorySyncDefinitionsInput;
  readonly ListServiceInstanceOutputs: ListServiceInstanceOutputsInput;
  readonly ListServiceInstanceProvisionedResources: ListServiceInstanceProvisionedResourcesInput;
  readonly ListServiceInstances: ListServiceInstancesInput;
  readonly ListServicePipelineOutputs: ListServicePipelineOutputsInput;
  readonly ListServicePipelineProvisionedResources: ListServicePipelineProvisionedResourcesInput;
  readonly ListServiceTemplateVersions: ListServiceTemplateVersionsInput;
  readonly ListServiceTemplates: ListServiceTemplatesInput;
  readonly ListServices: ListServicesInput;
  readonly ListTagsForResource: ListTagsForResourceInput;
  readonly NotifyResourceDeploymentStatusChange: NotifyResourceDeploymentStatusChangeInput;
  readonly RejectEnvironmentAccountConnection: RejectEnvironmentAccountConnectionInput;
  readonly TagResource: TagResourceInput;
  readonly UntagResource: UntagResourceInput;
  readonly UpdateAccountSettings: UpdateAccountSettingsInput;
  readonly UpdateComponent: UpdateComponentInput;
  readonly UpdateEnvironment: UpdateEnvironmentInput;
  readonly UpdateEnvironmentAccountConnection: UpdateEnvironmentAccountConnectionInput;
  readonly UpdateEnvironmentTemplate: UpdateEnvironmentTemplateInput;
  readonly UpdateEnvironmentTemplateVersion: UpdateEnvironmentTemplateVersionInput;
  readonly UpdateService: UpdateServiceInput;
  readonly UpdateServiceInstance: UpdateServiceInstanceInput;
  readonly UpdateServicePipeline: UpdateServicePipelineInput;
  readonly UpdateServiceSyncBlocker: UpdateServiceSyncBlockerInput;
  readonly UpdateServiceSyncConfig: UpdateServiceSyncConfigInput;
  readonly UpdateServiceTemplate: UpdateServiceTemplateInput;
  readonly UpdateServiceTemplateVersion: UpdateServiceTemplateVersionInput;
  readonly UpdateTemplateSyncConfig: UpdateTemplateSyncConfigInput;
}

export interface OperationOutputs {
  readonly AcceptEnvironmentAccountConnection: AcceptEnvironmentAccountConnectionOutput;
  readonly CancelComponentDeployment: CancelComponentDeploymentOutput;
  readonly CancelEnvironmentDeployment: CancelEnvironmentDeploymentOutput;
  readonly CancelServiceInstanceDeployment: CancelServiceInstanceDeploymentOutput;
  readonly CancelServicePipelineDeployment: CancelServicePipelineDeploymentOutput;
  readonly CreateComponent: CreateComponentOutput;
  readonly CreateEnvironment: CreateEnvironmentOutput;
  readonly CreateEnvironmentAccountConnection: CreateEnvironmentAccountConnectionOutput;
  readonly CreateEnvironmentTemplate: CreateEnvironmentTemplateOutput;
  readonly CreateEnvironmentTemplateVersion: CreateEnvironmentTemplateVersionOutput;
  readonly CreateRepository: CreateRepositoryOutput;
  readonly CreateService: CreateServiceOutput;
  readonly CreateServiceInstance: CreateServiceInstanceOutput;
  readonly CreateServiceSyncConfig: CreateServiceSyncConfigOutput;
  readonly CreateServiceTemplate: CreateServiceTemplateOutput;
  readonly CreateServiceTemplateVersion: CreateServiceTemplateVersionOutput;
  readonly CreateTemplateSyncConfig: CreateTemplateSyncConfigOutput;
  readonly DeleteComponent: DeleteComponentOutput;
  readonly DeleteDeployment: DeleteDeploymentOutput;
  readonly DeleteEnvironment: DeleteEnvironmentOutput;
  readonly DeleteEnvironmentAccountConnection: DeleteEnvironmentAccountConnectionOutput;
  readonly DeleteEnvironmentTemplate: DeleteEnvironmentTemplateOutput;
  readonly DeleteEnvironmentTemplateVersion: DeleteEnvironmentTemplateVersionOutput;
  readonly DeleteRepository: DeleteRepositoryOutput;
  readonly DeleteService: DeleteServiceOutput;
  readonly DeleteServiceSyncConfig: DeleteServiceSyncConfigOutput;
  readonly DeleteServiceTemplate: DeleteServiceTemplateOutput;
  readonly DeleteServiceTemplateVersion: DeleteServiceTemplateVersionOutput;
  readonly DeleteTemplateSyncConfig: DeleteTemplateSyncConfigOutput;
  readonly GetAccountSettings: GetAccountSettingsOutput;
  readonly GetComponent: GetComponentOutput;
  readonly GetDeployment: GetDeploymentOutput;
  readonly GetEnvironment: GetEnvironmentOutput;
  readonly GetEnvironmentAccountConnection: GetEnvironmentAccountConnectionOutput;
  readonly GetEnvironmentTemplate: GetEnvironmentTemplateOutput;
  readonly GetEnvironmentTemplateVersion: GetEnvironmentTemplateVersionOutput;
  readonly GetRepository: GetRepositoryOutput;
  readonly GetRepositorySyncStatus: GetRepositorySyncStatusOutput;
  readonly GetResourcesSummary: GetResourcesSummaryOutput;
  readonly GetService: GetServiceOutput;
  readonly GetServiceInstance: GetServiceInstanceOutput;
  readonly GetServiceInstanceSyncStatus: GetServiceInstanceSyncStatusOutput;
  readonly GetServiceSyncBlockerSummary: GetServiceSyncBlockerSummaryOutput;
  readonly GetServiceSyncConfig: GetServiceSyncConfigOutput;
  readonly GetServiceTemplate: GetServiceTemplateOutput;
  readonly GetServiceTemplateVersion: GetServiceTemplateVersionOutput;
  readonly GetTemplateSyncConfig: GetTemplateSyncConfigOutput;
  readonly GetTemplateSyncStatus: GetTemplateSyncStatusOutput;
  readonly ListComponentOutputs: ListComponentOutputsOutput;
  readonly ListComponentProvisionedResources: ListComponentProvisionedResourcesOutput;
  readonly ListComponents: ListComponentsOutput;
  readonly ListDeployments: ListDeploymentsOutput;
  readonly ListEnvironmentAccountConnections: ListEnvironmentAccountConnectionsOutput;
  readonly ListEnvironmentOutputs: ListEnvironmentOutputsOutput;
  readonly ListEnvironmentProvisionedResources: ListEnvironmentProvisionedResourcesOutput;
  readonly ListEnvironmentTemplateVersions: ListEnvironmentTemplateVersionsOutput;
  readonly ListEnvironmentTemplates: ListEnvironmentTemplatesOutput;
  readonly ListEnvironments: ListEnvironmentsOutput;
  readonly ListRepositories: ListRepositoriesOutput;
  readonly ListRepositorySyncDefinitions: ListRepositorySyncDefinitionsOutput;
  readonly ListServiceInstanceOutputs: ListServiceInstanceOutputsOutput;
  readonly ListServiceInstanceProvisionedResources: ListServiceInstanceProvisionedResourcesOutput;
  readonly ListServiceInstances: ListServiceInstancesOutput;
  readonly ListServicePipelineOutputs: ListServicePipelineOutputsOutput;
  readonly ListServicePipelineProvisionedResources: ListServicePipelineProvisionedResourcesOutput;
  readonly ListServiceTemplateVersions: ListServiceTemplateVersionsOutput;
  readonly ListServiceTemplates: ListServiceTemplatesOutput;
  readonly ListServices: ListServicesOutput;
  readonly ListTagsForResource: ListTagsForResourceOutput;
  readonly NotifyResourceDeploymentStatusChange: NotifyResourceDeploymentStatusChangeOutput;
  readonly RejectEnvironmentAccountConnection: RejectEnvironmentAccountConnectionOutput;
  readonly TagResource: TagResourceOutput;
  readonly UntagResource: UntagResourceOutput;
  readonly UpdateAccountSettings: UpdateAccountSettingsOutput;
  readonly UpdateComponent: UpdateComponentOutput;
  readonly UpdateEnvironment: UpdateEnvironmentOutput;
  readonly UpdateEnvironmentAccountConnection: UpdateEnvironmentAccountConnectionOutput;
  readonly UpdateEnvironmentTemplate: UpdateEnvironmentTemplateOutput;
  readonly UpdateEnvironmentTemplateVersion: UpdateEnvironmentTemplateVersionOutput;
  readonly UpdateService: UpdateServiceOutput;
  readonly UpdateServiceInstance: UpdateServiceInstanceOutput;
  readonly UpdateServicePipeline: UpdateServicePipelineOutput;
  readonly UpdateServiceSyncBlocker: UpdateServiceSyncBlockerOutput;
  readonly UpdateServiceSyncConfig: UpdateServiceSyncConfigOutput;
  readonly UpdateServiceTemplate: UpdateServiceTemplateOutput;
  readonly UpdateServiceTemplateVersion: UpdateServiceTemplateVersionOutput;
  readonly UpdateTemplateSyncConfig: UpdateTemplateSyncConfigOutput;
}

export type OperationName = keyof OperationInputs;
