import { type RepeatedWork, repeatWork } from '../clock/index.ts';
import type { Db } from '../database/index.ts';
import { type DeploymentSignals, deploymentsUnfinished } from '../deployments/index.ts';
import type { Log } from '../log/index.ts';
import type { WorkflowEngine } from '../workflows/index.ts';
import { serviceListLeft, serviceLock, serviceUpdate } from './service-store.ts';
import { isCurrent, type ServiceWork } from './service-work.ts';
import { startServiceWork } from './service-workflow.ts';

export interface LeftWorkTools {
  readonly db: Db;
  readonly engine: Pick<WorkflowEngine, 'start'>;
}

const lookMs = 5_000;
const batchMax = 100;

/** Goes on with the work on services that was left, when the deployments are over for which it was: now, and from now on. */
export function reconcileServices(
  tools: LeftWorkTools & { readonly log: Log; readonly signals: DeploymentSignals },
): Pick<RepeatedWork, 'close'> {
  const resuming = repeatWork((closing) => resumeLeftWork(tools, closing), {
    everyMs: lookMs,
    failed: (err) => tools.log.warn({ err }, 'going on with the work on services is tried again'),
  });
  for (const end of ['succeeded', 'failed', 'cancelled', 'superseded']) tools.signals.onState(end, resuming.nudge);
  return resuming;
}

/** One look, which any process may take, also several at once: a round that was begun is not begun twice. */
export async function resumeLeftWork({ db, engine }: LeftWorkTools, closing?: AbortSignal): Promise<void> {
  let behind = '';
  while (!closing?.aborted) {
    const services = await serviceListLeft(db, behind, batchMax);
    const waitedFor = services.flatMap(({ work }) => work.waitsFor ?? []);
    const unfinished = waitedFor.length === 0 ? new Set() : await deploymentsUnfinished(db, waitedFor);
    for (const { work } of services) {
      if (work.waitsFor?.some((id) => unfinished.has(id))) continue;
      const { waitsFor: _, ...next } = work;
      await startServiceWork(engine, next);
      await forgetWaiting(db, next);
    }
    behind = services.at(-1)?.name ?? '';
    if (services.length < batchMax) return;
  }
}

/** It may have gone on so far already that it was left once more. */
async function forgetWaiting(db: Db, work: ServiceWork): Promise<void> {
  await db.transaction().execute(async (tx) => {
    const service = await serviceLock(tx, work.serviceName);
    if (service && isCurrent(work, service.work))
      await serviceUpdate(tx, service.name, { work, at: service.lastModifiedAt });
  });
}
