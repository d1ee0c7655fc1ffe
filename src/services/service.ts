/** Proton's ServiceStatus. Source: AWS Proton API model and user guide, "Edit a service". */
export const serviceStatuses = [
  'CREATE_IN_PROGRESS',
  'CREATE_FAILED_CLEANUP_IN_PROGRESS',
  'CREATE_FAILED_CLEANUP_COMPLETE',
  'CREATE_FAILED_CLEANUP_FAILED',
  'CREATE_FAILED',
  'ACTIVE',
  'DELETE_IN_PROGRESS',
  'DELETE_FAILED',
  'UPDATE_IN_PROGRESS',
  'UPDATE_FAILED_CLEANUP_IN_PROGRESS',
  'UPDATE_FAILED_CLEANUP_COMPLETE',
  'UPDATE_FAILED_CLEANUP_FAILED',
  'UPDATE_FAILED',
  'UPDATE_COMPLETE_CLEANUP_FAILED',
] as const;
export type ServiceStatus = (typeof serviceStatuses)[number];

/** True while work on the service itself runs; reads and the cancelling of its parts are all that is allowed then. */
export function isServiceBusy(status: ServiceStatus): boolean {
  switch (status) {
    case 'CREATE_IN_PROGRESS':
    case 'CREATE_FAILED_CLEANUP_IN_PROGRESS':
    case 'DELETE_IN_PROGRESS':
    case 'UPDATE_IN_PROGRESS':
    case 'UPDATE_FAILED_CLEANUP_IN_PROGRESS':
      return true;
    case 'CREATE_FAILED_CLEANUP_COMPLETE':
    case 'CREATE_FAILED_CLEANUP_FAILED':
    case 'CREATE_FAILED':
    case 'ACTIVE':
    case 'DELETE_FAILED':
    case 'UPDATE_FAILED_CLEANUP_COMPLETE':
    case 'UPDATE_FAILED_CLEANUP_FAILED':
    case 'UPDATE_FAILED':
    case 'UPDATE_COMPLETE_CLEANUP_FAILED':
      return false;
  }
}

/** Whether the failure that a status tells of is over once all instances and the pipeline run well. */
export function isMendable(status: ServiceStatus): boolean {
  return status !== 'DELETE_FAILED' && status !== 'ACTIVE' && !isServiceBusy(status);
}

/** How one part of a service's work ended. */
export type PartEnd = 'succeeded' | 'failed' | 'cancelled';

/** A create keeps what failed, so that it can be mended and tried again (public roadmap issue 81). */
export function statusAfterCreate(parts: readonly PartEnd[]): ServiceStatus {
  return parts.every((end) => end === 'succeeded') ? 'ACTIVE' : 'CREATE_FAILED';
}

/** CreateServiceInstance keeps what failed too; the service itself was created long before. */
export function statusAfterAddition(parts: readonly PartEnd[]): ServiceStatus {
  return parts.every((end) => end === 'succeeded') ? 'ACTIVE' : 'UPDATE_FAILED';
}

/**
 * An update adds, then removes, then provisions the pipeline anew. Failed additions stop it before anything is removed.
 * @param cleanup how the removal of the failed additions went; undefined when none failed
 */
export function statusAfterUpdate(ends: {
  readonly cleanup?: PartEnd;
  readonly removals: readonly PartEnd[];
  readonly pipeline?: PartEnd;
}): ServiceStatus {
  if (ends.cleanup) {
    return ends.cleanup === 'succeeded' ? 'UPDATE_FAILED_CLEANUP_COMPLETE' : 'UPDATE_FAILED_CLEANUP_FAILED';
  }
  if (ends.pipeline && ends.pipeline !== 'succeeded') return 'UPDATE_FAILED';
  return ends.removals.every((end) => end === 'succeeded') ? 'ACTIVE' : 'UPDATE_COMPLETE_CLEANUP_FAILED';
}

/** Source: the message that Proton itself wrote (aws-proton-cloudformation-sample-templates issue 47). */
export function pipelineCancelledMessage(failedInstanceArns: readonly string[]): string {
  return `Service Instance(s): [${failedInstanceArns.join(', ')}] failed to deploy - canceling pipeline deployment`;
}
