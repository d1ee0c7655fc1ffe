import { makeBundle, renderJob, runRenderJob } from '../../bundles/index.ts';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import {
  allowAll,
  createDeploymentRunner,
  type DeploymentRunnerOptions,
  type DeploymentSignals,
  listenToDeployments,
} from '../../deployments/index.ts';
import { FakeProvisioner } from '../../deployments/testing/fake-provisioner.ts';
import type { Installation } from '../../identifiers/index.ts';
import { silentLog } from '../../log/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import type { Provisioner } from '../../provisioners/index.ts';
import { bundleInsert } from '../../templates/bundle-store.ts';
import { templateArn, templateVersionArn } from '../../templates/index.ts';
import { templateInsert } from '../../templates/template-store.ts';
import { versionInsert } from '../../templates/template-version-store.ts';
import { createWorkflowEngine, type WorkflowEngine, type WorkflowEngineOptions } from '../../workflows/index.ts';
import { environmentTarget } from '../environment-target.ts';
import type { EnvironmentTools } from '../environment-tools.ts';

export const installation: Installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
export const ana = 'ana' as PrincipalId;
export const roleArn = 'arn:aws:iam::111122223333:role/proton';

const usualSchema = `schema:
  format: {openapi: "3.0.0"}
  environment_input_type: NetworkInput
  types:
    NetworkInput:
      type: object
      properties:
        cidr: {type: string, default: 10.0.0.0/16}
        password: {type: string, x-sensitive: true}
`;
const usualTemplate = `Resources:
  Network:
    Type: AWS::EC2::VPC
    Properties:
      CidrBlock: {{ environment.inputs.cidr }}
`;

export interface TestVersion {
  readonly version: string;
  readonly status?: 'DRAFT' | 'PUBLISHED';
  readonly schema?: string;
  readonly template?: string;
  readonly engine?: 'jinja' | 'hcl' | 'codebuild';
}

export interface EnvironmentWorld {
  readonly database: Database;
  readonly provisioner: FakeProvisioner;
  readonly signals: DeploymentSignals;
  readonly engine: WorkflowEngine;
  readonly tools: EnvironmentTools;
  /** Registers a template with these versions. */
  template(name: string, versions: readonly TestVersion[], customerManaged?: boolean): Promise<void>;
  close(): Promise<void>;
}

/** What carries deployments out. */
export interface WorkerOptions extends Pick<WorkflowEngineOptions, 'concurrency'> {
  readonly decide?: DeploymentRunnerOptions['decide'];
  /** Before the engine is launched. */
  readonly register?: (engine: WorkflowEngine, signals: DeploymentSignals, tools: EnvironmentTools) => void;
}

/**
 * Environments with everything below them, and a worker that carries deployments out.
 * @param makeProvisioner absent: a fake one in memory
 */
export async function environmentWorld(
  options: Partial<EnvironmentTools> = {},
  makeProvisioner?: (databaseUrl: string) => Promise<Provisioner>,
  { concurrency, decide = allowAll, register }: WorkerOptions = {},
): Promise<EnvironmentWorld> {
  const database = await testDatabase();
  const { db } = database;
  const provisioner = new FakeProvisioner();
  const inUse = (await makeProvisioner?.(database.url)) ?? provisioner;
  const signals = await listenToDeployments(database.url);
  const tools: EnvironmentTools = {
    db,
    clock: { now: () => new Date() },
    targets: { environment: environmentTarget(installation) },
    whenBusy: 'refuse',
    installation,
    methods: new Set(['cloudformation']),
    environmentsMax: 1_000,
    ...options,
  };
  const engine = createWorkflowEngine({ databaseUrl: database.url, log: silentLog, concurrency });
  const runner = createDeploymentRunner({
    ...tools,
    engine,
    log: silentLog,
    signals,
    provisioners: { cloudformation: inUse },
    polling: { msMin: 5, msMax: 50, eventsMs: 1_000 },
    decide,
    renderer: {
      async render(bundle, part, data) {
        const job = renderJob(bundle, part, data);
        return job.ok ? runRenderJob(job.value) : job;
      },
    },
  });
  register?.(engine, signals, tools);
  await engine.launch();
  runner.launch();

  async function template(name: string, versions: readonly TestVersion[], customerManaged = false): Promise<void> {
    const ref = { kind: 'environment', name } as const;
    const at = new Date();
    const arn = templateArn(installation, ref);
    const texts = { displayName: null, description: null, encryptionKey: null, createHash: '' };
    const times = { createdAt: at, lastModifiedAt: at };
    await templateInsert(db, { ...ref, ...texts, ...times, arn, creationId: name, customerManaged });
    for (const { version, status = 'PUBLISHED', schema = usualSchema, ...rest } of versions) {
      const [major = 0, minor = 0] = version.split('.').map(Number);
      const bundle = makeBundle(filesOf(schema, rest.template ?? usualTemplate, rest.engine ?? 'jinja'));
      await bundleInsert(db, bundle, at);
      await versionInsert(db, {
        kind: 'environment',
        templateName: name,
        major,
        minor,
        arn: templateVersionArn(installation, ref, { major, minor }),
        registrationId: `${name}:${version}`,
        status,
        statusMessage: '',
        description: null,
        source: { bucket: 'b', key: 'k' },
        compatibleEnvironments: [],
        supportedComponentSources: [],
        schemaText: schema,
        bundleDigest: bundle.digest,
        findings: [],
        ...times,
      });
    }
  }

  return {
    database,
    provisioner,
    signals,
    engine,
    tools,
    template,
    async close() {
      await runner.close();
      await engine.close();
      await signals.close();
      await database.close();
    },
  };
}

const manifests = {
  jinja: '{file: cloudformation.yaml, rendering_engine: jinja, template_language: cloudformation}',
  hcl: '{file: "*", rendering_engine: hcl, template_language: terraform}',
  codebuild: '{rendering_engine: codebuild, settings: {image: i, provision: [a], deprovision: [b]}}',
} as const;

function filesOf(schema: string, template: string, engine: keyof typeof manifests): Map<string, Uint8Array> {
  const texts = {
    'schema/schema.yaml': schema,
    'infrastructure/manifest.yaml': `infrastructure:\n  templates:\n    - ${manifests[engine]}\n`,
    'infrastructure/cloudformation.yaml': template,
  };
  return new Map(Object.entries(texts).map(([path, text]) => [path, Buffer.from(text)]));
}
