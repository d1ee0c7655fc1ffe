import { type Deployment, type DeploymentLimits, isRunning } from '../deployments/index.ts';
import type { Work } from '../workflows/index.ts';
import type { Finding } from './finding.ts';
import { lasting } from './times.ts';

/** A request is taken up within a second, by a server of any role. */
const takeUpMs = 60_000;
const graceMs = 10 * 60_000;
/** From when on a plan that waits for its approval is worth a word. */
const approvalMs = 24 * 60 * 60_000;

/**
 * @param running deployments that are not over and do not wait for their turn
 * @param work of the engine: a deployment's workflow has its id; `<id>.2` when it goes on after it waited twice
 * @param isComplete whether `work` is all there is
 */
export function deploymentFindings(
  running: readonly Deployment[],
  work: readonly Work[],
  isComplete: boolean,
  limits: DeploymentLimits,
  now: Date,
): Finding[] {
  const atWork = new Set(work.map(({ id }) => id.replace(/\.\d+$/, '')));
  return running
    .filter(({ standing }) => isRunning(standing.state))
    .flatMap((deployment) => findingOf(deployment, atWork.has(deployment.id) || !isComplete, limits, now) ?? []);
}

function findingOf(deployment: Deployment, hasWork: boolean, limits: DeploymentLimits, now: Date): Finding | undefined {
  const { id, standing, target, createdAt, modifiedAt } = deployment;
  const since = now.getTime() - modifiedAt.getTime();
  const about = { subject: `deployment ${id} of ${target.arn}` };
  if (standing.state === 'requested') {
    if (hasWork || since < takeUpMs) return undefined;
    return {
      ...about,
      finding: 'deployment-not-taken-up',
      message: `It was requested ${lasting(now.getTime() - createdAt.getTime())} ago and no server has given it to the workers.`,
      remedy:
        'Start a server: `deuteron server`. If one runs, look for "handing over deployments is tried again" in its log.',
    };
  }
  // while it waits for people, nothing works on it
  if (!hasWork && since > takeUpMs && standing.state !== 'waiting') {
    return {
      ...about,
      finding: 'deployment-without-work',
      message: `It is ${standing.state} for ${lasting(since)}, but no work on it exists: it was removed from the tables of the workflow engine, or they were restored without it.`,
      remedy: `Nothing will bring it to its end by itself. Restore the whole database, the schema dbos included, from one backup; report it with the log around ${id} if nothing was restored.`,
    };
  }
  const limitMs = standing.state === 'cancelling' ? limits.cancelMs : limits.deploymentMs;
  if (standing.state === 'waiting') {
    if (since < approvalMs) return undefined;
    return {
      ...about,
      finding: 'deployment-awaits-approval',
      message: `Its plan ${standing.plan} waits for an approval for ${lasting(since)}.`,
      remedy: 'Ask those who may approve it; or cancel the deployment.',
    };
  }
  if (since < limitMs + graceMs) return undefined;
  return {
    ...about,
    finding: 'deployment-overdue',
    message: `It is ${standing.state} for ${lasting(since)}, longer than its limit; a worker should have ended it.`,
    remedy: 'See the findings about workers and work; restart the workers one after the other.',
  };
}
