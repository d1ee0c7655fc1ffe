import { DBOS } from '@dbos-inc/dbos-sdk';
import type { Db } from '../database/index.ts';
import { newId } from '../identifiers/index.ts';
import type { Log } from '../log/index.ts';
import { joinNodes, type NodeLiveness } from './node-liveness.ts';
import { type Attempts, runWorkflow } from './run-workflow.ts';
import type { StepContext, Workflow } from './workflow.ts';

export interface WorkflowEngineOptions {
  readonly db: Db;
  readonly databaseUrl: string;
  readonly log: Log;
  /** Workflows that run in this process at once. 0: this process only starts workflows, others run them. */
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

const queueName = 'deuteron';
const systemSchema = 'dbos';
/** Pinned: by default it is a hash of the source, and an upgrade would strand what is running. */
const applicationVersion = '1';
const takeOverMs = 2_000;
const stopMsMax = 2_000;

/** Workflows on DBOS Transact, which only this file knows. One engine in a process at a time. */
export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  const { db, databaseUrl, log, concurrency = 200 } = options;
  const executorId = newId();
  const stopping = new AbortController();
  const begin = new Map<string, (state: object) => Promise<void>>();
  let nodes: NodeLiveness | undefined;
  let takeOverTimer: NodeJS.Timeout | undefined;

  function contextOf(workflowId: string): StepContext {
    return { workflowId, signal: stopping.signal, wait: (ms) => waitUnlessStopped(ms, stopping.signal) };
  }

  function register<State extends object, Tools>(flow: Workflow<State, Tools>, tools: Tools): void {
    const run = async (state: object): Promise<void> => {
      const workflowId = DBOS.workflowID ?? '';
      const record = async <Value>(name: string, work: () => Promise<Value>): Promise<Value> => {
        if (stopping.signal.aborted) return never();
        return DBOS.runStep(() => unlessStopped(work, stopping.signal), { name });
      };
      const flowLog = log.child({ workflow: flow.name, workflowId });
      await runWorkflow(flow, state as State, tools, contextOf(workflowId), record, flowLog, options.attempts);
    };
    begin.set(flow.name, DBOS.registerWorkflow(run, { name: flow.name, maxRecoveryAttempts: 1_000_000 }));
  }

  async function launch(): Promise<void> {
    DBOS.setConfig({
      name: 'deuteron',
      systemDatabaseUrl: databaseUrl,
      systemDatabaseSchemaName: systemSchema,
      executorID: executorId,
      applicationVersion,
      logger: engineLog(log),
      ...(concurrency === 0 ? { listenQueues: [] } : {}),
    });
    await DBOS.launch();
    await DBOS.registerQueue(queueName, {
      workerConcurrency: Math.max(concurrency, 1),
      minPollingIntervalMs: 50,
      onConflict: 'always_update',
    });
    nodes = await joinNodes(db, databaseUrl, executorId, (error) => log.warn({ err: error }, 'node session lost'));
    if (concurrency === 0) return;
    await takeOverDead();
    takeOverTimer = setInterval(
      () => takeOverDead().catch((err) => log.warn({ err }, 'takeover is tried again')),
      takeOverMs,
    );
  }

  async function takeOverDead(): Promise<void> {
    for (const deadId of (await nodes?.dead()) ?? []) {
      await nodes?.bury(deadId, async () => {
        const left = await DBOS.listWorkflows({
          executorId: deadId,
          status: 'PENDING',
          loadInput: false,
          loadOutput: false,
        });
        const ids = left.map((status) => status.workflowID);
        if (ids.length === 0) return;
        log.info({ deadId, workflows: ids.length }, 'work of a dead process is taken over');
        await DBOS.resumeWorkflows(ids, { queueName });
      });
    }
  }

  async function start<State extends object, Tools>(
    flow: Workflow<State, Tools>,
    id: string,
    state: State,
  ): Promise<void> {
    const run = begin.get(flow.name);
    if (!run) throw new Error(`the workflow ${flow.name} was not registered`);
    await DBOS.startWorkflow(run, { workflowID: id, queueName })(state);
  }

  async function close(): Promise<void> {
    clearInterval(takeOverTimer);
    stopping.abort();
    await DBOS.shutdown({ workflowCompletionTimeoutMS: stopMsMax, deregister: true });
    await nodes?.stop();
  }

  return { register, launch, start, close };
}

/** A promise for a process that stops: whoever awaits it is run again by the next process. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}

function waitUnlessStopped(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return never();
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    const stop = () => clearTimeout(timer);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/** Work that fails because the process stops has not failed: it is left for the next process. */
async function unlessStopped<Value>(work: () => Promise<Value>, signal: AbortSignal): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) return never();
    throw error;
  }
}

/** The engine's own chatter is ours only from warnings on. */
function engineLog(log: Log) {
  const say = (level: 'warn' | 'error') => (entry: unknown) =>
    log[level]({ engine: 'dbos' }, entry instanceof Error ? (entry.stack ?? entry.message) : String(entry));
  return { info: () => undefined, debug: () => undefined, warn: say('warn'), error: say('error') };
}
