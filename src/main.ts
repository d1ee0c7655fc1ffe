#!/usr/bin/env node
/** The command line's entry. Rooms that only a server needs are loaded when there is one to run: checks start fast. */
import { enableCompileCache } from 'node:module';
import {
  type CloudFlags,
  checkCommand,
  commandLine,
  type DoctorFlags,
  printRefusal,
  renderCommand,
  reportExamination,
  runCommandLine,
  type ServerFlags,
} from './cli/index.ts';
import type { Refusal } from './errors/index.ts';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Deuteron needs Node 22.18 or newer; this is ${process.versions.node}. In its repository, use the npm scripts: they bring their own.`,
  );
  process.exit(2);
}

// A second start need not compile again what the first one did: about half a second less of work for a server.
enableCompileCache();

await runCommandLine(
  commandLine({ server, cloud, check: checkCommand, render: renderCommand, doctor }, '0.1.0'),
  process.argv.slice(2),
);

async function server(flags: ServerFlags): Promise<void> {
  const { startDeuteron } = await import('./wiring.ts');
  const { createLog } = await import('./log/index.ts');
  const { defaultDataFolder } = await import('./database/index.ts');
  const { startTracing } = await import('./telemetry/index.ts');
  const programs = flags.guardRailPrograms === undefined ? undefined : await guardRailPrograms(flags.guardRailPrograms);
  if (programs && !programs.ok) return stop(programs.refusal);
  const log = createLog(flags.logLevel);
  const tracing = await startTracing(process.env);
  const started = await startDeuteron({
    databaseUrl: flags.databaseUrl,
    dataFolder: flags.dataFolder ?? defaultDataFolder(),
    sealingKey: flags.sealingKey,
    host: flags.host,
    port: flags.port,
    installation: { partition: 'aws', region: flags.region, accountId: flags.accountId },
    cloud:
      flags.cloud === 'aws'
        ? { kind: 'aws', endpoint: flags.cloudEndpoint }
        : { kind: 'simulated', port: flags.cloudPort, clockScale: flags.clockScale },
    s3: flags.s3,
    templateBucket: flags.templateBucket,
    whenBusy: flags.whenBusy,
    previews: flags.previews,
    webhooksLocal: flags.webhooksLocal,
    timeZone: flags.timeZone,
    deploymentLimits: deploymentLimits(flags),
    callsPerSecond: flags.callsPerSecond,
    role: flags.role,
    signIn: await signInSettings(flags),
    concurrency: flags.concurrency,
    guardRailPrograms: programs?.value,
    log,
  });
  if (!started.ok) return stop(started.refusal);
  const { url, cloudUrl, administrator, close } = started.value;
  if (administrator) showOnce(administrator.id, administrator.secret);
  log.info({ url, cloudUrl, cloud: flags.cloud }, 'ready');
  closeOnSignal(async () => {
    await close();
    await tracing?.close();
  });
}

async function cloud(flags: CloudFlags): Promise<void> {
  const { startSimulatedCloud } = await import('./simulated-cloud/index.ts');
  const { defaultDataFolder, openDatabase } = await import('./database/index.ts');
  const { createLog } = await import('./log/index.ts');
  const log = createLog('info');
  const database = await openDatabase({
    databaseUrl: flags.databaseUrl,
    folder: flags.dataFolder ?? defaultDataFolder(),
  });
  if (!database.ok) return stop(database.refusal);
  const { port, clockScale, seed, accountId: defaultAccountId } = flags;
  const started = await startSimulatedCloud({
    databaseUrl: database.value.url,
    port,
    clockScale,
    seed,
    defaultAccountId,
    log,
  });
  if (!started.ok) {
    await database.value.close();
    return stop(started.refusal);
  }
  log.info({ url: started.value.url }, 'simulated cloud ready');
  closeOnSignal(async () => {
    await started.value.close();
    await database.value.close();
  });
}

async function guardRailPrograms(file: string) {
  const { readGuardRailPrograms } = await import('./guard-rails/index.ts');
  return readGuardRailPrograms(file);
}

function deploymentLimits({ deploymentHours, cancelHours, approvalDays }: ServerFlags) {
  const hourMs = 3_600_000;
  return {
    ...(deploymentHours === undefined ? {} : { deploymentMs: deploymentHours * hourMs }),
    ...(cancelHours === undefined ? {} : { cancelMs: cancelHours * hourMs }),
    ...(approvalDays === undefined ? {} : { approvalMs: approvalDays * 24 * hourMs }),
  };
}

/** What is not said is as usual; whether it will do, the server finds out when it starts. */
async function signInSettings({ oidcIssuer, oidcClientId, ...flags }: ServerFlags) {
  if (oidcIssuer === undefined && oidcClientId === undefined) return undefined;
  const { usualSignIn } = await import('./identity/index.ts');
  return {
    ...usualSignIn,
    issuer: oidcIssuer ?? '',
    clientId: oidcClientId ?? '',
    clientSecret: flags.oidcClientSecret,
    publicUrl: flags.publicUrl ?? `http://127.0.0.1:${flags.port}`,
    ...(flags.oidcScopes && { scopes: flags.oidcScopes }),
    ...(flags.oidcNameClaim && { nameClaim: flags.oidcNameClaim }),
    ...(flags.oidcGroupsClaim && { groupsClaim: flags.oidcGroupsClaim }),
    ...(flags.oidcTeams && { teamsOfGroups: flags.oidcTeams }),
    ...(flags.sessionHours && { sessionHours: flags.sessionHours }),
  };
}

async function doctor({ json, ...flags }: DoctorFlags): Promise<void> {
  const { defaultDataFolder, openExistingDatabase } = await import('./database/index.ts');
  const { examine } = await import('./doctor/index.ts');
  const dataFolder = flags.dataFolder ?? defaultDataFolder();
  const database = await openExistingDatabase({
    databaseUrl: flags.databaseUrl,
    folder: dataFolder,
    sessionsMax: 5,
  });
  if (!database.ok) {
    return printRefusal(database.refusal, { json }, 2);
  }
  try {
    const settings = { dataFolder, sealingKey: flags.sealingKey };
    reportExamination(await examine(database.value.db, settings, new Date()), json);
  } finally {
    await database.value.close();
  }
}

/** The first administrator's key, on standard error and never in the log. */
function showOnce(id: string, secret: string): void {
  console.error(`
  This is a new installation. Its administrator's access key, shown this once:

    export AWS_ACCESS_KEY_ID=${id}
    export AWS_SECRET_ACCESS_KEY=${secret}
`);
}

function stop(refusal: Refusal): void {
  printRefusal(refusal, { json: false });
}

function closeOnSignal(close: () => Promise<void>): void {
  let isClosing = false;
  const end = () => {
    if (isClosing) process.exit(1);
    isClosing = true;
    close().then(
      () => process.exit(0),
      (error) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
}
