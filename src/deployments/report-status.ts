import type { Db } from '../database/index.ts';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { targetLock, targetUpdate } from './target-store.ts';

/** What whoever provisions a thing outside of Deuteron says about it. */
export interface ReportedStatus {
  readonly targetArn: string;
  readonly deploymentId?: string;
  readonly status?: 'IN_PROGRESS' | 'FAILED' | 'SUCCEEDED';
  /** All of them; absent: they stay as they are. */
  readonly outputs?: Readonly<Record<string, string>>;
}

export type ReportRefusal = Refusal<'target-unknown' | 'target-not-reported' | 'no-deployment-to-report'>;

/**
 * Takes the outputs of a thing whose owner provisions it. Nothing of such a thing is ever in progress here, so there is
 * no deployment to end.
 * @refuses target-unknown, target-not-reported for what Deuteron itself provisions, no-deployment-to-report for the end
 *   of a deployment that does not run
 */
export async function reportStatus(tx: Db, report: ReportedStatus): Promise<Result<void, ReportRefusal>> {
  const { targetArn, deploymentId, status, outputs } = report;
  const target = await targetLock(tx, targetArn);
  if (!target) {
    return refuse({
      kind: 'missing',
      code: 'target-unknown',
      message: `The requested resource does not exist: ${targetArn}`,
      remedy: 'Give the ARN of an environment, service instance, pipeline or component as its Get operation shows it.',
    });
  }
  if (!target.customerManaged) {
    return refuse({
      kind: 'invalid',
      code: 'target-not-reported',
      message: `${targetArn} is provisioned by Deuteron, which sees by itself how its deployments end.`,
      remedy: 'Leave the call out.',
    });
  }
  if (deploymentId !== undefined || status === 'FAILED') {
    return refuse({
      kind: 'conflict',
      code: 'no-deployment-to-report',
      message: deploymentId
        ? `The deployment ${deploymentId} of ${targetArn} is not in progress.`
        : `No deployment of ${targetArn} is in progress.`,
      remedy: 'Send the outputs without deployment id and with status SUCCEEDED or none.',
    });
  }
  if (outputs) await targetUpdate(tx, targetArn, { outputs });
  return accept(undefined);
}
