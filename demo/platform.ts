import {
  CreateEnvironmentTemplateCommand,
  CreateEnvironmentTemplateVersionCommand,
  CreateServiceTemplateCommand,
  CreateServiceTemplateVersionCommand,
  ProtonClient,
  UpdateEnvironmentTemplateVersionCommand,
  UpdateServiceTemplateVersionCommand,
  waitUntilEnvironmentTemplateVersionRegistered,
  waitUntilServiceTemplateVersionRegistered,
} from '@aws-sdk/client-proton';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { type BundleFiles, packBundle } from './pack-bundle.ts';

export interface PlatformAccess {
  readonly url: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What a platform engineer does with the AWS SDK, pointed at Deuteron: the clients, and the registering of bundles. */
export interface Platform {
  readonly proton: ProtonClient;
  readonly s3: S3Client;
  /** How the SDK's waiters look: often, since nothing here is far away. */
  readonly waiting: {
    readonly client: ProtonClient;
    readonly minDelay: number;
    readonly maxDelay: number;
    readonly maxWaitTime: number;
  };
  createTemplate(kind: TemplateKind, name: string, options?: { readonly pipeline?: boolean }): Promise<void>;
  /** Uploads a bundle and registers it as a version; resolves when it is a draft. Returns `major.minor`. */
  registerVersion(version: NewVersion): Promise<{ major: string; minor: string }>;
  publish(kind: TemplateKind, name: string, version: { major: string; minor: string }): Promise<void>;
  close(): void;
}

export type TemplateKind = 'environment' | 'service';

export interface NewVersion {
  readonly kind: TemplateKind;
  readonly name: string;
  readonly files: BundleFiles;
  /** Absent: a new major. */
  readonly major?: string;
  /** For service templates: `name:major` of the environment templates it can run in. */
  readonly runsIn?: readonly string[];
}

const bucket = 'deuteron';

export function openPlatform(access: PlatformAccess): Platform {
  const { accessKeyId, secretAccessKey, url: endpoint, region } = access;
  const settings = { endpoint, region, credentials: { accessKeyId, secretAccessKey }, maxAttempts: 1 };
  const proton = new ProtonClient(settings);
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const waiting = { client: proton, minDelay: 0.1, maxDelay: 0.5, maxWaitTime: 120 };

  async function registerVersion({ kind, name, files, major, runsIn = [] }: NewVersion) {
    const key = `${name}-${Date.now()}.tar.gz`;
    await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: await packBundle(files) }));
    const asked = { templateName: name, majorVersion: major, source: { s3: { bucket, key } } };
    if (kind === 'environment') {
      const { environmentTemplateVersion: made } = await proton.send(
        new CreateEnvironmentTemplateVersionCommand(asked),
      );
      const version = { major: made?.majorVersion ?? '', minor: made?.minorVersion ?? '' };
      await waitUntilEnvironmentTemplateVersionRegistered(waiting, versionOf(name, version));
      return version;
    }
    const compatibleEnvironmentTemplates = runsIn.map((each) => {
      const [templateName, majorVersion] = each.split(':');
      return { templateName, majorVersion };
    });
    const { serviceTemplateVersion: made } = await proton.send(
      new CreateServiceTemplateVersionCommand({ ...asked, compatibleEnvironmentTemplates }),
    );
    const version = { major: made?.majorVersion ?? '', minor: made?.minorVersion ?? '' };
    await waitUntilServiceTemplateVersionRegistered(waiting, versionOf(name, version));
    return version;
  }

  return {
    proton,
    s3,
    waiting,
    registerVersion,
    async createTemplate(kind, name, { pipeline = true } = {}) {
      if (kind === 'environment') await proton.send(new CreateEnvironmentTemplateCommand({ name }));
      else
        await proton.send(
          new CreateServiceTemplateCommand({ name, pipelineProvisioning: pipeline ? undefined : 'CUSTOMER_MANAGED' }),
        );
    },
    async publish(kind, name, version) {
      const asked = { ...versionOf(name, version), status: 'PUBLISHED' as const };
      if (kind === 'environment') await proton.send(new UpdateEnvironmentTemplateVersionCommand(asked));
      else await proton.send(new UpdateServiceTemplateVersionCommand(asked));
    },
    close() {
      proton.destroy();
      s3.destroy();
    },
  };
}

function versionOf(templateName: string, { major, minor }: { major: string; minor: string }) {
  return { templateName, majorVersion: major, minorVersion: minor };
}
