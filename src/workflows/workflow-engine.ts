import { AsyncLocalStorage } from 'node:async_hooks';
import { DBOS } from '@dbos-inc/dbos-sdk';
import pg from 'pg';
import type { Db } from '../database/index.ts';
import { newId } from '../identifiers/index.ts';
import type { Log } from '../log/index.ts';
import { createInterruption } from './interruption.ts';
import { joinNodes, type NodeLiveness } from './node-liveness.ts';
import { type Attempts, type Record, runWorkflow } from './run-workflow.ts';
import type { Workflow } from './workflow.ts';

export interface WorkflowEngineOptions {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly log: Log;
  /**
   * Workflows of one kind that a process runs at once; the process that was started last says so for all. 0: this
   * process only starts workflows, others run them.
   */
  readonly concurrency?: number;
  readonly attempts?: Attempts;
}

export interface WorkflowEngine {
  /** Makes a workflow known, with the tools its steps get. Before `launch`. */
  register<State extends object, Tools>(flow: Workflow<State, Tools>, tools: Tools): void;
  launch(): Promise<void>;
  /** Begins a workflow durably; an id that was begun before is not begun again. State is JSON. */
  start<State extends object, Tools>(flow: Workflow<State, Tools>, id: string, state: State): Promise<void>;
  /** Stops working here. What runs is left at its step, for the next process. */
  close(): Promise<void>;
}

const systemSchema = 'dbos';
/** Pinned: by default it is a hash of the source, and an upgrade would strand what is running. */
const applicationVersion = '1';
const concurrencyUsual = 1_000;
const sessionsMax = 10;
const pollMs = 50;
const takeOverMs = 2_000;
const stopMsMax = 2_000;
/** How long what is over is remembered: a start with an id that is older would begin again. */
const rememberMs = 7 * 24 * 60 * 60_000;
const forgetMs = 60 * 60_000;
const forgetBatch = 1_000;

/** Workflows on DBOS Transact, which only this file knows. One engine in a process at a time. */
export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  const { db, databaseUrl, log, concurrency = concurrencyUsual } = options;
  const executorId = newId();
  const interruption = createInterruption();
  const begin = new Map<string, (state: object) => Promise<void>>();
  const outside = AsyncLocalStorage.snapshot();
  const pool = systemPool(databaseUrl, log);
  const timers: NodeJS.Timeout[] = [];
  let nodes: NodeLiveness | undefined;

  function register<State extends object, Tools>(flow: Workflow<State, Tools>, tools: Tools): void {
    const run = async (state: object): Promise<void> => {
      const workflowId = DBOS.workflowID ?? '';
      const { context, piece, end } = interruption.begin(workflowId);
      const record: Record = (name, work) => piece(() => DBOS.runStep(() => piece(work), { name }));
      const flowLog = log.child({ workflow: flow.name, workflowId });
      try {
        await runWorkflow(flow, state as State, tools, context, record, flowLog, options.attempts);
      } finally {
        end();
      }
    };
    begin.set(flow.name, DBOS.registerWorkflow(run, { name: flow.name, maxRecoveryAttempts: 1_000_000 }));
  }

  async function launch(): Promise<void> {
    DBOS.setConfig({
      name: 'deuteron',
      systemDatabaseUrl: databaseUrl,
      systemDatabasePool: pool,
      systemDatabaseSchemaName: systemSchema,
      executorID: executorId,
      applicationVersion,
      logger: engineLog(log),
      ...(concurrency === 0 ? { listenQueues: [] } : {}),
    });
    await DBOS.launch();
    for (const name of begin.keys()) await registerQueue(name);
    nodes = await joinNodes(db, databaseUrl, executorId, (error) => log.warn({ err: error }, 'node session lost'));
    if (concurrency === 0) return;
    await takeOverDead(nodes);
    repeat(takeOverMs, 'takeover is tried again', () => takeOverDead(nodes));
    repeat(forgetMs, 'forgetting old workflows is tried again', forgetOld);
  }

  /** Each kind of workflow has a queue: one that waits for others must not take their places. */
  async function registerQueue(name: string): Promise<void> {
    await DBOS.registerQueue(name, {
      workerConcurrency: concurrency === 0 ? concurrencyUsual : concurrency,
      minPollingIntervalMs: pollMs,
      onConflict: concurrency === 0 ? 'never_update' : 'always_update',
    });
  }

  function repeat(ms: number, complaint: string, work: () => Promise<void>): void {
    let isBusy = false;
    const timer = setInterval(() => {
      if (isBusy) return;
      isBusy = true;
      work()
        .catch((err) => interruption.signal.aborted || log.warn({ err }, complaint))
        .finally(() => {
          isBusy = false;
        });
    }, ms);
    timers.push(timer);
  }

  async function takeOverDead(living: NodeLiveness | undefined): Promise<void> {
    for (const deadId of (await living?.dead()) ?? []) {
      await living?.bury(deadId, () => takeOver(deadId));
    }
  }

  async function takeOver(deadId: string): Promise<void> {
    const left = await DBOS.listWorkflows({
      executorId: deadId,
      status: 'PENDING',
      loadInput: false,
      loadOutput: false,
    });
    if (left.length > 0) log.info({ deadId, workflows: left.length }, 'work of a dead process is taken over');
    for (const [queueName, flows] of Map.groupBy(left, (flow) => flow.queueName ?? flow.workflowName)) {
      await DBOS.resumeWorkflows(
        flows.map(({ workflowID }) => workflowID),
        { queueName },
      );
    }
  }

  async function forgetOld(): Promise<void> {
    const old = await DBOS.listWorkflows({
      status: ['SUCCESS', 'ERROR'],
      completedBefore: new Date(Date.now() - rememberMs).toISOString(),
      limit: forgetBatch,
      loadInput: false,
      loadOutput: false,
    });
    if (old.length > 0) await DBOS.deleteWorkflows(old.map(({ workflowID }) => workflowID));
    if (old.length === forgetBatch) await forgetOld();
  }

  async function start<State extends object, Tools>(
    flow: Workflow<State, Tools>,
    id: string,
    state: State,
  ): Promise<void> {
    const run = begin.get(flow.name);
    if (!run) throw new Error(`the workflow ${flow.name} was not registered`);
    // whoever asks may be a step of another workflow, whose child it must not become
    await outside(() => DBOS.startWorkflow(run, { workflowID: id, queueName: flow.name })(state));
  }

  async function close(): Promise<void> {
    for (const timer of timers) clearInterval(timer);
    await interruption.stop(stopMsMax);
    await DBOS.shutdown({ deregister: true });
    await nodes?.stop();
    await pool.end();
  }

  return { register, launch, start, close };
}

function systemPool(databaseUrl: string, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: sessionsMax,
    idle_in_transaction_session_timeout: 60_000,
    keepAlive: true,
    application_name: 'deuteron workflows',
  });
  pool.on('error', (err) => log.warn({ err }, 'an idle session of the workflow engine was cut'));
  return pool;
}

/** The engine's own chatter is ours only from warnings on. */
function engineLog(log: Log) {
  const say = (level: 'warn' | 'error') => (entry: unknown) => {
    const text = entry instanceof Error ? (entry.stack ?? entry.message) : String(entry);
    if (!text.startsWith(leftBehind)) log[level]({ engine: 'dbos' }, text);
  };
  return { info: () => undefined, debug: () => undefined, warn: say('warn'), error: say('error') };
}

/** To leave work to the next process is our way of stopping. */
const leftBehind = 'Shutting down while';
