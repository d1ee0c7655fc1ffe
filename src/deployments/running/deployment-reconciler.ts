import { type RepeatedWork, repeatWork } from '../../clock/index.ts';
import type { Db } from '../../database/index.ts';
import type { Log } from '../../log/index.ts';
import { inTrace } from '../../telemetry/index.ts';
import type { DeploymentId, Operation } from '../deployment.ts';
import type { DeploymentSignals } from '../deployment-signals.ts';
import { deploymentsHandedOver, deploymentsToHandOver } from '../deployment-store.ts';

export interface HandOverTools {
  readonly db: Db;
  readonly log: Log;
  readonly signals: DeploymentSignals;
  /** Begins the workflow of a deployment; beginning it twice begins it once. */
  readonly begin: (id: DeploymentId, operation: Operation, round: number) => Promise<void>;
}

const lookMs = 5_000;
const batchMax = 50;

/**
 * Gives every requested deployment to the workflow engine. Requests are rows of their callers' transactions, so this
 * is woken by their commit, and looks by itself now and then for those whose signal was lost with a process.
 */
export function reconcileDeployments(tools: HandOverTools): Pick<RepeatedWork, 'close'> {
  const handingOver = repeatWork(
    async (closing) => {
      while ((await handOver(tools)) === batchMax && !closing.aborted);
    },
    { everyMs: lookMs, failed: (err) => tools.log.warn({ err }, 'handing over deployments is tried again') },
  );
  tools.signals.onState('requested', handingOver.nudge);
  tools.signals.onState('cancelling', handingOver.nudge); // of what waited for people nobody has the work
  return handingOver;
}

/** The rows stay locked until the engine has them, so that processes share the work. @returns how many there were */
async function handOver({ db, begin }: HandOverTools): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const waiting = await deploymentsToHandOver(tx, batchMax);
    if (waiting.length === 0) return 0;
    await Promise.all(
      waiting.map(({ id, operation, round, traceparent }) =>
        inTrace(traceparent ?? undefined, () => begin(id, operation, round)),
      ),
    );
    await deploymentsHandedOver(
      tx,
      waiting.map(({ id }) => id),
    );
    return waiting.length;
  });
}
