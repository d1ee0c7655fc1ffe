import { histogram, longBuckets } from '../../telemetry/index.ts';
import { type Deployment, isOver } from '../deployment.ts';

const durations = histogram(
  {
    name: 'deuteron_deployment_duration_seconds',
    help: 'Deployments that ended, from request to end, by what they changed and how they ended',
    labels: ['target', 'operation', 'outcome'],
  },
  longBuckets,
);

/** Counts a deployment that ended in this process. */
export function measureDeployment({ target, operation, standing, createdAt, completedAt }: Deployment): void {
  if (!completedAt || !isOver(standing.state)) return;
  const seconds = (completedAt.getTime() - createdAt.getTime()) / 1000;
  durations.observe({ target: target.kind, operation, outcome: standing.state }, seconds);
}
