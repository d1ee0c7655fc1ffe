import type { DeploymentId, DeploymentStatus } from '../deployments/index.ts';
import { newId } from '../identifiers/index.ts';
import type { PrincipalId } from '../organization/index.ts';
import type { PartEnd } from './service.ts';

/** `add-instance` keeps an addition that failed, so that it can be mended; `update` takes its additions back. */
export type ServicePurpose = 'create' | 'update' | 'add-instance' | 'delete';

export interface PipelineStanding {
  readonly status: DeploymentStatus;
  readonly message: string | null;
}

/** What there is to do on a service. Its parts are in their tables; here is only what the steps hand on. */
export interface ServiceWork {
  readonly workId: string;
  /** How often it was left while parts of it waited for people: each time it goes on as another workflow. Absent: never. */
  readonly round?: number;
  /** Stored with work that was left: the deployments that have to be over before it goes on. */
  readonly waitsFor?: readonly DeploymentId[];
  /** In the steps: it was left, and the rest of this round does nothing. */
  readonly left?: true;
  readonly serviceName: string;
  readonly purpose: ServicePurpose;
  /** In whose name its deployments are asked for; absent where a former version of Deuteron accepted it, which kept no names. */
  readonly requestedBy?: PrincipalId;
  /** Deployments of new instances, asked for together with the work. */
  readonly additions: readonly DeploymentId[];
  /** Names of instances that go. */
  readonly removals: readonly string[];
  /** Whether the pipeline is provisioned (again) behind the instances. */
  readonly pipeline: boolean;
  /** The spec that an update comes back to when its additions fail. */
  readonly formerSpec?: string;
  /** What the pipeline stood at, to which it comes back when the work ends without having deployed it. */
  readonly formerPipeline?: PipelineStanding;
  /** Ids of the deployments that the steps will ask for, chosen beforehand so that a repeated step asks for the same. */
  readonly ids: {
    readonly pipeline: DeploymentId;
    readonly removals: readonly DeploymentId[];
    readonly cleanups: readonly DeploymentId[];
  };

  readonly failedAdditions?: readonly string[];
  readonly cleanup?: PartEnd;
  readonly removed?: readonly PartEnd[];
  readonly pipelineEnd?: PartEnd;
}

/** Under which id a round of it is carried out. */
export function workflowIdOf({ workId, round = 0 }: ServiceWork): string {
  return round === 0 ? workId : `${workId}.${round}`;
}

/** Whether this round of the work is what is being done to the service. */
export function isCurrent(work: ServiceWork, stored: ServiceWork | null | undefined): boolean {
  return stored != null && workflowIdOf(stored) === workflowIdOf(work);
}

/** Ids for all deployments that the work may ask for. */
export function workIds(removals: number, additions: number): ServiceWork['ids'] {
  const many = (count: number) => Array.from({ length: count }, () => newId<DeploymentId>());
  return { pipeline: newId<DeploymentId>(), removals: many(removals), cleanups: many(additions) };
}
