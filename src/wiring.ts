/** The only file that knows every room: it introduces them to each other. */
import { createHttpServer, createMonitorServer } from './api/index.ts';
import { accountOperations } from './api/proton/account-operations.ts';
import { deploymentOperations } from './api/proton/deployment-operations.ts';
import { environmentOperations } from './api/proton/environment-operations.ts';
import { fleetOperations } from './api/proton/fleet-operations.ts';
import { serviceOperations } from './api/proton/service-operations.ts';
import { tagOperations } from './api/proton/tag-operations.ts';
import { templateOperations } from './api/proton/template-operations.ts';
import { type ProvisioningMethod, RenderPool } from './bundles/index.ts';
import { AnalysisPool } from './changes/index.ts';
import { repeatWork, systemClock } from './clock/index.ts';
import { type Database, type Db, migrate, openDatabase } from './database/index.ts';
import {
  createDeploymentRunner,
  type DeploymentLimits,
  type DeploymentTools,
  decideByGovernance,
  listenToDeployments,
  methodNotAvailable,
  type PlanningTools,
  stackTemplateIsTaken,
  usualLimits,
  type WhenBusy,
  type WhenPreviewed,
} from './deployments/index.ts';
import {
  checkRights,
  environmentFindWithOutputs,
  environmentPlacement,
  environmentTarget,
  usualEnvironmentsMax,
} from './environments/index.ts';
import { accept, type Result, refuse } from './errors/index.ts';
import { listenToEvents, startEventPublisher, startWebhookDeliveries } from './events/index.ts';
import { JudgePool, managedTags, measureLoad, storedSpecs, versionUsers } from './fleet/index.ts';
import { installationTimeZone } from './governance/index.ts';
import {
  builtInRails,
  createExternalInspection,
  createInspector,
  expireExceptions,
  externalRails,
  type GuardRailPrograms,
} from './guard-rails/index.ts';
import type { Installation } from './identifiers/index.ts';
import { checkSignInSettings, findTeamsOfGroups, type SignInSettings } from './identity/index.ts';
import type { Log } from './log/index.ts';
import {
  createFetchObject,
  createS3Source,
  createTemplateBucket,
  objectStorageLimits,
  openTemplateShelf,
} from './object-storage/index.ts';
import {
  type AccessKey,
  checkSealingKey,
  ensureFirstAdministrator,
  expireHandovers,
  findSealingKey,
  loadSealingKey,
  tellEndedPrincipals,
} from './organization/index.ts';
import {
  type CallRates,
  type CloudFormationProvisionerOptions,
  createCloudFormationProvisioner,
  PacedCalls,
} from './provisioners/index.ts';
import {
  type FindEnvironment,
  reconcileServices,
  resumeServiceWork,
  serviceInstanceTarget,
  servicePipelineTarget,
  serviceWorkflow,
  usualServiceLimits,
} from './services/index.ts';
import { type SimulatedCloud, startSimulatedCloud } from './simulated-cloud/index.ts';
import {
  registerVersionWorkflow,
  resumeRegistrations,
  usualTemplateLimits,
  VersionAnalysisPool,
} from './templates/index.ts';
import { createWorkflowEngine } from './workflows/index.ts';

export interface DeuteronOptions {
  /** A PostgreSQL 15 or newer. Absent: the embedded one in the data folder. */
  readonly databaseUrl?: string;
  /** Holds the embedded database and the sealing key. */
  readonly dataFolder: string;
  /** 64 hex digits. Absent: a file in the data folder, made at the first start of what is no worker. */
  readonly sealingKey?: string;
  readonly host?: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly installation: Installation;
  readonly cloud: CloudOptions;
  /** Where bundles lie that were not uploaded to us. Absent: none; `aws`: Amazon S3; else an endpoint's URL. */
  readonly s3?: string;
  /**
   * The bucket that large templates are put in for CloudFormation, in this installation's region. Absent: none, and they
   * are refused; a cloud on this machine needs none.
   */
  readonly templateBucket?: string;
  readonly whenBusy: WhenBusy;
  /** When deployments ask the provider beforehand what they would do. Absent: when needed. */
  readonly previews?: WhenPreviewed;
  /** Whether webhooks may go to loopback and link-local addresses. Default no. */
  readonly webhooksLocal?: boolean;
  /** Where rules read weekday and hour from now on: an IANA name. Absent: as it is kept. */
  readonly timeZone?: string;
  /** What is absent is as usual. */
  readonly deploymentLimits?: Partial<DeploymentLimits>;
  /** What all processes together call in an account and region. Absent: 10 of each API at AWS, no limit elsewhere. */
  readonly callsPerSecond?: CallRates;
  /** What this process does. Absent: all. */
  readonly role?: Role;
  /** Deployments that this process carries out at once. 0: as the role `api`. */
  readonly concurrency?: number;
  /** Where people sign in. Absent: they use access keys. */
  readonly signIn?: SignInSettings;
  /** Programs that look at templates for guard rails, by name; absent: those on the path. */
  readonly guardRailPrograms?: GuardRailPrograms;
  readonly log: Log;
}

/** `api` answers requests and leaves the work to others; `worker` works, and answers nothing but how it is. */
export type Role = 'all' | 'api' | 'worker';

export type CloudOptions =
  /** On loopback, in the same database. @see SimulatedCloudOptions for the clock */
  | { readonly kind: 'simulated'; readonly port: number; readonly clockScale?: number }
  /** Any endpoint that speaks CloudFormation and STS; absent: AWS itself. */
  | { readonly kind: 'aws'; readonly endpoint?: string };

/** A running installation. */
export interface Deuteron {
  readonly url: string;
  /** The simulated cloud's endpoint, where there is one. */
  readonly cloudUrl?: string;
  /** Given once in the life of an installation. */
  readonly administrator?: AccessKey;
  readonly db: Db;
  close(): Promise<void>;
}

export const version = '0.1.0';

/** AWS publishes none of these limits; twenty to thirty stacks at once ran into that of a status call (aws/aws-cdk#5637). */
const awsCallsPerSecond: CallRates = { '*': 10 };

/** How often we look for what a process that died had written down and not begun. */
const resumeMs = 10_000;

/** The credentials for a simulated cloud, which believes every signature. */
const simulatedCredentials = { accessKeyId: 'SIMULATEDCLOUDACCESS', secretAccessKey: 'simulated' };

/** Starts everything that the options ask for. What cannot be had is refused, and nothing stays behind. */
export async function startDeuteron(options: DeuteronOptions): Promise<Result<Deuteron>> {
  const closing: (() => Promise<unknown>)[] = [];
  const closeAll = async () => {
    for (const close of closing.reverse().splice(0)) await close();
  };
  try {
    const started = await start(options, closing);
    if (!started.ok) await closeAll();
    return started.ok ? accept({ ...started.value, close: closeAll }) : started;
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function start(
  options: DeuteronOptions,
  closing: (() => Promise<unknown>)[],
): Promise<Result<Omit<Deuteron, 'close'>>> {
  const { log, installation, dataFolder, whenBusy, role = 'all' } = options;
  const isWorker = role === 'worker';
  const concurrency = role === 'api' ? 0 : options.concurrency;
  if (isWorker && concurrency === 0) return workerWithoutWork();
  const signIn = options.signIn ? checkSignInSettings(options.signIn) : accept(undefined);
  if (!signIn.ok) return signIn;
  const clock = systemClock;
  const opened = await openDatabase({ databaseUrl: options.databaseUrl, folder: dataFolder, sessionsMax: 30 });
  if (!opened.ok) return opened;
  closing.push(() => opened.value.close());
  const { db, url: databaseUrl } = opened.value;
  const migrated = await migrate(db);
  if (!migrated.ok) return migrated;
  // before anybody is there: whether it is a new installation shows by that
  const zone = await installationTimeZone(db, options.timeZone);
  if (!zone.ok) return zone;
  const timeZone = zone.value;
  const sealing = await (isWorker ? findSealingKey : loadSealingKey)({ given: options.sealingKey, folder: dataFolder });
  if (!sealing.ok) return sealing;
  const seal = sealing.value;
  const fits = seal ? await checkSealingKey(db, seal) : accept(undefined);
  if (!fits.ok) return fits;

  const cloud = await startCloud(options, databaseUrl, log);
  if (!cloud.ok) return cloud;
  const { simulated } = cloud.value;
  if (simulated) closing.push(() => simulated.close());
  const provisioner = createCloudFormationProvisioner({
    clock,
    endpoint: cloud.value.endpoint,
    credentials: simulated ? simulatedCredentials : undefined,
    storeTemplate: await templateStore(options, cloud.value.endpoint, closing),
    calls: new PacedCalls({
      db,
      rates: options.callsPerSecond ?? (options.cloud.kind === 'aws' ? awsCallsPerSecond : {}),
    }),
  });
  closing.push(async () => provisioner.close());

  const signals = await listenToDeployments(databaseUrl);
  closing.push(() => signals.close());
  const analysis = new VersionAnalysisPool();
  closing.push(() => analysis.close());
  const renderPool = new RenderPool();
  closing.push(() => renderPool.close());
  const engine = createWorkflowEngine({ databaseUrl, log, concurrency });

  const stackAnalysis = new AnalysisPool();
  closing.push(() => stackAnalysis.close());
  const provisioners = { cloudformation: provisioner };
  const planning: PlanningTools = {
    provisioners,
    renderer: renderPool,
    analyse: (change) => stackAnalysis.analyse(change),
  };
  const methods: ReadonlySet<ProvisioningMethod> = new Set(Object.keys(provisioners) as ProvisioningMethod[]);
  const findEnvironment = environmentsFinder(installation, methods);
  const targets = {
    environment: environmentTarget(installation),
    'service-instance': serviceInstanceTarget({ installation, findEnvironment }),
    'service-pipeline': servicePipelineTarget({ installation, findEnvironment }),
  };
  const deployments: DeploymentTools = { db, clock, targets, whenBusy };
  const decide = decideByGovernance({ clock, timeZone });
  const programs = options.guardRailPrograms ?? {};
  const rails = [...builtInRails, ...externalRails(programs)];
  const inspector = createInspector({ rails, external: createExternalInspection(programs) });
  const runner = createDeploymentRunner({
    ...deployments,
    inspector,
    engine,
    log,
    signals,
    ...planning,
    ...(options.previews && { previews: options.previews }),
    limits: { ...usualLimits, ...options.deploymentLimits },
    decide,
  });
  const storage = { db, clock, limits: objectStorageLimits };
  const s3Source =
    options.s3 === undefined
      ? undefined
      : createS3Source({ region: installation.region, endpoint: options.s3 === 'aws' ? undefined : options.s3 });
  if (s3Source) closing.push(async () => s3Source.close());
  engine.register(registerVersionWorkflow, {
    db,
    clock,
    fetchObject: createFetchObject(storage, s3Source),
    storedSpecs,
    analysis,
  });
  const services = {
    db,
    clock,
    installation,
    deployments,
    engine,
    limits: usualServiceLimits,
    methods,
    findEnvironment,
  };
  engine.register(serviceWorkflow, { ...services, signals });
  await engine.launch();
  closing.push(() => engine.close());
  runner.launch();
  closing.push(() => runner.close());
  const serviceReconciler = reconcileServices({ db, engine, log, signals });
  closing.push(() => serviceReconciler.close());
  const resuming = repeatWork(
    () =>
      Promise.all([
        resumeRegistrations(db, engine),
        resumeServiceWork(db, engine),
        expireHandovers({ db, clock }),
        tellEndedPrincipals({ db, clock }),
        expireExceptions({ db, clock }),
      ]),
    {
      everyMs: resumeMs,
      failed: (err) => log.warn({ err }, 'looking for unfinished work is tried again'),
    },
  );
  closing.push(() => resuming.close());
  const eventSignals = await listenToEvents(databaseUrl);
  closing.push(() => eventSignals.close());
  const publisher = startEventPublisher({ db, clock, log, signals: eventSignals });
  closing.push(() => publisher.close());
  const stopMeasuring = measureLoad(opened.value);
  closing.push(async () => stopMeasuring());
  const localAllowed = options.webhooksLocal ?? false;
  if (seal) {
    const deliveries = startWebhookDeliveries({ db, clock, seal, localAllowed, log, signals: eventSignals });
    closing.push(() => deliveries.close());
  } else log.info({}, 'without the sealing key, this worker delivers no webhooks');
  const ready = () => readiness(opened.value);
  if (isWorker || !seal) {
    const monitor = createMonitorServer({ version, ready });
    closing.push(() => monitor.close());
    const url = await monitor.listen({ host: options.host, port: options.port });
    return accept({ url, cloudUrl: simulated?.url, db });
  }

  const templates = {
    db,
    clock,
    installation,
    engine,
    analysis,
    limits: usualTemplateLimits,
    usersOf: versionUsers,
  };
  const environments = { ...deployments, installation, methods, environmentsMax: usualEnvironmentsMax };
  const operations = {
    ...templateOperations(templates),
    ...environmentOperations(environments),
    ...serviceOperations(services),
    ...deploymentOperations({ ...deployments, installation }),
    ...tagOperations({ db, managedTags: (on, arn) => managedTags(on, installation, arn) }),
    ...accountOperations({ db, installation, repositoryExists: async () => false }),
    ...fleetOperations({ db }),
  };
  const organization = { db, clock, sealingKey: seal };
  const guardRails = [stackTemplateIsTaken];
  const planRequests = { ...deployments, ...planning, guardRails, inspector, decide, previews: options.previews };
  const plans = { planning: planRequests, environments, services };
  const judgePool = new JudgePool();
  closing.push(() => judgePool.close());
  const http = createHttpServer({
    operations,
    organization,
    signIn: signIn.value,
    storage,
    installation,
    timeZone,
    native: {
      db,
      clock,
      seal,
      localAllowed,
      signals: eventSignals,
      preview: { db, installation, pool: judgePool },
      deployments,
      approvals: { ...deployments, decide, timeZone },
      registry: { ...templates, storedSpecs, storage },
      plans,
      rails,
    },
    log,
    version,
    ready,
  });
  closing.push(() => http.close());
  const url = await http.listen({ host: options.host, port: options.port });
  const administrator = await ensureFirstAdministrator(organization);
  if (signIn.value) await findTeamsOfGroups({ db, log }, signIn.value);
  return accept({ url, cloudUrl: simulated?.url, administrator, db });
}

async function startCloud(
  { cloud, installation }: DeuteronOptions,
  databaseUrl: string,
  log: Log,
): Promise<Result<{ simulated?: SimulatedCloud; endpoint?: string }>> {
  if (cloud.kind === 'aws') return accept({ endpoint: cloud.endpoint });
  const simulated = await startSimulatedCloud({
    databaseUrl,
    port: cloud.port,
    clockScale: cloud.clockScale,
    defaultAccountId: installation.accountId,
    log: log.child({ cloud: 'simulated' }),
  });
  return simulated.ok ? accept({ simulated: simulated.value, endpoint: simulated.value.url }) : simulated;
}

/** Where CloudFormation fetches templates that are too large to be sent; undefined when there is no such place. */
async function templateStore(
  { templateBucket: bucket, installation: { region }, s3 }: DeuteronOptions,
  cloudEndpoint: string | undefined,
  closing: (() => Promise<unknown>)[],
): Promise<CloudFormationProvisionerOptions['storeTemplate']> {
  if (bucket !== undefined) {
    const endpoint = s3 === 'aws' ? undefined : s3;
    const templates = createTemplateBucket({ bucket, region, endpoint });
    closing.push(async () => templates.close());
    return (_, template) => templates.put(template);
  }
  if (cloudEndpoint === undefined || !isOnThisMachine(cloudEndpoint)) return undefined;
  const shelf = await openTemplateShelf();
  closing.push(() => shelf.close());
  return async (_, template) => accept(shelf.put(template));
}

function isOnThisMachine(url: string): boolean {
  return URL.canParse(url) && ['localhost', '127.0.0.1', '[::1]'].includes(new URL(url).hostname);
}

/** What services know of environments. */
function environmentsFinder(installation: Installation, methods: ReadonlySet<ProvisioningMethod>): FindEnvironment {
  return async (db, name) => {
    const found = await environmentFindWithOutputs(db, name);
    if (!found) return undefined;
    const { environment, outputs } = found;
    return {
      name,
      arn: environment.arn,
      templateName: environment.templateName,
      deployedVersion: environment.deployed,
      isBeingDeleted: environment.status === 'DELETE_IN_PROGRESS' || environment.status === 'DELETE_FAILED',
      checkMethod: (method) => (methods.has(method) ? checkRights(environment, method) : methodNotAvailable(method)),
      placements: [environmentPlacement(installation, environment)],
      outputs,
      lastSucceededDeploymentId: environment.lastSucceededId,
    };
  };
}

function workerWithoutWork() {
  return refuse({
    kind: 'invalid',
    code: 'worker-without-work',
    message: 'A worker that may carry out 0 deployments at once would do nothing.',
    remedy: 'Leave --concurrency (DEUTERON_CONCURRENCY) away, or choose --role api (DEUTERON_ROLE).',
  });
}

/** Whether the server can do its work right now. */
async function readiness({ db }: Database): Promise<Result<void>> {
  try {
    await db.selectNoFrom((select) => select.val(1).as('one')).execute();
    return accept(undefined);
  } catch (error) {
    return refuse({
      kind: 'unavailable',
      code: 'database-away',
      message: `The database does not answer: ${(error as Error).message}`,
      remedy: 'Bring it back; nothing else needs to be done.',
    });
  }
}
