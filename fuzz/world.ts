import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateServiceCommand } from '@aws-sdk/client-proton';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { prepareEstate } from '../demo/example-estate.ts';
import { packBundle } from '../demo/pack-bundle.ts';
import { openPlatform } from '../demo/platform.ts';
import { createLog } from '../src/log/index.ts';
import { startDeuteron } from '../src/wiring.ts';
import { exampleBundles, serviceSpecs } from './example-texts.ts';
import type { Installation, World } from './surface.ts';

const region = 'us-east-1';
const accountId = '111122223333';

/**
 * An installation in this process, started when the first surface asks for it, with the templates, the environment and
 * the service of the examples in it: requests are to find something.
 * @param databaseUrl an empty or migrated database; absent: an embedded one that is gone afterwards
 */
export function createWorld(databaseUrl?: string): World & { close(): Promise<void> } {
  const closing: (() => Promise<void> | void)[] = [];
  let installation: Promise<Installation> | undefined;
  return {
    installation: () => {
      installation ??= startInstallation(databaseUrl, closing);
      return installation;
    },
    async close() {
      await installation?.catch(() => undefined);
      for (const close of closing.reverse().splice(0)) await close();
    },
  };
}

async function startInstallation(
  databaseUrl: string | undefined,
  closing: (() => Promise<void> | void)[],
): Promise<Installation> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'deuteron-fuzz-'));
  chmodSync(dataFolder, 0o755); // from root the database runs as another user, who must pass it
  closing.push(() => rmSync(dataFolder, { recursive: true, force: true }));
  const failures: string[] = [];
  const started = await startDeuteron({
    databaseUrl,
    dataFolder,
    port: 0,
    installation: { partition: 'aws', region, accountId },
    cloud: { kind: 'simulated', port: 0, clockScale: 0 },
    whenBusy: 'refuse',
    log: createLog('error', { write: (line) => void failures.push(line) }),
  });
  if (!started.ok) throw new Error(started.refusal.message);
  const { url, cloudUrl, administrator, close } = started.value;
  closing.push(close);
  if (!administrator || cloudUrl === undefined) throw new Error('The database has an installation already.');
  const key = { accessKeyId: administrator.id, secretAccessKey: administrator.secret };
  const platform = openPlatform({ url, region, ...key });
  try {
    await prepareEstate(platform, accountId);
    const worker = { templateName: 'worker', templateMajorVersion: '1', spec: serviceSpecs.find(isOfWorker) };
    await platform.proton.send(new CreateServiceCommand({ name: 'orders', ...worker }));
    for (const name of ['network', 'worker']) {
      const { files } = exampleBundles.find((example) => example.name === `${name}/v1`)!;
      const body = await packBundle(files);
      await platform.s3.send(new PutObjectCommand({ Bucket: 'deuteron', Key: `${name}.tar.gz`, Body: body }));
    }
  } finally {
    platform.close();
  }
  const expectNoFailureLogged = () => {
    const [first] = failures.splice(0);
    if (first !== undefined) throw new Error(`The server logged: ${first}`);
  };
  return { url, cloudUrl, ...key, expectNoFailureLogged };
}

function isOfWorker(spec: string): boolean {
  return spec.includes('retries');
}
