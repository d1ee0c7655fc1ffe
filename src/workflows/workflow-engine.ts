import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { DBOS, Error as EngineErrors } from '@dbos-inc/dbos-sdk';
import { type Db, notify } from '../database/index.ts';
import { newId } from '../identifiers/index.ts';
import { type Log, withLogFacts } from '../log/index.ts';
import { inSpan, inTrace, traceFacts, traceparent } from '../telemetry/index.ts';
import { buryDead } from './bury-dead.ts';
import { DeclaredDead } from './declared-dead.ts';
import { type EngineDatabase, economizeEngine } from './engine-database.ts';
import { queuesWithWork } from './engine-store.ts';
import { createFencedPool, type FencedPool } from './fenced-pool.ts';
import { createInterruption, type Interruption } from './interruption.ts';
import { type NodeSession, openNodeSession } from './node-session.ts';
import { oneAtATime } from './one-at-a-time.ts';
import { createQueueWatch, type QueueWatch, queueChannel } from './queue-watch.ts';
import { type Attempts, brokenWorkflow, type Record, runWorkflow, settleUnfinished } from './run-workflow.ts';
import { kindOf, type Workflow } from './workflow.ts';

export interface WorkflowEngineOptions {
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
  /**
   * Makes a workflow known, with the tools its steps get; before `launch`. Their `db` is replaced by sessions that end
   * when this process is declared dead: what steps write, they write through it.
   */
  register<State extends object, Tools extends { readonly db: Db }>(flow: Workflow<State, Tools>, tools: Tools): void;
  launch(): Promise<void>;
  /** Begins a workflow durably; an id that was begun before is not begun again. State is JSON. */
  start<State extends object, Tools>(flow: Workflow<State, Tools>, id: string, state: State): Promise<void>;
  /** Stops working here. What runs is left at its step, for the next process, which is told. */
  close(): Promise<void>;
}

/** A process from the time it joins until it stops or is declared dead. */
interface Incarnation {
  readonly executorId: string;
  readonly session: NodeSession;
  readonly work: FencedPool;
  readonly interruption: Interruption;
  readonly queues: QueueWatch;
  /** Once the engine runs. */
  engineDatabase?: EngineDatabase;
}

/** Under which name the trace of who asked is stored with the state of a workflow. */
const keptTrace = '$traceparent';
type Kept<State> = State & { readonly [keptTrace]?: string };

export const systemSchema = 'dbos';
/** Pinned: by default it is a hash of the source, and an upgrade would strand what is running. See workflow.ts. */
export const applicationVersion = '1';
const concurrencyUsual = 1_000;
/** Between the end of a look into a queue and the next, where there is always something: see queue-watch.ts for when not. */
const pollMs = 50;
const burialMs = 1_000;
const strayMs = 5_000;
/** After so long work is found even when nobody told: a message may be lost with the process that sends it. */
const lookMs = 2_000;
const stopMsMax = 2_000;
const rejoinMs = 1_000;
/** How long what is over is remembered: a start with an id that is older would begin again. */
const rememberMs = 7 * 24 * 60 * 60_000;
const forgetMs = 60 * 60_000;
const forgetBatch = 1_000;

/**
 * Workflows on DBOS Transact, which only this file knows. One engine in a process at a time. A process that was declared
 * dead while it was frozen or cut off leaves all its work and joins again under a new name.
 */
export function createWorkflowEngine(options: WorkflowEngineOptions): WorkflowEngine {
  const { databaseUrl, log, concurrency = concurrencyUsual } = options;
  const begin = new Map<string, (state: object) => Promise<void>>();
  const outside = AsyncLocalStorage.snapshot();
  const timers: NodeJS.Timeout[] = [];
  let current: Incarnation | undefined;
  let joined: Promise<void> = Promise.resolve();
  let isClosed = false;
  let strays = new Set<string>();
  /** Queues into which we put something, and have not said so yet. */
  const untold = new Set<string>();

  function incarnation(): Incarnation {
    if (!current) throw new Error('the workflow engine was not launched');
    return current;
  }

  function register<State extends object, Tools extends { readonly db: Db }>(
    flow: Workflow<State, Tools>,
    tools: Tools,
  ): void {
    for (const each of [flow, ...flow.former]) registerKind(each, tools);
  }

  function registerKind<State extends object, Tools extends { readonly db: Db }>(
    flow: Workflow<State, Tools>,
    tools: Tools,
  ): void {
    const kind = kindOf(flow);
    const run = (input: Kept<object>): Promise<void> => {
      const { [keptTrace]: trace, ...state } = input;
      const workflowId = DBOS.workflowID ?? '';
      const facts = { workflow: kind, workflowId, ...flow.facts(state as State) };
      const inside = () => withLogFacts({ ...facts, ...traceFacts() }, () => carryOut(state as State, workflowId));
      return inTrace(trace, () => inSpan(`workflow ${kind}`, facts, inside));
    };
    const carryOut = async (state: State, workflowId: string): Promise<void> => {
      const { interruption, work, engineDatabase } = incarnation();
      const { context, piece, end } = interruption.begin(workflowId);
      const record: Record = (name, work) =>
        piece(() => DBOS.runStep(() => inSpan(`step ${name}`, { step: name }, () => piece(work)), { name }));
      const fenced = { ...tools, db: work.db };
      try {
        await piece(async () => engineDatabase?.begin(workflowId));
        await runWorkflow(flow, state, fenced, context, record, log, options.attempts);
      } catch (error) {
        if (belongsToOthers(error)) throw error;
        log.error({ err: error }, 'a workflow cannot go on and is settled');
        const end = {
          ok: false,
          ...brokenWorkflow(kind, error instanceof EngineErrors.DBOSUnexpectedStepError),
        } as const;
        await piece(() => settleUnfinished(flow, state, end, fenced, context, log, options.attempts));
      } finally {
        engineDatabase?.end(workflowId);
        end();
      }
    };
    begin.set(kind, DBOS.registerWorkflow(run, { name: kind, maxRecoveryAttempts: 1_000_000 }));
  }

  async function launch(): Promise<void> {
    await join();
    repeat(burialMs, 'takeover is tried again', bury);
    await bury();
    if (concurrency === 0) return;
    repeat(lookMs, 'looking for work that waits is tried again', lookForWork);
    repeat(strayMs, 'looking for strays is tried again', takeBackStrays);
    repeat(forgetMs, 'forgetting old workflows is tried again', forgetOld);
  }

  async function join(): Promise<void> {
    const executorId = newId();
    const runs = concurrency === 0 ? [] : [...begin.keys()];
    const onStopped = () => void bury().catch((err) => log.warn({ err }, 'takeover is tried again'));
    const queues = createQueueWatch();
    const session = await openNodeSession({ databaseUrl, executorId, runs, log, onStopped, onQueued: queues.wake });
    const work = createFencedPool(databaseUrl, executorId, log);
    const interruption = createInterruption(async () => {
      await session.confirm();
      if (session.isLost()) await interruption.stop(0);
    });
    const own: Incarnation = { executorId, session, work, interruption, queues };
    current = own;
    session.lost.then(() => {
      if (!isClosed) joined = rejoin();
    });
    DBOS.setConfig({
      name: 'deuteron',
      systemDatabaseUrl: databaseUrl,
      systemDatabasePool: work.pool,
      systemDatabaseSchemaName: systemSchema,
      executorID: executorId,
      applicationVersion,
      logger: engineLog(log),
      listenQueues: runs,
      maxConcurrentQueueDispatches: runs.length + 1, // none waits for another; a queue that is waited for needs no session
    });
    // those that start together would get into each other's way while the engine makes its tables
    await oneAtATime(work.pool, 'deuteron workflow engine starts', () => DBOS.launch());
    own.engineDatabase = economizeEngine(work.db, queues);
    for (const kind of begin.keys()) await registerQueue(kind);
    own.engineDatabase.queuesAreMade();
  }

  async function rejoin(): Promise<void> {
    const { executorId, session, work, interruption, queues } = incarnation();
    log.warn({ executorId }, 'this process was declared dead while it was silent; it leaves its work and joins again');
    await interruption.stop(0);
    queues.close();
    while (!isClosed) {
      try {
        await DBOS.shutdown();
        await join();
        break;
      } catch (err) {
        log.warn({ err }, 'joining again is tried again');
        await delay(rejoinMs);
      }
    }
    await session.stop();
    work.close().catch(() => undefined);
  }

  /** Each kind of workflow has a queue: one that waits for others must not take their places. */
  async function registerQueue(kind: string): Promise<void> {
    await DBOS.registerQueue(kind, {
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
      joined
        .then(work)
        .catch((err) => isClosed || log.warn({ err }, complaint))
        .finally(() => {
          isBusy = false;
        });
    }, ms);
    timers.push(timer);
  }

  async function bury(): Promise<void> {
    const { session, work } = incarnation();
    if (!isClosed && !session.isLost()) await buryDead({ db: work.db, self: session, log, takeOver });
  }

  async function takeOver(deadId: string): Promise<number> {
    const left = await DBOS.listWorkflows({
      executorId: deadId,
      status: 'PENDING',
      loadInput: false,
      loadOutput: false,
    });
    await giveBack(left);
    return left.length;
  }

  async function giveBack(flows: readonly { workflowID: string; workflowName: string; queueName?: string }[]) {
    for (const [queueName, queued] of Map.groupBy(flows, (flow) => flow.queueName ?? flow.workflowName)) {
      await DBOS.resumeWorkflows(
        queued.map(({ workflowID }) => workflowID),
        { queueName },
      );
      tellQueued(queueName);
    }
  }

  /** Those who do not hear it, or whom we could not tell, look by themselves a little later. */
  function tellQueued(kind: string): void {
    const isTelling = untold.size > 0;
    untold.add(kind);
    if (!isTelling) setImmediate(tellAll);
  }

  function tellAll(): void {
    const kinds = [...untold];
    untold.clear();
    const { work } = incarnation();
    for (const kind of kinds) notify(work.db, queueChannel, kind).catch(() => undefined);
  }

  /** One look for all queues: each by itself would ask as often as there are kinds of work. */
  async function lookForWork(): Promise<void> {
    const { work, queues } = incarnation();
    for (const queue of await queuesWithWork(work.db)) queues.wake(queue);
  }

  /** What the engine took from a queue and then could not begin, because its session was cut in between. */
  async function takeBackStrays(): Promise<void> {
    const { executorId, interruption } = incarnation();
    const mine = await DBOS.listWorkflows({ executorId, status: 'PENDING', loadInput: false, loadOutput: false });
    const idle = mine.filter(({ workflowID }) => !interruption.isRunning(workflowID));
    const stray = idle.filter(({ workflowID }) => strays.has(workflowID));
    if (stray.length > 0) log.warn({ workflows: stray.length }, 'work that was taken and not begun is begun again');
    await giveBack(stray);
    strays = new Set(idle.map(({ workflowID }) => workflowID));
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
    const kind = kindOf(flow);
    const run = begin.get(kind);
    if (!run) throw new Error(`the workflow ${kind} was not registered`);
    const trace = traceparent();
    const input: Kept<State> = trace === undefined ? state : { ...state, [keptTrace]: trace };
    for (;;) {
      await joined;
      try {
        // whoever asks may be a step of another workflow, whose child it must not become
        await outside(() => DBOS.startWorkflow(run, { workflowID: id, queueName: kind })(input));
        tellQueued(kind);
        return;
      } catch (error) {
        if (error instanceof EngineErrors.DBOSConflictingWorkflowError) return; // begun before, in another revision
        if (isClosed || !(error instanceof DeclaredDead || incarnation().session.isLost())) throw error;
        await delay(rejoinMs);
      }
    }
  }

  async function close(): Promise<void> {
    if (isClosed) return;
    isClosed = true;
    for (const timer of timers) clearInterval(timer);
    await joined;
    if (!current) return;
    const { session, work, interruption, queues } = current;
    await interruption.stop(stopMsMax);
    queues.close();
    await DBOS.shutdown({ deregister: true });
    await Promise.race([work.close(), delay(stopMsMax, undefined, { ref: false })]);
    await session.stop();
  }

  return { register, launch, start, close };
}

/** The engine itself waits then for what the others record. */
function belongsToOthers(error: unknown): boolean {
  return (
    error instanceof EngineErrors.DBOSWorkflowConflictError || error instanceof EngineErrors.DBOSWorkflowCancelledError
  );
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
