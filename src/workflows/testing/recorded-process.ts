/** A process that starts one recorded workflow and runs until it is killed: `recorded-process.ts URL ID STEP_MS`. */
import { openDatabase } from '../../database/index.ts';
import { silentLog } from '../../log/index.ts';
import { createWorkflowEngine } from '../workflow-engine.ts';
import { recordedWorkflow } from './recorded-workflow.ts';

const [databaseUrl = '', id = '', stepMs = '0'] = process.argv.slice(2);
const database = await openDatabase({ databaseUrl });
if (!database.ok) throw new Error(database.refusal.message);
const { db } = database.value;
const engine = createWorkflowEngine({ db, databaseUrl, log: silentLog });
engine.register(recordedWorkflow, { db, stepMs: Number(stepMs) });
await engine.launch();
await engine.start(recordedWorkflow, id, { id });
