import { vi } from 'vitest';
import { environmentData, type PropertySchema, renderJob, runRenderJob } from '../../bundles/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { accept, type Refusal, type Result } from '../../errors/index.ts';
import { silentLog } from '../../log/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import type { Placement } from '../../provisioners/index.ts';
import { createWorkflowEngine, type WorkflowEngine } from '../../workflows/index.ts';
import { type Deployment, type DeploymentId, deploymentStatus, isOver } from '../deployment.ts';
import { type DeploymentSignals, listenToDeployments } from '../deployment-signals.ts';
import { deploymentFind } from '../deployment-store.ts';
import type { DeploymentTools, WhenBusy } from '../deployment-tools.ts';
import { type DeploymentRequest, requestDeployment } from '../request-deployment.ts';
import {
  createDeploymentRunner,
  type DeploymentRunner,
  type DeploymentRunnerOptions,
} from '../running/deployment-runner.ts';
import { stackName } from '../stack-name.ts';
import type { DeploymentProgress, DeploymentTarget } from '../target.ts';
import type { TargetRef, TargetState } from '../target-ref.ts';
import { allowAll } from '../verdicts/verdict.ts';
import { FakeProvisioner } from './fake-provisioner.ts';

const patience = { timeout: 20_000, interval: 10 };

/** A clock that a test moves; it also runs. */
export class MovedClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  forward(ms: number): void {
    this.#aheadMs += ms;
  }

  reset(): void {
    this.#aheadMs = 0;
  }
}

/** A noun in memory: its templates by version, where it lies, and everything it was told. */
export class FakeNoun implements DeploymentTarget {
  readonly kind = 'environment';
  readonly told = new Map<string, DeploymentProgress[]>();
  readonly templates = new Map<number, string>();
  placements: readonly Placement[] = [{ accountId: '111122223333', region: 'us-east-1' }];
  schema: PropertySchema = { type: 'object', properties: { value: { type: 'string' } } };
  /** What loading answers instead; a deletion must not ask. */
  broken: Refusal | undefined;

  async load(_db: unknown, target: TargetRef, state: TargetState) {
    if (this.broken) return { ok: false, refusal: this.broken } as const;
    const text = this.templates.get(state.minorVersion) ?? plainTemplate;
    const files = new Map([
      [templateFile, Buffer.from(text)],
      ['infrastructure/manifest.yaml', Buffer.from(manifest)],
    ]);
    const inputs = { value: state.spec };
    return accept({
      ...this.#location(target),
      method: 'cloudformation',
      bundle: { files, digest: `sha256:${state.minorVersion}` },
      part: 'environment',
      data: environmentData({ name: target.environmentName, accountId: '111122223333' }, inputs),
      inputs,
      inputSchema: this.schema,
      inputsAt: 'environment.inputs',
      tags: { 'proton:environment': target.arn },
    } as const);
  }

  async locate(_db: unknown, target: TargetRef) {
    return accept(this.#location(target));
  }

  async record(_tx: unknown, target: TargetRef, progress: DeploymentProgress) {
    this.told.set(target.arn, [...(this.told.get(target.arn) ?? []), progress]);
  }

  reset(): void {
    this.placements = [{ accountId: '111122223333', region: 'us-east-1' }];
    this.broken = undefined;
    this.schema = { type: 'object', properties: { value: { type: 'string' } } };
  }

  /** The statuses it went through, e.g. `IN_PROGRESS`, `SUCCEEDED`. */
  statuses(arn: string): string[] {
    return (this.told.get(arn) ?? []).map(({ status }) => status);
  }

  #location(target: TargetRef) {
    const name = stackName('environment', target.environmentName, target.arn);
    return { placements: this.placements, stackName: name };
  }
}

export const templateFile = 'infrastructure/cloudformation.yaml';

const manifest = `infrastructure:
  templates:
    - {file: cloudformation.yaml, rendering_engine: jinja, template_language: cloudformation}
`;

export const plainTemplate = `Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      BucketName: "{{ environment.inputs.value }}"
`;

export interface DeploymentWorld {
  readonly database: Database;
  readonly provisioner: FakeProvisioner;
  readonly noun: FakeNoun;
  readonly clock: MovedClock;
  readonly tools: DeploymentTools;
  readonly signals: DeploymentSignals;
  /** A process that carries deployments out. */
  startEngine(options?: Partial<DeploymentRunnerOptions>): Promise<{ stop(): Promise<void> }>;
  /** Ends those that a test left running. */
  stopEngines(): Promise<void>;
  target(name: string): TargetRef;
  request(
    target: TargetRef,
    operation: DeploymentRequest['operation'],
    change?: {
      spec?: string;
      minor?: number;
      whenBusy?: WhenBusy;
      initialState?: TargetState;
      id?: DeploymentId;
      requestedBy?: PrincipalId;
    },
  ): Promise<Result<Deployment>>;
  /** As `request`, of what must not be refused. */
  requested(...args: Parameters<DeploymentWorld['request']>): Promise<Deployment>;
  find(id: DeploymentId): Promise<Deployment>;
  until(id: DeploymentId, state: Deployment['standing']['state']): Promise<Deployment>;
  untilOver(id: DeploymentId): Promise<Deployment>;
  status(id: DeploymentId): Promise<string>;
  close(): Promise<void>;
}

export async function deploymentWorld(): Promise<DeploymentWorld> {
  const database = await testDatabase();
  const { db } = database;
  const provisioner = new FakeProvisioner();
  const noun = new FakeNoun();
  const clock = new MovedClock();
  const signals = await listenToDeployments(database.url);
  const tools: DeploymentTools = { db, clock, targets: { environment: noun }, whenBusy: 'refuse' };
  const engines: { engine: WorkflowEngine; runner: DeploymentRunner }[] = [];

  async function startEngine(options: Partial<DeploymentRunnerOptions> = {}) {
    const attempts = { unavailableMs: 2_000, throwsMax: 2, pauseMsMin: 5, pauseMsMax: 20 };
    const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog, attempts });
    const polling = { msMin: 5, msMax: 50, eventsMs: 20 };
    const provisioners = { cloudformation: provisioner };
    const runner = createDeploymentRunner({
      ...tools,
      engine,
      log: silentLog,
      signals,
      provisioners,
      polling,
      renderer: renderInThread,
      decide: allowAll,
      ...options,
    });
    await engine.launch();
    runner.launch();
    const running = { engine, runner };
    engines.push(running);
    return { stop: () => stop(running) };
  }

  async function stop(running: (typeof engines)[number]): Promise<void> {
    if (!engines.includes(running)) return;
    engines.splice(engines.indexOf(running), 1);
    await running.runner.close();
    await running.engine.close();
  }

  async function stopEngines(): Promise<void> {
    for (const running of [...engines]) await stop(running);
  }

  const request: DeploymentWorld['request'] = (target, operation, change = {}) => {
    const { spec = 'one', minor = 0, requestedBy, ...rest } = change;
    const targetState: TargetState = { templateName: 'network', majorVersion: 1, minorVersion: minor, spec };
    const asked = {
      target,
      operation,
      targetState: operation === 'delete' ? undefined : targetState,
      requestedBy,
      ...rest,
    };
    return db.transaction().execute((tx) => requestDeployment(tools, tx, asked));
  };

  async function find(id: DeploymentId): Promise<Deployment> {
    const deployment = await deploymentFind(db, id);
    if (!deployment) throw new Error(`no deployment ${id}`);
    return deployment;
  }

  function untilThat(id: DeploymentId, holds: (deployment: Deployment) => boolean, what: string): Promise<Deployment> {
    return vi.waitFor(async () => {
      const deployment = await find(id);
      if (!holds(deployment)) throw new Error(`the deployment is ${deployment.standing.state}, not ${what}`);
      return deployment;
    }, patience);
  }

  return {
    database,
    provisioner,
    noun,
    clock,
    tools,
    signals,
    startEngine,
    stopEngines,
    target: (name) => ({
      kind: 'environment',
      arn: `arn:aws:proton:us-east-1:111122223333:environment/${name}`,
      createdAt: new Date('2026-01-01T00:00:00Z'),
      environmentName: name,
    }),
    request,
    async requested(...args) {
      const asked = await request(...args);
      if (!asked.ok) throw new Error(asked.refusal.message);
      return asked.value;
    },
    find,
    until: (id, state) => untilThat(id, ({ standing }) => standing.state === state, state),
    untilOver: (id) => untilThat(id, ({ standing }) => isOver(standing.state), 'over'),
    status: async (id) => deploymentStatus(await find(id)),
    async close() {
      await stopEngines();
      await signals.close();
      await database.close();
    },
  };
}

/** In this thread: a pool of threads is slower to start than these tests to run. */
export const renderInThread: DeploymentRunnerOptions['renderer'] = {
  async render(bundle, part, data) {
    const job = renderJob(bundle, part, data);
    return job.ok ? runRenderJob(job.value) : job;
  },
};
