/**
 * A worker that lets work stand still at kill points, and says so, until it is killed:
 * `held-worker.ts DATABASE_URL CLOUD_URL [POINTS]`, where POINTS is JSON: workflow id -> point. Without: a worker.
 */
import { deleteWorkflow } from '../../src/deployments/running/delete-workflow.ts';
import { deployWorkflow } from '../../src/deployments/running/deploy-workflow.ts';
import { silentLog } from '../../src/log/index.ts';
import { serviceWorkflow } from '../../src/services/index.ts';
import { registerVersionWorkflow } from '../../src/templates/index.ts';
import { startDeuteron } from '../../src/wiring.ts';
import { holdAtPoints, type KillPoint } from '../../src/workflows/testing/kill-points.ts';
import { installation } from './installation-name.ts';

const [databaseUrl = '', endpoint = '', given = '{}'] = process.argv.slice(2);
const points: Record<string, KillPoint> = JSON.parse(given);
const holding = {
  pointOf: (id: string) => points[id],
  held: (id: string) => console.log(`held ${id}`),
};
holdAtPoints(deployWorkflow, ({ deploymentId }) => deploymentId, holding);
holdAtPoints(deleteWorkflow, ({ deploymentId }) => deploymentId, holding);
holdAtPoints(serviceWorkflow, ({ workId }) => workId, holding);
holdAtPoints(registerVersionWorkflow, ({ registrationId }) => registrationId, holding);

const started = await startDeuteron({
  databaseUrl,
  dataFolder: '/nowhere',
  port: 0,
  installation,
  cloud: { kind: 'aws', endpoint },
  role: 'worker',
  whenBusy: 'refuse',
  log: silentLog,
});
if (!started.ok) throw new Error(started.refusal.message);
console.log(`ready ${started.value.url}`);
process.on('SIGTERM', () => started.value.close().then(() => process.exit(0)));
