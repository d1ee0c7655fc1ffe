import { vi } from 'vitest';
import { updateAccountSettings } from '../../accounts/index.ts';
import { makeBundle } from '../../bundles/index.ts';
import { targetFind } from '../../deployments/index.ts';
import {
  createEnvironment,
  environmentFind,
  environmentPlacement,
  environmentTarget,
} from '../../environments/index.ts';
import {
  ana,
  type EnvironmentWorld,
  environmentWorld,
  installation,
  roleArn,
  type WorkerOptions,
} from '../../environments/testing/environment-world.ts';
import { accept, type Result } from '../../errors/index.ts';
import { bundleInsert } from '../../templates/bundle-store.ts';
import { templateArn, templateVersionArn } from '../../templates/index.ts';
import { templateInsert } from '../../templates/template-store.ts';
import { versionInsert } from '../../templates/template-version-store.ts';
import type { FindEnvironment } from '../instance-environment.ts';
import { serviceInstanceTarget } from '../service-instance-target.ts';
import { servicePipelineTarget } from '../service-pipeline-target.ts';
import { type ServiceWorkTools, usualServiceLimits } from '../service-tools.ts';
import { serviceWorkflow } from '../service-workflow.ts';

export interface ServiceWorld extends Pick<EnvironmentWorld, 'provisioner' | 'close'> {
  readonly tools: ServiceWorkTools;
}

export interface ServiceWorldOptions extends Omit<WorkerOptions, 'register'> {
  /** Absent: what is asked for waits for whoever carries it out. */
  readonly runsServices?: boolean;
}

/**
 * Services with everything below them, and a worker for deployments: a template `queue` 1.0 with a pipeline, and an
 * environment `dev` to run it in.
 */
export async function serviceWorld({
  runsServices = false,
  ...worker
}: ServiceWorldOptions = {}): Promise<ServiceWorld> {
  const methods = new Set(['cloudformation'] as const);
  const findEnvironment: FindEnvironment = async (db, name) => {
    const environment = await environmentFind(db, name);
    if (!environment) return undefined;
    const record = await targetFind(db, environment.arn);
    return {
      name,
      arn: environment.arn,
      templateName: environment.templateName,
      deployedVersion: environment.deployed,
      isBeingDeleted: false,
      checkMethod: () => accept(undefined),
      placements: [environmentPlacement(installation, environment)],
      outputs: record?.outputs ?? {},
    };
  };
  const targets = {
    environment: environmentTarget(installation),
    'service-instance': serviceInstanceTarget({ installation, findEnvironment }),
    'service-pipeline': servicePipelineTarget({ installation, findEnvironment }),
  };
  const limits = usualServiceLimits;
  const register: WorkerOptions['register'] = (engine, signals, deployments) => {
    const { db, clock } = deployments;
    const tools = { db, clock, installation, deployments, engine, limits, methods, findEnvironment, signals };
    if (runsServices) engine.register(serviceWorkflow, tools);
  };
  const world = await environmentWorld({ targets }, undefined, { register, ...worker });
  const { db, clock } = world.tools;
  await world.template('base', [{ version: '1.0' }]);
  const base = { name: 'dev', templateName: 'base', majorVersion: 1, protonServiceRoleArn: roleArn };
  accepted(await createEnvironment(world.tools, { ...base, spec: 'proton: EnvironmentSpec\nspec: {}\n' }, ana));
  await vi.waitFor(
    async () => {
      const environment = await environmentFind(db, 'dev');
      if (environment?.status !== 'SUCCEEDED') throw new Error(`it is ${environment?.status}`);
    },
    { timeout: 20_000, interval: 20 },
  );
  accepted(
    await updateAccountSettings({ db, repositoryExists: async () => false }, { pipelineServiceRoleArn: roleArn }),
  );
  await serviceTemplate(world);
  const { provisioner, signals, close } = world;
  const engine = runsServices ? world.engine : { start: async () => undefined };
  const deployments = world.tools;
  return {
    provisioner,
    close,
    tools: { db, clock, installation, deployments, engine, limits, methods, findEnvironment, signals },
  };
}

async function serviceTemplate({ tools: { db } }: EnvironmentWorld): Promise<void> {
  const ref = { kind: 'service', name: 'queue' } as const;
  const at = new Date();
  const times = { createdAt: at, lastModifiedAt: at };
  const texts = { displayName: null, description: null, encryptionKey: null, createHash: '' };
  const template = { ...ref, ...texts, ...times, arn: templateArn(installation, ref), creationId: 'queue' };
  await templateInsert(db, { ...template, customerManaged: false });
  const bundle = makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  await bundleInsert(db, bundle, at);
  await versionInsert(db, {
    kind: 'service',
    templateName: 'queue',
    major: 1,
    minor: 0,
    arn: templateVersionArn(installation, ref, { major: 1, minor: 0 }),
    registrationId: 'queue:1.0',
    status: 'PUBLISHED',
    statusMessage: '',
    description: null,
    source: { bucket: 'b', key: 'k' },
    compatibleEnvironments: [{ templateName: 'base', majorVersion: 1 }],
    supportedComponentSources: [],
    schemaText: files['schema/schema.yaml'],
    bundleDigest: bundle.digest,
    findings: [],
    ...times,
  });
}

const manifest =
  'infrastructure:\n  templates:\n    - {file: cloudformation.yaml, rendering_engine: jinja, template_language: cloudformation}\n';
const files = {
  'schema/schema.yaml': `schema:
  format: {openapi: "3.0.0"}
  service_input_type: In
  pipeline_input_type: Pipe
  types:
    In: {type: object, properties: {seconds: {type: integer, default: 30}}}
    Pipe: {type: object, properties: {}}
`,
  'instance_infrastructure/manifest.yaml': manifest,
  'instance_infrastructure/cloudformation.yaml':
    'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      VisibilityTimeout: {{ service_instance.inputs.seconds }}\n',
  'pipeline_infrastructure/manifest.yaml': manifest,
  'pipeline_infrastructure/cloudformation.yaml': 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n',
};

export function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}
