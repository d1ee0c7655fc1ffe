/** A branch of a linked repository. */
export interface ProvisioningRepository {
  readonly provider: string;
  /** `owner/name` */
  readonly name: string;
  readonly branch: string;
}

/** How this account provisions pipelines. Source: AWS Proton user guide, "Account settings". */
export interface AccountSettings {
  readonly pipelineServiceRoleArn: string | null;
  readonly pipelineCodebuildRoleArn: string | null;
  readonly pipelineProvisioningRepository: ProvisioningRepository | null;
}
