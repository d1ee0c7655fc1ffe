export const targetKinds = ['environment', 'service-instance', 'service-pipeline', 'component'] as const;
export type TargetKind = (typeof targetKinds)[number];

/** Which thing a deployment changes. The names are those of Proton's deployment filters. */
export interface TargetRef {
  readonly kind: TargetKind;
  readonly arn: string;
  /** Proton shows it, and it tells two lives of one name apart. */
  readonly createdAt: Date;
  /** Proton demands one even of a pipeline, which has none: there it is that of the service's first instance. */
  readonly environmentName: string;
  readonly serviceName?: string;
  readonly serviceInstanceName?: string;
  readonly componentName?: string;
}

/** What the thing was, or shall be. Stored with the deployment as Proton's initialState and targetState. */
export interface TargetState {
  readonly templateName: string;
  readonly majorVersion: number;
  readonly minorVersion: number;
  /** Verbatim YAML, CURRENT_VAL replaced. */
  readonly spec: string;
  readonly lastSuccessfulEnvironmentDeploymentId?: string;
  readonly lastSuccessfulServicePipelineDeploymentId?: string;
  readonly lastSuccessfulComponentDeploymentIds?: readonly string[];
}
