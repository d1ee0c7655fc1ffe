import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { logLevels } from '../log/index.ts';
import { applyCommand } from './apply-command.ts';
import { approvalCommands } from './approval-commands.ts';
import { auditCommands } from './audit-commands.ts';
import { breakGlassCommands } from './break-glass-commands.ts';
import {
  deploymentPlanCommand,
  environmentCommands,
  instanceCommands,
  pipelineCommands,
  plannedChangeCommands,
  serviceCommands,
} from './change-plan-commands.ts';
import { addCloudCommands } from './cloud-commands.ts';
import { completionScript, type Shell, shells } from './completion-command.ts';
import { delegationCommands } from './delegation-commands.ts';
import { deploymentCommands } from './deployment-commands.ts';
import { explainCommand } from './explain-command.ts';
import { federationCommands } from './federation-commands.ts';
import { amount, duration, wholeNumber } from './given-values.ts';
import { modelCommands, policyCommands, restrictionCommands } from './governance-commands.ts';
import { guardRailCommands } from './guard-rail-commands.ts';
import { handoverCommands } from './handover-commands.ts';
import { keyCommands } from './key-commands.ts';
import { identifyCommand, loginCommand, logoutCommand, whoamiCommand } from './login-command.ts';
import { namedValues } from './named-value.ts';
import { organizationCommands } from './organization-commands.ts';
import { planCommands } from './plan-commands.ts';
import { principalCommands } from './principal-commands.ts';
import type { RenderFlags } from './render-command.ts';
import { speakAlike } from './run-command-line.ts';
import { sessionCommands } from './session-commands.ts';
import { templateCommands } from './template-commands.ts';
import { tokenCommands } from './token-commands.ts';
import { versionCommands } from './version-commands.ts';
import { webhookCommands } from './webhook-commands.ts';
import { whyCommand } from './why-command.ts';

/** What the commands do; given by main.ts, which alone knows every room. */
export interface Commands {
  server(options: ServerFlags): Promise<void>;
  cloud(options: CloudFlags): Promise<void>;
  check(folder: string, options: CheckFlags): Promise<void>;
  render(folder: string, options: RenderFlags): Promise<void>;
  doctor(options: DoctorFlags): Promise<void>;
}

export interface ServerFlags {
  readonly databaseUrl?: string;
  readonly dataFolder?: string;
  readonly sealingKey?: string;
  readonly host: string;
  readonly port: number;
  readonly region: string;
  readonly accountId: string;
  readonly cloud: 'simulated' | 'aws';
  readonly cloudPort: number;
  readonly cloudEndpoint?: string;
  readonly clockScale?: number;
  readonly s3?: string;
  readonly templateBucket?: string;
  readonly whenBusy: 'refuse' | 'queue';
  readonly previews: 'when-needed' | 'always';
  readonly timeZone?: string;
  readonly webhooksLocal: boolean;
  readonly role: 'all' | 'api' | 'worker';
  readonly concurrency?: number;
  readonly deploymentHours?: number;
  readonly cancelHours?: number;
  readonly approvalDays?: number;
  readonly guardRailPrograms?: string;
  readonly callsPerSecond?: Readonly<Record<string, number>>;
  readonly publicUrl?: string;
  readonly oidcIssuer?: string;
  readonly oidcClientId?: string;
  readonly oidcClientSecret?: string;
  readonly oidcScopes?: string;
  readonly oidcNameClaim?: string;
  readonly oidcGroupsClaim?: string;
  readonly oidcTeams?: Readonly<Record<string, readonly string[]>>;
  readonly sessionHours?: number;
  readonly logLevel: (typeof logLevels)[number];
}

export interface CloudFlags {
  readonly databaseUrl?: string;
  readonly dataFolder?: string;
  readonly port: number;
  readonly accountId: string;
  readonly clockScale?: number;
  readonly seed?: string;
}

export interface DoctorFlags {
  readonly databaseUrl?: string;
  readonly dataFolder?: string;
  readonly sealingKey?: string;
  readonly json: boolean;
}

export interface CheckFlags {
  readonly kind: 'environment' | 'service' | 'component';
  readonly customerManaged: boolean;
  readonly json: boolean;
}

/** 0 takes a free one. */
const port = wholeNumber(0, 65_535);

/** `10`, or `10,DescribeStacks=5`: what is not named has the rate without a name. */
function callRates(text: string): Record<string, number> {
  const rates = text.split(',').map((part): [string, number] => {
    const [, api = '*', digits = ''] = /^\s*(?:([A-Za-z]+)\s*=)?\s*([\d.]+)\s*$/.exec(part) ?? [];
    const rate = Number(digits);
    if (digits === '' || !(rate > 0 && rate <= 1000)) {
      throw new InvalidArgumentError(
        `"${part}" is neither a number above 0 and up to 1000 nor of the form DescribeStacks=5.`,
      );
    }
    return [api, rate];
  });
  return Object.fromEntries(rates);
}

/** `sre=platform,shop=checkout`: a group may stand several times. */
function teamsOfGroups(text: string): Record<string, readonly string[]> {
  const pairs = text.split(',').map((part): [string, string] => {
    const at = part.lastIndexOf('=');
    if (at < 1) throw new InvalidArgumentError(`"${part}" has not the form group=team.`);
    return [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const grouped = Map.groupBy(pairs, ([group]) => group);
  return Object.fromEntries([...grouped].map(([group, teams]) => [group, teams.map(([, team]) => team)]));
}

const databaseUrl = () =>
  new Option('--database-url <url>', 'PostgreSQL 15 or newer; absent: an embedded one').env('DATABASE_URL');
const dataFolder = () =>
  new Option('--data-folder <path>', 'embedded database and sealing key (default: .deuteron)').env(
    'DEUTERON_DATA_FOLDER',
  );
const accountId = () =>
  new Option('--account-id <digits>', 'the account in ARNs and of the simulated cloud')
    .env('DEUTERON_ACCOUNT_ID')
    .default('111122223333');
const clockScale = () =>
  new Option(
    '--clock-scale <number>',
    'simulated cloud: real seconds for each second a resource would take; 0 is instant',
  )
    .env('DEUTERON_CLOCK_SCALE')
    .argParser(amount());

/** The command line. Every flag of a server has an environment variable too. */
export function commandLine(commands: Commands, version: string): Command {
  const program = new Command('deuteron')
    .description('Infrastructure self-service: the API of AWS Proton, on your own machines.')
    .version(version)
    .enablePositionalOptions() // a flag behind a command is that command's
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 refused, 2 used wrongly or a file cannot be read; others stand in the help of their commands.\nWith --json a refusal is JSON too, on standard error: {"error":{"code","message","remedy"}}.\n',
    );

  program
    .command('server')
    .description('run the server')
    .addOption(databaseUrl())
    .addOption(dataFolder())
    .addOption(
      new Option('--sealing-key <hex>', '64 hex digits; absent: a file in the data folder').env('DEUTERON_SEALING_KEY'),
    )
    .addOption(new Option('--host <address>', 'address to listen on').env('DEUTERON_HOST').default('127.0.0.1'))
    .addOption(
      new Option('--port <number>', 'port to listen on; 0 takes a free one')
        .env('DEUTERON_PORT')
        .argParser(port)
        .default(4400),
    )
    .addOption(
      new Option('--region <name>', 'the region in ARNs, and where stacks are made')
        .env('DEUTERON_REGION')
        .default('us-east-1'),
    )
    .addOption(accountId())
    .addOption(
      new Option('--cloud <kind>', 'where stacks are made')
        .env('DEUTERON_CLOUD')
        .choices(['simulated', 'aws'])
        .default('simulated'),
    )
    .addOption(
      new Option('--cloud-port <number>', 'port of the simulated cloud; 0 takes a free one')
        .env('DEUTERON_CLOUD_PORT')
        .argParser(port)
        .default(4401),
    )
    .addOption(
      new Option('--cloud-endpoint <url>', 'with --cloud aws: another CloudFormation and STS than AWS itself').env(
        'DEUTERON_CLOUD_ENDPOINT',
      ),
    )
    .addOption(clockScale())
    .addOption(
      new Option('--s3 <where>', 'bundles that were not uploaded here: "aws", or the URL of an S3 endpoint').env(
        'DEUTERON_S3',
      ),
    )
    .addOption(
      new Option(
        '--template-bucket <name>',
        'with --cloud aws: bucket for templates above 51,200 bytes, in the same region',
      ).env('DEUTERON_TEMPLATE_BUCKET'),
    )
    .addOption(
      new Option('--when-busy <rule>', 'an update while another runs')
        .env('DEUTERON_WHEN_BUSY')
        .choices(['refuse', 'queue'])
        .default('refuse'),
    )
    .addOption(
      new Option('--time-zone <name>', 'where rules read weekday and hour, as Europe/Berlin; kept').env(
        'DEUTERON_TIME_ZONE',
      ),
    )
    .addOption(
      new Option('--previews <rule>', 'when a deployment asks the provider beforehand what it would do')
        .env('DEUTERON_PREVIEWS')
        .choices(['when-needed', 'always'])
        .default('when-needed'),
    )
    .addOption(
      new Option('--webhooks-local', 'let webhooks go to loopback and link-local addresses')
        .env('DEUTERON_WEBHOOKS_LOCAL')
        .default(false),
    )
    .addOption(
      new Option('--role <role>', 'what this process does: answer requests, carry out deployments, or both')
        .env('DEUTERON_ROLE')
        .choices(['all', 'api', 'worker'])
        .default('all'),
    )
    .addOption(
      new Option('--concurrency <number>', 'deployments at once in this process; 0: as --role api')
        .env('DEUTERON_CONCURRENCY')
        .argParser(wholeNumber(0, 10_000)),
    )
    .addOption(
      new Option('--deployment-hours <number>', 'a deployment is cancelled after this time at its provider (12)')
        .env('DEUTERON_DEPLOYMENT_HOURS')
        .argParser(duration),
    )
    .addOption(
      new Option('--cancel-hours <number>', 'a cancelled deployment that does not stop has failed after this time (6)')
        .env('DEUTERON_CANCEL_HOURS')
        .argParser(duration),
    )
    .addOption(
      new Option('--approval-days <number>', 'a deployment that nobody approves has failed after this time (14)')
        .env('DEUTERON_APPROVAL_DAYS')
        .argParser(duration),
    )
    .addOption(
      new Option(
        '--guard-rail-programs <file>',
        'JSON: programs that guard rails may run, by name; absent: cfn-lint, cfn-guard and opa on the path',
      ).env('DEUTERON_GUARD_RAIL_PROGRAMS'),
    )
    .addOption(
      new Option(
        '--calls-per-second <rates>',
        'calls of each API that all servers together make in an account and region, e.g. "10,DescribeStacks=5" (with --cloud aws: 10)',
      )
        .env('DEUTERON_CALLS_PER_SECOND')
        .argParser(callRates),
    )
    .addOption(
      new Option('--public-url <url>', 'how browsers reach this server, where people sign in').env(
        'DEUTERON_PUBLIC_URL',
      ),
    )
    .addOption(
      new Option('--oidc-issuer <url>', 'the provider of OpenID Connect that people sign in with').env(
        'DEUTERON_OIDC_ISSUER',
      ),
    )
    .addOption(new Option('--oidc-client-id <id>', 'what this server is called there').env('DEUTERON_OIDC_CLIENT_ID'))
    .addOption(
      new Option('--oidc-client-secret <text>', 'its secret there; absent: a public client').env(
        'DEUTERON_OIDC_CLIENT_SECRET',
      ),
    )
    .addOption(new Option('--oidc-scopes <words>', 'what is asked for ("openid profile")').env('DEUTERON_OIDC_SCOPES'))
    .addOption(
      new Option('--oidc-name-claim <name>', 'what new principals are called by (preferred_username)').env(
        'DEUTERON_OIDC_NAME_CLAIM',
      ),
    )
    .addOption(
      new Option('--oidc-groups-claim <name>', 'where their groups are (groups)').env('DEUTERON_OIDC_GROUPS_CLAIM'),
    )
    .addOption(
      new Option('--oidc-teams <pairs>', 'which group makes a member of which team, e.g. "sre=platform,shop=checkout"')
        .env('DEUTERON_OIDC_TEAMS')
        .argParser(teamsOfGroups),
    )
    .addOption(
      new Option('--session-hours <number>', 'how long a sign-in lasts (12)')
        .env('DEUTERON_SESSION_HOURS')
        .argParser(duration),
    )
    .addOption(
      new Option('--log-level <level>', 'how much to log')
        .env('DEUTERON_LOG_LEVEL')
        .choices([...logLevels])
        .default('info'),
    )
    .addHelpText(
      'after',
      '\nExamples:\n  deuteron server\n  DATABASE_URL=postgresql://deuteron@db/deuteron deuteron server --cloud aws --s3 aws --host 0.0.0.0\n',
    )
    .action((options: ServerFlags) => commands.server(options));

  const cloud = program
    .command('cloud')
    .description(
      'run a simulated cloud alone: CloudFormation and STS on this machine, no AWS account needed; its commands look at one that runs',
    )
    .addOption(databaseUrl())
    .addOption(dataFolder())
    .addOption(new Option('--port <number>', 'port to listen on').argParser(port).default(4401))
    .addOption(accountId())
    .addOption(clockScale())
    .addOption(new Option('--seed <text>', 'what ids and chances are drawn from, in a new cloud'))
    .addHelpText(
      'after',
      '\nExamples:\n  deuteron cloud &\n  aws cloudformation list-stacks --endpoint-url http://127.0.0.1:4401\n  deuteron cloud stacks\n  deuteron cloud fault --type AWS::SQS::Queue --message "no queues today" --times 1\n  deuteron cloud advance 600\n',
    )
    .action((options: CloudFlags) => commands.cloud(options));
  addCloudCommands(cloud);

  program
    .command('doctor')
    .description('find what is stuck and say what helps; also while servers run. Changes nothing')
    .addOption(databaseUrl())
    .addOption(dataFolder())
    .addOption(new Option('--sealing-key <hex>', 'as of the server').env('DEUTERON_SEALING_KEY'))
    .option('--json', 'findings as JSON', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is stuck, 1 something is, 2 it could not be looked at.\n\nExample:\n  deuteron doctor --database-url postgresql://deuteron@db/deuteron --json\n',
    )
    .action((options: DoctorFlags) => commands.doctor(options));

  program
    .command('check')
    .description('check a template bundle without a server; exit code 1 when it has errors')
    .argument('<folder>', 'the folder that holds schema/ and the infrastructure directories')
    .addOption(
      new Option('--kind <kind>', 'what it is a bundle of')
        .choices(['environment', 'service', 'component'])
        .makeOptionMandatory(),
    )
    .option('--customer-managed', 'environment: schema only; service: without pipeline', false)
    .option('--json', 'findings as JSON', false)
    .addHelpText('after', '\nExample:\n  deuteron check examples/web-service/v1 --kind service\n')
    .action((folder: string, options: CheckFlags) => commands.check(folder, options));

  program
    .command('render')
    .description('render a bundle with a spec, without a server; the template goes to standard output')
    .argument('<folder>', 'the folder of the bundle')
    .addOption(
      new Option('--kind <kind>', 'what it is a bundle of').choices(['environment', 'service']).makeOptionMandatory(),
    )
    .requiredOption('--spec <file>', 'the spec to render with')
    .option('--instance <name>', 'service: which instance of the spec (default: the first)')
    .option(
      '--output <Name=value>',
      'an output of the environment; may be given several times',
      namedValues('Name=value'),
      {},
    )
    .addHelpText(
      'after',
      '\nExample:\n  deuteron render examples/web-service/v1 --kind service --spec examples/specs/shop.yaml --output VpcId=vpc-1\n',
    )
    .action((folder: string, options: RenderFlags & { output: Record<string, string> }) =>
      commands.render(folder, { ...options, outputs: options.output }),
    );
  program.addCommand(templateCommands());
  program.addCommand(versionCommands());
  const plan = planCommands();
  for (const command of plannedChangeCommands()) plan.addCommand(command);
  program.addCommand(plan);
  program.addCommand(environmentCommands());
  program.addCommand(instanceCommands());
  program.addCommand(pipelineCommands());
  program.addCommand(serviceCommands());
  program.addCommand(deploymentCommands().addCommand(deploymentPlanCommand()));
  program.addCommand(webhookCommands());
  program.addCommand(auditCommands());
  program.addCommand(applyCommand());
  program.addCommand(organizationCommands());
  program.addCommand(handoverCommands());
  program.addCommand(approvalCommands());
  program.addCommand(modelCommands());
  program.addCommand(policyCommands());
  program.addCommand(restrictionCommands());
  program.addCommand(whyCommand());
  program.addCommand(delegationCommands());
  program.addCommand(breakGlassCommands());
  program.addCommand(guardRailCommands());
  program.addCommand(loginCommand());
  program.addCommand(logoutCommand());
  program.addCommand(whoamiCommand());
  program.addCommand(identifyCommand());
  program.addCommand(principalCommands());
  program.addCommand(keyCommands());
  program.addCommand(tokenCommands());
  program.addCommand(sessionCommands());
  program.addCommand(federationCommands());

  program
    .command('explain')
    .description(
      'what a word of Deuteron means, and what to do: the code of a refusal, a rule of bundles or plans, a guard rail',
    )
    .argument('<code>', 'as it stands in brackets or in JSON: archive-unsafe, R-REPL, no-data-loss')
    .option('--json', 'the explanation as JSON', false)
    .addHelpText('after', '\nExample:\n  deuteron explain archive-unsafe\n')
    .action(explainCommand);

  program
    .command('completion')
    .description('print a script that completes commands, flags and choices in your shell')
    .addArgument(new Argument('<shell>', 'the shell').choices([...shells]))
    .addHelpText(
      'after',
      '\nExamples:\n  source <(deuteron completion bash)\n  deuteron completion fish > ~/.config/fish/completions/deuteron.fish\n',
    )
    .action((shell: Shell) => void process.stdout.write(completionScript(program, shell)));
  speakAlike(program);
  return program;
}
