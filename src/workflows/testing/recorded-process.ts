/** A process that runs recorded workflows until it is killed: `recorded-process.ts URL STEP_MS [ID...]` starts these. */
import { openDatabase } from '../../database/index.ts';
import { silentLog } from '../../log/index.ts';
import { createWorkflowEngine } from '../workflow-engine.ts';
import { recordedWorkflow } from './recorded-workflow.ts';

const [databaseUrl = '', stepMs = '0', ...ids] = process.argv.slice(2);
const database = await openDatabase({ databaseUrl, sessionsMax: 2 });
if (!database.ok) throw new Error(database.refusal.message);
const engine = createWorkflowEngine({ databaseUrl, log: silentLog });
engine.register(recordedWorkflow, { db: database.value.db, stepMs: Number(stepMs) });
await engine.launch();
for (const id of ids) await engine.start(recordedWorkflow, id, { id });
console.log('ready');
process.on('SIGTERM', async () => {
  await engine.close();
  process.exit(0);
});
