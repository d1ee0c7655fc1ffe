/**
 * The main job on embedded defaults: starts a server and a simulated cloud, and tells the story as it happens. On a
 * terminal it stays up until Ctrl-C; elsewhere it ends by itself, with exit code 0 only if the whole story succeeded.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultDataFolder } from '../src/database/index.ts';
import { describeRefusal } from '../src/errors/index.ts';
import { silentLog } from '../src/log/index.ts';
import { type Deuteron, startDeuteron } from '../src/wiring.ts';
import { openPlatform } from './platform.ts';
import { tellMainStory } from './story.ts';

process.removeAllListeners('warning'); // of dependencies; they say nothing to a newcomer
const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };
const isTerminal = process.stdout.isTTY === true;
const begun = performance.now();
const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1).padStart(5)} s`;
const green = (text: string) => (isTerminal ? `\u001b[32m${text}\u001b[0m` : text);
const dim = (text: string) => (isTerminal ? `\u001b[2m${text}\u001b[0m` : text);

function tell(what: string, details: readonly string[] = []): void {
  console.log(`${dim(seconds())}  ${green('✔')} ${what}`);
  for (const line of details) console.log(`             ${line}`);
}

const deuteron = await start();
try {
  await tellMainStory(openAccess(deuteron), installation.accountId, tell);
} catch (error) {
  console.error(`\nThe story did not succeed: ${(error as Error).message}`);
  await deuteron.close();
  process.exit(1);
}
explain(deuteron);
if (isTerminal) {
  console.log('\nThe server stays up until Ctrl-C.');
  process.on('SIGINT', () => void deuteron.close().then(() => process.exit(0)));
} else {
  await deuteron.close();
  process.exit(0);
}

async function start(): Promise<Deuteron> {
  const dataFolder = join(defaultDataFolder(), 'demo');
  rmSync(dataFolder, { recursive: true, force: true });
  console.log(
    `Deuteron, with an embedded PostgreSQL in ${dataFolder} and a simulated cloud (no AWS account is used).\n`,
  );
  const options = { dataFolder, installation, whenBusy: 'refuse', log: silentLog } as const;
  const port = isTerminal ? 4400 : 0;
  const started = await startDeuteron({
    ...options,
    port,
    cloud: { kind: 'simulated', port: isTerminal ? 4401 : 0, clockScale: isTerminal ? 0.05 : 0 },
  });
  if (!started.ok) {
    console.error(describeRefusal(started.refusal));
    process.exit(1);
  }
  tell(`server at ${started.value.url}, simulated cloud at ${started.value.cloudUrl}`);
  return started.value;
}

function openAccess({ url, administrator }: Deuteron) {
  if (!administrator) throw new Error('a new installation has given no administrator key');
  return openPlatform({
    url,
    region: installation.region,
    accessKeyId: administrator.id,
    secretAccessKey: administrator.secret,
  });
}

function explain({ url, cloudUrl, administrator }: Deuteron): void {
  console.log(`
Look further, in another terminal:

  export AWS_ACCESS_KEY_ID=${administrator?.id} AWS_SECRET_ACCESS_KEY=${administrator?.secret} AWS_DEFAULT_REGION=${installation.region}
  aws proton list-service-instances --endpoint-url ${url}
  aws proton list-deployments --endpoint-url ${url}
  aws cloudformation list-stacks --endpoint-url ${cloudUrl}    # the simulated cloud takes any credentials`);
}
