import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { vi } from 'vitest';
import type { Database } from '../../database/index.ts';
import { testDatabase } from '../../database/testing/index.ts';
import { type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import { silentLog } from '../../log/index.ts';
import type { FetchObject } from '../../object-storage/index.ts';
import type { PrincipalId } from '../../organization/index.ts';
import { createWorkflowEngine, type WorkflowEngine } from '../../workflows/index.ts';
import {
  createTemplate,
  createTemplateVersion,
  registerVersionWorkflow,
  type TemplateKind,
  type TemplateTools,
  type TemplateVersion,
  templateVersionFind,
  updateTemplateVersion,
  usualTemplateLimits,
  type VersionRef,
} from '../index.ts';

/** Who makes templates. */
export const ana = 'ana' as PrincipalId;

export const installation: Installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };

/** What lies in the bucket: the files of a bundle, bytes as they are, or what fetching them answers. */
export type StoredBundle = Readonly<Record<string, string>> | Uint8Array | (() => ReturnType<FetchObject>);

export interface TemplateWorld {
  readonly database: Database;
  readonly tools: TemplateTools;
  /** By key; the bucket does not matter. */
  readonly bucket: Map<string, StoredBundle>;
  /** Makes a template of this kind, unless it is there. */
  template(kind: TemplateKind, name: string, customerManaged?: boolean): Promise<void>;
  /** Begins to register a version with this bundle. */
  begin(kind: TemplateKind, name: string, bundle: StoredBundle, majorVersion?: number): Promise<TemplateVersion>;
  /** The version once its registration has ended. */
  ended(ref: VersionRef): Promise<TemplateVersion>;
  /** Begins, and waits for the end. */
  register(kind: TemplateKind, name: string, bundle: StoredBundle, majorVersion?: number): Promise<TemplateVersion>;
  /** Registers a version and publishes it. */
  publish(kind: TemplateKind, name: string, bundle: StoredBundle, majorVersion?: number): Promise<TemplateVersion>;
  /** As if the process had ended and another had begun. */
  restartEngine(): Promise<void>;
  close(): Promise<void>;
}

/** The registry with everything below it, and bundles in memory. */
export async function templateWorld(change: Partial<TemplateTools> = {}): Promise<TemplateWorld> {
  const database = await testDatabase();
  const { db } = database;
  const bucket = new Map<string, StoredBundle>();
  const clock = change.clock ?? { now: () => new Date() };

  const fetchObject: FetchObject = async ({ key }) => {
    const stored = bucket.get(key);
    if (stored === undefined) return refuse(objectMissing(key));
    if (typeof stored === 'function') return stored();
    return { ok: true, value: stored instanceof Uint8Array ? stored : await archive(stored) };
  };
  async function startEngine(): Promise<WorkflowEngine> {
    const started = createWorkflowEngine({
      databaseUrl: database.url,
      log: silentLog,
      attempts: { unavailableMs: 60_000, throwsMax: 2, pauseMsMin: 5, pauseMsMax: 20 },
    });
    started.register(registerVersionWorkflow, { db, clock, fetchObject });
    await started.launch();
    return started;
  }
  let engine = await startEngine();
  const tools: TemplateTools = {
    db,
    clock,
    installation,
    engine: { ...engine, start: (...given) => engine.start(...given) },
    limits: usualTemplateLimits,
    usersOf: async () => [],
    ...change,
  };

  async function template(kind: TemplateKind, name: string, customerManaged = false): Promise<void> {
    accepted(await createTemplate(tools, kind, { name, customerManaged }, ana));
  }
  async function begin(kind: TemplateKind, templateName: string, bundle: StoredBundle, majorVersion?: number) {
    const key = `${templateName}-${bucket.size}.tar.gz`;
    bucket.set(key, bundle);
    const source = { bucket: 'bundles', key };
    return accepted(await createTemplateVersion(tools, kind, { templateName, majorVersion, source }));
  }
  async function ended(ref: VersionRef): Promise<TemplateVersion> {
    return vi.waitFor(
      async () => {
        const version = await templateVersionFind(db, ref);
        if (!version || version.status === 'REGISTRATION_IN_PROGRESS') throw new Error(`it is ${version?.status}`);
        return version;
      },
      { timeout: 20_000, interval: 10 },
    );
  }
  async function register(...given: Parameters<typeof begin>): Promise<TemplateVersion> {
    return ended(await begin(...given));
  }
  async function publish(...given: Parameters<typeof begin>): Promise<TemplateVersion> {
    return accepted(await updateTemplateVersion(tools, await register(...given), { status: 'PUBLISHED' }));
  }

  return {
    database,
    tools,
    bucket,
    template,
    begin,
    ended,
    register,
    publish,
    async restartEngine() {
      await engine.close();
      engine = await startEngine();
    },
    async close() {
      await engine.close();
      await database.close();
    },
  };
}

export function accepted<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

function objectMissing(key: string): Refusal<'ObjectNotFound'> {
  return { kind: 'missing', code: 'ObjectNotFound', message: `There is no ${key}.`, remedy: 'Upload the bundle.' };
}

/** As packed by `tar czf`. */
export async function archive(files: Readonly<Record<string, string>>): Promise<Uint8Array> {
  const packed = pack();
  for (const [name, content] of Object.entries(files)) packed.entry({ name }, content);
  packed.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of packed) chunks.push(chunk as Uint8Array);
  return gzipSync(Buffer.concat(chunks));
}

export const manifests = {
  cloudformation: '{file: cloudformation.yaml, rendering_engine: jinja, template_language: cloudformation}',
  terraform: '{file: "*", rendering_engine: hcl, template_language: terraform}',
  codebuild: `{rendering_engine: codebuild, settings: {image: "build:1", provision: [./up.sh], deprovision: [./down.sh]}}`,
} as const;

export function manifest(method: keyof typeof manifests): string {
  return `infrastructure:\n  templates:\n    - ${manifests[method]}\n`;
}

/** @param properties as YAML flow mapping, e.g. `size: {type: integer}` */
export function schemaOf(kind: TemplateKind, properties: string, required = ''): string {
  return `schema:
  format: {openapi: "3.0.0"}
  ${kind}_input_type: In
  types:
    In:
      type: object
      properties: {${properties}}
      required: [${required}]
`;
}

/** A small environment bundle. */
export function environmentFiles(
  properties = 'cidr: {type: string, default: 10.0.0.0/16}',
  required = '',
): Record<string, string> {
  return {
    'schema/schema.yaml': schemaOf('environment', properties, required),
    'infrastructure/manifest.yaml': manifest('cloudformation'),
    'infrastructure/cloudformation.yaml': 'Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n',
  };
}
