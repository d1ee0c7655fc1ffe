import type { Db } from '../database/index.ts';
import type { Log } from '../log/index.ts';
import { inTrace } from '../telemetry/index.ts';
import type { DeploymentId, Operation } from './deployment.ts';
import type { DeploymentSignals } from './deployment-signals.ts';
import { deploymentsHandedOver, deploymentsToHandOver } from './deployment-store.ts';

export interface HandOverTools {
  readonly db: Db;
  readonly log: Log;
  readonly signals: DeploymentSignals;
  /** Begins the workflow of a deployment; beginning it twice begins it once. */
  readonly begin: (id: DeploymentId, operation: Operation) => Promise<void>;
}

export interface DeploymentReconciler {
  close(): Promise<void>;
}

const lookMs = 5_000;
const batchMax = 50;

/**
 * Gives every requested deployment to the workflow engine. Requests are rows of their callers' transactions, so this
 * is woken by their commit, and looks by itself now and then for those whose signal was lost with a process.
 */
export function reconcileDeployments(tools: HandOverTools): DeploymentReconciler {
  let running: Promise<void> | undefined;
  let again = false;
  let closed = false;

  async function pass(): Promise<void> {
    do {
      again = false;
      while ((await handOver(tools)) === batchMax && !closed);
    } while (again && !closed);
  }

  function nudge(): void {
    again = true;
    if (closed || running) return;
    running = pass()
      .catch((err) => tools.log.warn({ err }, 'handing over deployments is tried again'))
      .finally(() => {
        running = undefined;
        if (again) nudge();
      });
  }

  tools.signals.onState('requested', nudge);
  const timer = setInterval(nudge, lookMs);
  nudge();
  return {
    async close() {
      closed = true;
      clearInterval(timer);
      await running;
    },
  };
}

/** The rows stay locked until the engine has them, so that processes share the work. @returns how many there were */
async function handOver({ db, begin }: HandOverTools): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const waiting = await deploymentsToHandOver(tx, batchMax);
    if (waiting.length === 0) return 0;
    await Promise.all(
      waiting.map(({ id, operation, traceparent }) => inTrace(traceparent ?? undefined, () => begin(id, operation))),
    );
    await deploymentsHandedOver(
      tx,
      waiting.map(({ id }) => id),
    );
    return waiting.length;
  });
}
