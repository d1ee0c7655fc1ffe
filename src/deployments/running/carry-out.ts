import type { ProvisioningMethod } from '../../bundles/index.ts';
import type { Refusal, Result } from '../../errors/index.ts';
import type { Log } from '../../log/index.ts';
import type { Observation, ProvisionedResource, Provisioner, Start, Subject } from '../../provisioners/index.ts';
import type { StepContext } from '../../workflows/index.ts';
import { cancelFor } from '../cancel-deployment.ts';
import type { DeploymentId } from '../deployment.ts';
import { type DeploymentLimits, duration, Pauses, type Polling } from '../deployment-limits.ts';
import type { DeploymentSignals } from '../deployment-signals.ts';
import { type DeploymentAtWork, deploymentAtWork } from '../deployment-store.ts';
import type { DeploymentTools } from '../deployment-tools.ts';
import { begunStackUpsert } from './begun-stack-store.ts';
import type { PlacementEnding } from './ending.ts';
import { eventsInsert } from './event-store.ts';
import { operationTask } from './operation-task.ts';
import { placementBegun } from './placement-store.ts';
import { describeResources } from './resource-list.ts';

export interface CarryOutTools extends DeploymentTools {
  readonly log: Log;
  readonly signals: DeploymentSignals;
  readonly limits: DeploymentLimits;
  readonly polling: Polling;
}

/** One change of one stack, in one account and region. */
export interface ProviderOperation {
  readonly deploymentId: DeploymentId;
  /** The number of the worker's take: it stops when another worker takes the deployment up. */
  readonly take: number;
  /** Which placement of the deployment, from 0. */
  readonly position: number;
  readonly kind: 'apply' | 'delete';
  readonly method: ProvisioningMethod;
  readonly provisioner: Provisioner;
  readonly subject: Subject;
  /** Known to the provider, so that what was begun before a crash is found again. */
  readonly token: string;
  /** Whether it is written down that the provider works on it. */
  readonly hasBegun: boolean;
  readonly begin: () => Promise<Result<Start>>;
  /** The deployment as it was a moment ago: its first look need not be made again. */
  readonly seen?: DeploymentAtWork;
  /** Of a deletion: what is known to lie there. */
  readonly lastKnown?: readonly ProvisionedResource[];
}

/** The provider could not be asked; the next look may find it. */
const later = Symbol('later');
type Look = PlacementEnding | typeof later | undefined;

/**
 * Begins an operation at the provider and looks until it is over. May be run again after a crash at any line: nothing
 * is begun twice. Cancels and time limits are heeded at every look.
 * @returns undefined when another worker has taken the deployment up and brought it to its end
 */
export async function carryOut(
  operation: ProviderOperation,
  tools: CarryOutTools,
  context: StepContext,
): Promise<PlacementEnding | undefined> {
  const { deploymentId, take } = operation;
  const watch = tools.signals.watch([deploymentId]);
  const pauses = new Pauses(tools.polling);
  const work = new OperationAtWork(operation, tools);
  try {
    for (let { seen } = operation; ; seen = undefined) {
      const deployment = seen ?? (await deploymentAtWork(tools.db, deploymentId));
      const isMine = deployment.take === take;
      const since = deployment.begunAt ?? deployment.createdAt;
      const situation = { deployment, isMine, hasBegun: work.hasBegun, since };
      const task = operationTask(situation, tools.clock.now(), tools.limits);
      if (task === 'stand-by' && deployment.completedAt) return undefined;
      const begunBefore = work.hasBegun;
      await context.stillMine(); // what the provider is told cannot be taken back
      const look = task === 'stand-by' ? undefined : await work.perform(task);
      if (look !== undefined && look !== later) {
        await work.collectEvents();
        return look;
      }
      if (work.hasBegun !== begunBefore) pauses.restart();
      await watch.wait(look === later ? pauses.afterUnavailable() : pauses.next(), context);
    }
  } finally {
    watch.close();
  }
}

type Task = Exclude<ReturnType<typeof operationTask>, 'stand-by'>;

/** The calls to the provider that one operation needs, each a single look or deed. */
class OperationAtWork {
  hasBegun: boolean;
  readonly #operation: ProviderOperation;
  readonly #tools: CarryOutTools;
  #eventsAt: number;
  #lastEventId: string | undefined;
  /** The stack whose trace is on record. */
  #tracedId: string | undefined;

  constructor(operation: ProviderOperation, tools: CarryOutTools) {
    this.#operation = operation;
    this.#tools = tools;
    this.hasBegun = operation.hasBegun;
    this.#eventsAt = tools.clock.now().getTime();
  }

  async perform(task: Task): Promise<Look> {
    switch (task) {
      case 'begin':
        return this.#begin();
      case 'look':
        return this.#look();
      case 'stop':
        await this.#stop();
        return this.#look();
      case 'find-out':
        return this.#findOut();
      case 'run-out':
        return this.#runOut();
      case 'give-up':
        return this.#giveUp();
    }
  }

  async #begin(): Promise<Look> {
    const { begin, kind } = this.#operation;
    const start = await begin();
    if (!start.ok) return this.#refused(start.refusal, { undone: 'all', touched: false });
    switch (start.value.begun) {
      case 'not-yet':
        return undefined;
      case 'nothing-to-do':
        return this.#observe(kind === 'delete' ? 'delete' : 'none');
      case 'no-trace':
        return this.#unproven(start.value.message);
      case 'yes':
        await this.#noteBegun(start.value.stackId);
        return undefined;
    }
  }

  async #look(): Promise<Look> {
    const look = await this.#observe(this.#operation.kind);
    const now = this.#tools.clock.now().getTime();
    if (look === undefined && now - this.#eventsAt >= this.#tools.polling.eventsMs) {
      this.#eventsAt = now;
      await this.collectEvents();
    }
    return look;
  }

  /** Asked again at every look: the provider may have been at a point where it does not stop. */
  async #stop(): Promise<void> {
    const { provisioner, subject, token } = this.#operation;
    const stopped = await provisioner.cancel(subject, token);
    if (!stopped.ok) this.#say(stopped.refusal, 'the provider does not stop');
  }

  /** Whether the provider began before the crash: it knows the token, or it is still at work on something. */
  async #findOut(): Promise<Look> {
    const { provisioner, subject, token } = this.#operation;
    await this.#stop();
    const events = await provisioner.events(subject, token);
    if (!events.ok) return this.#refused(events.refusal, { undone: 'part', touched: true });
    if (events.value.length > 0) {
      await this.#noteBegun();
      return undefined;
    }
    const now = await provisioner.observe(subject, token, 'none');
    if (!now.ok) return this.#refused(now.refusal, { undone: 'part', touched: true });
    return now.value.state === 'in-progress' ? undefined : { ended: 'stopped', undone: 'all', touched: false };
  }

  async #runOut(): Promise<Look> {
    const { clock, limits, db } = this.#tools;
    const at = clock.now().toISOString();
    const reason = `The deployment took longer than its time limit of ${duration(limits.deploymentMs)} and was cancelled (timeout).`;
    await db.transaction().execute((tx) => cancelFor(this.#tools, tx, this.#operation.deploymentId, { reason, at }));
    return undefined;
  }

  #giveUp(): PlacementEnding {
    const { limits } = this.#tools;
    const { kind, subject } = this.#operation;
    const what =
      kind === 'delete'
        ? `The deletion has taken ${duration(limits.deploymentMs)}`
        : `Cancelling has taken ${duration(limits.cancelMs)}`;
    const refusal: Refusal<'deployment-late'> = {
      kind: 'conflict',
      code: 'deployment-late',
      message: `${what} and ${subject.stackName} is still not done; Deuteron waits no longer.`,
      remedy: 'Look at the stack in its account. When the provider is done with it, deploy again or delete.',
    };
    return { ended: 'badly', refusal, causes: [], undone: 'part', touched: true };
  }

  /** What nobody can be asked about is not called gone: it may go on running, and costing. */
  #unproven(why: string): PlacementEnding {
    const { subject, deploymentId, lastKnown = [] } = this.#operation;
    const { accountId, region } = subject.placement;
    const known = lastKnown.length > 0 ? ` Last known: ${describeResources(lastKnown)}.` : '';
    const refusal: Refusal<'deletion-unproven'> = {
      kind: 'conflict',
      code: 'deletion-unproven',
      message: `It cannot be proved that the resources of ${subject.stackName} in account ${accountId}, region ${region}, are gone: ${why}.${known}`,
      remedy: `If the stack is in another account, or its record can be had back, see to that and delete again. Else look for the resources in the account, delete those that nobody needs, then: deuteron deployment abandon ${deploymentId} --reason "..."`,
    };
    return { ended: 'badly', refusal, causes: [], undone: 'nothing', touched: true };
  }

  async #observe(kind: 'apply' | 'delete' | 'none'): Promise<Look> {
    const { provisioner, subject, token } = this.#operation;
    const seen = await provisioner.observe(subject, token, kind);
    if (!seen.ok) return this.#refused(seen.refusal, { undone: 'part', touched: true });
    if ('stackId' in seen.value) await this.#keepTrace(seen.value.stackId);
    return this.#endingOf(seen.value);
  }

  #endingOf(seen: Observation): PlacementEnding | undefined {
    const { subject, method } = this.#operation;
    switch (seen.state) {
      case 'in-progress':
        return undefined;
      case 'succeeded': {
        const { changed, stackId: identifier, outputs, resources } = seen;
        const { placement, stackName: name } = subject;
        return { ended: 'well', changed, provisioned: { method, identifier, name, placement, outputs, resources } };
      }
      case 'failed':
        return { ended: 'badly', refusal: seen.refusal, causes: seen.causes, undone: seen.undone, touched: true };
      case 'cancelled':
        return { ended: 'stopped', undone: seen.undone, touched: true };
      case 'deleted':
        return seen.retained ? { ended: 'gone', retained: seen.retained } : { ended: 'gone' };
    }
  }

  /** What is unavailable is asked again at the next look; the deployment's time limit bounds that. */
  #refused(refusal: Refusal, left: Pick<PlacementEnding & { ended: 'badly' }, 'undone' | 'touched'>): Look {
    if (refusal.kind !== 'unavailable') return { ended: 'badly', refusal, causes: [], ...left };
    this.#say(refusal, 'the provider is asked again');
    return later;
  }

  #say(refusal: Refusal, what: string): void {
    const { deploymentId } = this.#operation;
    this.#tools.log.warn({ deploymentId, code: refusal.code, reason: refusal.message }, what);
  }

  /** What the provider has begun is on record first, so that no deletion overlooks it. */
  async #noteBegun(stackId?: string): Promise<void> {
    const { deploymentId, position } = this.#operation;
    await this.#keepTrace(stackId);
    await placementBegun(this.#tools.db, deploymentId, position, this.#tools.clock.now());
    this.hasBegun = true;
  }

  /** At each look; it is written where it is news. */
  async #keepTrace(stackId: string | undefined): Promise<void> {
    const { deploymentId, subject } = this.#operation;
    if (stackId === undefined || stackId === this.#tracedId) return;
    await begunStackUpsert(this.#tools.db, deploymentId, { placement: subject.placement, stackId });
    this.#tracedId = stackId;
  }

  /** Events are for people: that they cannot be had stops nothing. */
  async collectEvents(): Promise<void> {
    const { provisioner, subject, token, deploymentId, position } = this.#operation;
    const events = await provisioner.events(subject, token, this.#lastEventId);
    if (events.ok) {
      await eventsInsert(this.#tools.db, deploymentId, position, events.value);
      this.#lastEventId = events.value.at(-1)?.id ?? this.#lastEventId;
    } else this.#say(events.refusal, 'the events of the provider cannot be read');
  }
}
